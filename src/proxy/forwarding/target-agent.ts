import http from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'
import type { Destination } from '../forwarder.ts'

/** How long an unused upstream connection is kept; undici's default, as Node servers close at 5 s. */
const IDLE_MS = 4_000
/** The longest that an upstream's `Keep-Alive: timeout=n` may stretch it. */
const IDLE_CEILING_MS = 60_000
/** Closed this long before the upstream would, so that a request does not meet a closing connection. */
const IDLE_MARGIN_MS = 1_000
const IDLE_SOCKETS_PER_TARGET = 256
const REQUESTS_PER_SOCKET = 10_000

/** The parts of http.Agent that its documentation leaves out. */
interface AgentInternals extends http.Agent {
  addRequest(request: http.ClientRequest, options: http.RequestOptions): void
  keepSocketAlive(socket: PooledSocket): boolean
  getName(options?: http.AgentOptions): string
}

interface PooledSocket extends Socket {
  _httpMessage?: { res?: http.IncomingMessage }
  requestCount?: number
}

/**
 * The keep-alive connections to one target (reliability.md sections 2 and 3).
 * A request that gets a used connection waits for one turn of the event loop first: bytes that the upstream
 * sent unasked are then seen by the guard of the idle connection, which destroys it, and cannot become
 * somebody's answer.
 */
export function createTargetAgent(destination: Destination): http.Agent {
  const options = { keepAlive: true, maxFreeSockets: IDLE_SOCKETS_PER_TARGET, noDelay: true }
  const agent = (
    destination.scheme === 'https'
      ? new https.Agent({ ...options, rejectUnauthorized: destination.verifiesTls })
      : new http.Agent(options)
  ) as AgentInternals
  const addRequest = agent.addRequest.bind(agent)
  const keepSocketAlive = agent.keepSocketAlive.bind(agent)

  if (destination.scheme === 'http') agent.getName = () => 'target'
  agent.addRequest = (request, requestOptions) => {
    if (hasIdleSocket(agent)) setImmediate(addRequest, request, requestOptions)
    else addRequest(request, requestOptions)
  }
  agent.keepSocketAlive = (socket) => {
    socket.requestCount = (socket.requestCount ?? 0) + 1
    if (!keepSocketAlive(socket) || socket.requestCount >= REQUESTS_PER_SOCKET) return false
    const idleMs = idleTimeMs(socket._httpMessage?.res)
    if (idleMs <= 0) return false
    socket.setTimeout(idleMs)
    return true
  }
  return agent
}

/** Reads the upstream's announcement (`Keep-Alive: timeout=5`), in seconds, into our own idle time. */
function idleTimeMs(answer: http.IncomingMessage | undefined): number {
  const announced = answer?.headers['keep-alive']
  if (typeof announced !== 'string') return IDLE_MS
  const seconds = /(?:^|[\s,])timeout\s*=\s*(\d{1,9})/i.exec(announced)?.[1]
  if (seconds === undefined) return IDLE_MS
  return Math.min(Number(seconds) * 1_000 - IDLE_MARGIN_MS, IDLE_CEILING_MS)
}

function hasIdleSocket(agent: http.Agent): boolean {
  for (const _name in agent.freeSockets) return true
  return false
}
