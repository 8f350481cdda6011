import { createSocket, type Socket } from 'node:dgram'
import { type Answer, AUTHORITATIVE_ANSWER, decode, encode, type Question } from 'dns-packet'

/** Addresses of a name, and how many seconds they hold. */
export interface Records {
  readonly A?: readonly string[]
  readonly AAAA?: readonly string[]
  /** 60 by default. */
  readonly ttl?: number
}

/** How it answers: from its records, not at all, or that it cannot (SERVFAIL). */
export type Mood = 'well' | 'silent' | 'broken'

/** A name server on loopback. It denies the names that it has no records of (NXDOMAIN). */
export interface TestDns {
  /** `127.0.0.1:port`. */
  readonly address: string
  /** By name, in lower case. */
  readonly records: Map<string, Records>
  mood: Mood
  /** Questions so far, `name type`. */
  readonly asked: string[]
  /** How often a name was asked for. */
  timesAsked(name: string): number
  close(): Promise<void>
}

const SERVFAIL = 2
const NXDOMAIN = 3

export async function startDns(records: Readonly<Record<string, Records>> = {}): Promise<TestDns> {
  const socket = createSocket('udp4')
  const dns: TestDns = {
    address: '',
    records: new Map(Object.entries(records)),
    mood: 'well',
    asked: [],
    timesAsked: (name) => dns.asked.filter((question) => question.startsWith(`${name} `)).length,
    close: () => closed(socket),
  }
  socket.on('message', (message, sender) => {
    const { id, questions } = decode(message)
    for (const { name, type } of questions ?? []) dns.asked.push(`${name.toLowerCase()} ${type}`)
    if (dns.mood === 'silent') return
    const { rcode, answers } = answerTo(dns, questions?.[0])
    const flags = AUTHORITATIVE_ANSWER | rcode
    const answer = encode({
      type: 'response',
      id: id ?? 0,
      flags,
      questions: questions ?? [],
      answers,
    })
    socket.send(answer, sender.port, sender.address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return Object.assign(dns, { address: `127.0.0.1:${socket.address().port}` })
}

function answerTo(
  { records, mood }: TestDns,
  question: Question | undefined,
): { rcode: number; answers: Answer[] } {
  const { name = '', type } = question ?? {}
  const known = records.get(name.toLowerCase())
  if (mood === 'broken') return { rcode: SERVFAIL, answers: [] }
  if (known === undefined) return { rcode: NXDOMAIN, answers: [] }
  const addresses = type === 'A' ? known.A : type === 'AAAA' ? known.AAAA : undefined
  const answers = (addresses ?? []).map(
    (data) => ({ name, type, ttl: known.ttl ?? 60, data }) as Answer,
  )
  return { rcode: 0, answers }
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.close(() => resolve()))
}
