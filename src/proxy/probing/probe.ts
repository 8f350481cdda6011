import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import type { SecureContext } from 'node:tls'
import {
  eventOfStatus,
  type HealthEvent,
  type ProbeRules,
  type StatusRules,
} from '../../balancing/health/health-rules.ts'
import type { Peer } from '../../balancing/peer.ts'
import { HOP_BY_HOP_FIELDS } from '../../model/field-families.ts'

/** What a probe goes to, and how its answer is judged. */
export interface ProbeTarget {
  readonly peer: Peer
  /** Value of the Host field; null for that of the peer. */
  readonly hostHeader: string | null
  /** What an https probe shows to a target that asks for a certificate; null for nothing. */
  readonly clientContext: SecureContext | null
  readonly rules: ProbeRules
  readonly statuses: StatusRules
}

/** The most that is read of an answer's body (reliability.md section 8). */
const BODY_BYTES = 16 * 1024

/**
 * Probes a peer once, on a connection of its own and without following redirects. Calls `found` once: with what it
 * found, or null when the status says nothing or the probe was given up. Never throws.
 */
export function probe(
  target: ProbeTarget,
  signal: AbortSignal,
  found: (event: HealthEvent | null) => void,
): void {
  let isOver = false
  const end: End = (event) => {
    if (isOver) return
    isOver = true
    clearTimeout(timer)
    signal.removeEventListener('abort', giveUp)
    connection.destroy()
    found(event)
  }
  const giveUp = () => end(null)
  const timer = setTimeout(() => end('timeout'), Math.max(1, target.rules.timeoutMs))
  signal.addEventListener('abort', giveUp, { once: true })
  const connection = target.rules.type === 'tcp' ? connect(target, end) : ask(target, end)
}

type End = (event: HealthEvent | null) => void

function connect({ peer }: ProbeTarget, end: End): net.Socket {
  const socket = net.connect({ host: peer.address ?? peer.host, port: peer.port })
  socket.on('connect', () => end('success'))
  socket.on('error', () => end('tcp-failure'))
  return socket
}

function ask(
  { peer, hostHeader, clientContext, rules, statuses }: ProbeTarget,
  end: End,
): http.ClientRequest {
  const { request } = rules.type === 'https' ? https : http
  const asking = request({
    host: peer.address ?? peer.host,
    port: peer.port,
    path: rules.path,
    agent: false,
    headers: {
      host: hostHeader ?? peer.authority,
      ...sentFields(rules.fields),
      connection: 'close',
    },
    ...(rules.type === 'https' && {
      rejectUnauthorized: rules.verifiesTls,
      ...(clientContext !== null && { secureContext: clientContext }),
      ...serverName(rules.serverName ?? peer.host),
    }),
  })
  asking.on('error', () => end('tcp-failure'))
  asking.on('upgrade', () => end('tcp-failure'))
  asking.on('response', (answer) => {
    const event = eventOfStatus(statuses, answer.statusCode ?? 0)
    let bytes = 0
    answer.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > BODY_BYTES) end(event)
    })
    answer.on('end', () => end(event))
    answer.on('error', () => end('tcp-failure'))
  })
  asking.end()
  return asking
}

/**
 * By lower-case name, without what frames a message or is said of its connection: some of that makes Node throw, and
 * so does more than one Host.
 */
function sentFields(fields: ProbeRules['fields']): http.OutgoingHttpHeaders {
  const sent: http.OutgoingHttpHeaders = {}
  for (const [spelling, values] of Object.entries(fields)) {
    const name = spelling.toLowerCase()
    if (!UNSENT_FIELDS.has(name)) sent[name] = name === 'host' ? values[0] : [...values]
  }
  return sent
}

const UNSENT_FIELDS: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP_FIELDS,
  'connection',
  'content-length',
  'expect',
  'te',
  'transfer-encoding',
  // Not a name that may become a property of an object.
  '__proto__',
])

/** An address is no name to ask for (RFC 6066 section 3). */
function serverName(name: string): { servername: string } {
  return { servername: net.isIP(name) === 0 ? name : '' }
}
