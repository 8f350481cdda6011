import http from 'node:http'
import https, { type AgentOptions } from 'node:https'
import type { LookupFunction, Socket } from 'node:net'
import type { PeerConnections } from '../../balancing/peer-connections.ts'
import type { ConnectionReuse, Destination } from '../forwarder.ts'
import type { PoolLimits } from '../limits.ts'
import { type IdleConnection, IdleTimeouts } from './idle-timeouts.ts'
import { rawValue } from './raw-fields.ts'
import { tlsAgentOptions } from './tls-options.ts'

/** Closed this long before the upstream would, so that a request does not meet a closing connection. */
const IDLE_MARGIN_MS = 1_000
/** What Node calls the connections of a target without TLS among themselves. */
const PLAIN = 'target'
/** A connection that was idle for less counts as recently used (reliability.md section 7). */
const RECENT_MS = 1_000

/** The parts of http.Agent that its documentation leaves out. */
interface AgentInternals extends http.Agent {
  addRequest(request: http.ClientRequest, options: http.RequestOptions): void
  createSocket(
    request: http.ClientRequest,
    options: http.RequestOptions,
    created: (error: Error | null, socket?: Socket) => void,
  ): void
  keepSocketAlive(socket: PooledSocket): boolean
  reuseSocket(socket: PooledSocket, request: http.ClientRequest): void
  getName(options?: http.AgentOptions): string
}

interface PooledSocket extends IdleConnection {
  _httpMessage?: { res?: http.IncomingMessage }
  requestCount?: number
}

/** The keep-alive connections to one target: one pool, and an agent for each way to take from it. */
export type TargetAgents = Readonly<Record<ConnectionReuse, http.Agent>>

export interface TargetAgentParts {
  /** Is told of the pool's sockets. */
  readonly connections: PeerConnections
  readonly limits: PoolLimits
  /** Finds the addresses of a destination that is a name. */
  readonly lookup: LookupFunction
}

/**
 * Makes the pool of one target (reliability.md sections 2 and 3); its sockets are told to `connections`.
 * A request that gets a used connection waits for one turn of the event loop first: bytes that the upstream
 * sent unasked are then seen by the guard of the idle connection, which destroys it, and cannot become
 * somebody's answer.
 */
export function createTargetAgents(
  destination: Destination,
  { connections, limits, lookup }: TargetAgentParts,
): TargetAgents {
  const agent = createAgent(destination, { limits, lookup })
  countSockets(agent, connections)
  const assign = agent.addRequest.bind(agent)
  const addRequest: AgentInternals['addRequest'] = (request, options) => {
    takeLongHead(request, limits)
    const idle = destination.tls === null ? takeIdle(agent) : undefined
    if (idle === undefined) assign(request, options)
    else reuse(agent, idle, request)
  }
  const idleTimeouts = new IdleTimeouts(() => idleSockets(agent))
  const connect: AgentInternals['addRequest'] = (request, options) => {
    takeLongHead(request, limits)
    agent.createSocket(request, options, (error, socket) => giveSocket(request, error, socket))
  }

  // A connection over TLS was verified for one server name, and serves no other.
  agent.getName = (options) => (options as AgentOptions | undefined)?.servername ?? PLAIN
  agent.addRequest = (request, options) => {
    if (hasIdleSocket(agent)) setImmediate(addRequest, request, options)
    else addRequest(request, options)
  }
  agent.keepSocketAlive = (socket) => {
    socket.requestCount = (socket.requestCount ?? 0) + 1
    if (socket.requestCount >= limits.upstreamRequestsPerConnection) return false
    const idleMs = idleTimeMs(socket._httpMessage?.res, limits)
    if (idleMs <= 0) return false
    socket.unref()
    idleTimeouts.begin(socket, idleMs)
    connections.becameIdle(socket)
    return true
  }
  return {
    any: agent,
    recent: variantOf(agent, (request, options) => {
      if (!hasIdleSocket(agent)) return addRequest(request, options)
      setImmediate(() => {
        if (hasRecentSocket(agent)) addRequest(request, options)
        else connect(request, options)
      })
    }),
    new: variantOf(agent, connect),
  }
}

