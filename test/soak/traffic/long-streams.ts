import http, { type IncomingMessage } from 'node:http'
import { openWebSocket, type WebSocketClient } from '../../support/websocket.ts'
import { type BegunRequest, pathOf, type RequestEnd } from '../ledger.ts'
import { type ClientParts, failed, GOOD, isNameOf, nextService, someUser } from './client-parts.ts'
import { repeat, rest } from './repeat.ts'

const WEB_SOCKETS = 20
const EVENT_STREAMS = 10
/** Half to one and a half of it. */
const LIFE_MS = 15_000
const ASK_EVERY_MS = 500

export const STREAM_KINDS = ['WebSocket', 'event stream'] as const

/** Keeps a number of WebSockets and event streams open, each for some time, until the signal. */
export async function runLongStreams(parts: ClientParts): Promise<void> {
  await Promise.all([
    ...run(WEB_SOCKETS, 'WebSocket', parts, talk),
    ...run(EVENT_STREAMS, 'event stream', parts, listen),
  ])
}

type Life = (request: BegunRequest, parts: ClientParts, until: AbortSignal) => Promise<RequestEnd>

function run(count: number, kind: string, parts: ClientParts, life: Life): Promise<void>[] {
  return Array.from({ length: count }, async (_, client) => {
    let opened = client
    await repeat(parts.signal, ASK_EVERY_MS, async () => {
      opened += 1
      const request = parts.ledger.begin(kind, nextService(opened))
      const age = AbortSignal.timeout(Math.round(LIFE_MS * (0.5 + Math.random())))
      parts.ledger.end(request, await life(request, parts, AbortSignal.any([age, parts.signal])))
    })
  })
}

/** Asks again and again, and must hear from the same target each time. */
const talk: Life = async (request, { plainPort }, until) => {
  let client: WebSocketClient
  try {
    const headers = { 'X-User': someUser() }
    client = await openWebSocket(plainPort, { path: pathOf(request), headers })
  } catch (error) {
    const status = /Unexpected server response: (\d+)/.exec(String(error))?.[1]
    return failed(status === undefined ? 'lost' : Number(status), String(error))
  }
  try {
    const name = nameIn(await client.ask('first'), 'first')
    if (!isNameOf(request, name)) return failed('lost', `answered by ${name}`)
    while (!until.aborted) {
      await rest(ASK_EVERY_MS, until)
      const again = nameIn(await client.ask('again'), 'again')
      if (again !== name) return failed('lost', `moved from ${name} to ${again}`)
    }
    return GOOD
  } catch (error) {
    return failed('lost', String(error))
  } finally {
    await hangUp(client)
  }
}

const nameIn = (message: string, text: string) => message.replace(`: ${text}`, '')

function hangUp({ socket, closeCode }: WebSocketClient): Promise<void> {
  if (closeCode() !== null) return Promise.resolve()
  return new Promise((resolve) => {
    socket.once('close', () => resolve())
    socket.close()
  })
}

const listen: Life = async (request, { plainPort }, until) => {
  const { answer, leave } = openEventStream(plainPort, request)
  until.addEventListener('abort', leave, { once: true })
  try {
    return await hear(await answer, request, until)
  } catch (error) {
    return until.aborted ? GOOD : failed('lost', String(error))
  } finally {
    until.removeEventListener('abort', leave)
    leave()
  }
}

function openEventStream(port: number, request: BegunRequest) {
  const sent = http.get({
    host: '127.0.0.1',
    port,
    path: `${pathOf(request)}?do=events`,
    agent: false,
    headers: { 'X-User': someUser() },
  })
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    sent.on('response', resolve)
    sent.on('error', reject)
  })
  return { answer, leave: () => sent.destroy() }
}

/** Every event must be of one target, and the stream must not end by itself. */
async function hear(
  answer: IncomingMessage,
  request: BegunRequest,
  until: AbortSignal,
): Promise<RequestEnd> {
  if (answer.statusCode !== 200) return failed(answer.statusCode ?? 0, 'no event stream')
  const names = new Set<string>()
  answer.setEncoding('utf8')
  try {
    for await (const event of answer) {
      for (const [, name = ''] of String(event).matchAll(/data: (\S+)\n/g)) names.add(name)
    }
  } catch (error) {
    if (!until.aborted) return failed('lost', String(error))
  }
  const [name = ''] = names
  if (names.size > 1) return failed('lost', `events of ${[...names].join(', ')}`)
  if (names.size === 1 && !isNameOf(request, name)) return failed('lost', `events of ${name}`)
  return until.aborted ? GOOD : failed('lost', 'the stream ended')
}