function createAgent(
  { tls }: Destination,
  { limits, lookup }: Pick<TargetAgentParts, 'limits' | 'lookup'>,
): AgentInternals {
  const options = {
    keepAlive: limits.upstreamIdleConnections > 0,
    maxFreeSockets: limits.upstreamIdleConnections,
    noDelay: true,
    lookup,
  }
  const agent =
    tls === null
      ? new http.Agent(options)
      : new https.Agent({ ...options, ...tlsAgentOptions(tls) })
  return agent as AgentInternals
}

/** Tells of each socket when it is opened, taken again and closed; `keepSocketAlive` tells when it is idle. */
function countSockets(agent: AgentInternals, connections: PeerConnections): void {
  const createConnection = agent.createConnection.bind(agent)
  const reuseSocket = agent.reuseSocket.bind(agent)
  agent.createConnection = (options, created) => {
    connections.makeRoom()
    const socket = createConnection(options, created)
    if (socket) {
      // Fields are bytes, one character each; Node sends a head ahead of its body in the socket's own encoding.
      ;(socket as Socket).setDefaultEncoding('latin1')
      connections.opened(socket)
      socket.once('close', () => connections.closed(socket))
    }
    return socket
  }
  agent.reuseSocket = (socket, request) => {
    connections.reused(socket)
    reuseSocket(socket, request)
  }
}

/** The same agent with the same connections, but another way to give one to a request. */
function variantOf(
  agent: AgentInternals,
  addRequest: AgentInternals['addRequest'],
): AgentInternals {
  return Object.create(agent, { addRequest: { value: addRequest } }) as AgentInternals
}

interface SocketTaker extends http.ClientRequest {
  onSocket(socket: Socket | undefined, error?: Error | null): void
}

/** As long a head as a client may send; Node's own limit is half of that. */
function takeLongHead(request: http.ClientRequest, { headBytes }: PoolLimits): void {
  const limited = request as { maxHeaderSize?: number }
  limited.maxHeaderSize = headBytes
}

function giveSocket(request: http.ClientRequest, error: Error | null, socket?: Socket): void {
  const taker = request as SocketTaker
  taker.onSocket(socket as Socket, error)
}

/** Reads the upstream's announcement (`Keep-Alive: timeout=5`), in seconds, into our own idle time. */
function idleTimeMs(answer: http.IncomingMessage | undefined, limits: PoolLimits): number {
  const announced = rawValue(answer?.rawHeaders ?? [], 'keep-alive')
  if (announced === undefined) return limits.upstreamIdleMs
  const seconds = /(?:^|[\s,])timeout\s*=\s*(\d{1,9})/i.exec(announced)?.[1]
  if (seconds === undefined) return limits.upstreamIdleMs
  return Math.min(Number(seconds) * 1_000 - IDLE_MARGIN_MS, limits.upstreamIdleCeilingMs)
}

function* idleSockets(agent: http.Agent): Generator<PooledSocket> {
  for (const name in agent.freeSockets) yield* agent.freeSockets[name] ?? []
}

function hasIdleSocket(agent: http.Agent): boolean {
  for (const name in agent.freeSockets) if (agent.freeSockets[name]?.length) return true
  return false
}

/** The connection that was put back last, if there is one without TLS. */
function takeIdle(agent: http.Agent): PooledSocket | undefined {
  const idle = agent.freeSockets[PLAIN]
  let socket = idle?.pop()
  while (socket?.destroyed) socket = idle?.pop()
  return socket
}

/** What Node does with it, but for the options of the request, which it would copy twice first. */
function reuse(agent: AgentInternals, socket: PooledSocket, request: http.ClientRequest): void {
  agent.reuseSocket(socket, request)
  const used: NodeJS.Dict<Socket[]> = agent.sockets
  used[PLAIN] ??= []
  used[PLAIN].push(socket)
  giveSocket(request, null, socket)
}

/** Node gives out the connection that was put back last, so that one decides. */
function hasRecentSocket(agent: http.Agent): boolean {
  const youngestAllowed = performance.now() - RECENT_MS
  for (const name in agent.freeSockets) {
    const newest = agent.freeSockets[name]?.at(-1) as PooledSocket | undefined
    if ((newest?.idleSinceMs ?? 0) > youngestAllowed) return true
  }
  return false
}
