import type http from 'node:http'
import type { LookupFunction } from 'node:net'
import { createProxyMiddleware, type Plugin, type RequestHandler } from 'http-proxy-middleware'
import type { PeerConnections } from '../../balancing/peer-connections.ts'
import type {
  ClientStreams,
  ConnectionReuse,
  Destination,
  Forwarder,
  ForwardHandlers,
  UpstreamRequest,
} from '../forwarder.ts'
import type { PoolLimits } from '../limits.ts'
import { Attempt } from './attempt.ts'
import type { ClientPatience } from './client-patience.ts'
import type { RequestView } from './library-views.ts'
import { createTargetAgents, type TargetAgents } from './target-agent.ts'

/** Above this many targets, those without a connection are forgotten. */
const TARGETS_KEPT = 1_000

export type ForwardLimits = ClientPatience & PoolLimits

/** The connections to one target, and the library's way to send over each kind of them, made when first needed. */
interface TargetChannel {
  readonly destination: Destination
  readonly agents: TargetAgents
  readonly senders: Partial<Record<ConnectionReuse, RequestHandler>>
}

/**
 * The general forwarding path: http-proxy-middleware over keep-alive connections, one pool per target of an upstream.
 * The library connects, sends the head and hands over the answer; heads are rebuilt before it and after it, and
 * bodies, limits and failures are ours (reliability.md section 2 lists what it would let through).
 */
export class HttpProxyMiddlewareForwarder implements Forwarder {
  /** By target of an upstream: one for each address and TLS that it has had. */
  readonly #channels = new Map<PeerConnections, TargetChannel[]>()
  readonly #limits: ForwardLimits
  readonly #lookup: LookupFunction

  /** `lookup` finds the addresses of destinations that are names. */
  constructor(limits: ForwardLimits, lookup: LookupFunction) {
    this.#limits = limits
    this.#lookup = lookup
  }

  forward(request: UpstreamRequest, client: ClientStreams, handlers: ForwardHandlers): void {
    const attempt = new Attempt({ request, client, handlers, patience: this.#limits })
    let send: RequestHandler
    try {
      send = senderOf(this.#channelTo(request), request.reuse)
    } catch (error) {
      // A certificate that OpenSSL cannot use.
      attempt.failed(error)
      return
    }
    const { requestView, responseView } = attempt
    send(requestView.asIncomingMessage(), responseView.asServerResponse(), (error) => {
      if (error !== undefined) attempt.failed(error)
    }).catch((error: unknown) => attempt.failed(error))
  }

  close(): void {
    for (const channels of this.#channels.values()) {
      for (const { agents } of channels) destroyIdleSockets(agents.any)
    }
    this.#channels.clear()
  }

  #channelTo({ destination, connections }: UpstreamRequest): TargetChannel {
    const channels = this.#channelsOver(connections)
    const known = channels.find((channel) => isSame(channel.destination, destination))
    if (known !== undefined) return known
    const agents = createTargetAgents(destination, {
      connections,
      limits: this.#limits,
      lookup: this.#lookup,
    })
    const channel: TargetChannel = { destination, agents, senders: {} }
    channels.push(channel)
    return channel
  }

  #channelsOver(connections: PeerConnections): TargetChannel[] {
    let channels = this.#channels.get(connections)
    if (channels === undefined) {
      if (this.#channels.size >= TARGETS_KEPT) this.#forgetUnused()
      channels = []
      this.#channels.set(connections, channels)
    }
    return channels
  }

  #forgetUnused(): void {
    for (const connections of this.#channels.keys()) {
      if (connections.isUnused) this.#channels.delete(connections)
    }
  }
}

function isSame(one: Destination, other: Destination): boolean {
  return one.host === other.host && one.port === other.port && one.tls?.key === other.tls?.key
}

function senderOf(channel: TargetChannel, reuse: ConnectionReuse): RequestHandler {
  const known = channel.senders[reuse]
  if (known !== undefined) return known
  const { host, port, tls } = channel.destination
  const sender = createProxyMiddleware({
    target: { protocol: tls === null ? 'http:' : 'https:', hostname: host, port },
    agent: channel.agents[reuse],
    secure: tls?.verifies ?? true,
    pathFilter: (_path, view) => viewOf(view).pass(),
    selfHandleResponse: true,
    ejectPlugins: true,
    plugins: [reportToAttempt],
  })
  channel.senders[reuse] = sender
  return sender
}

/** Leads the library's events back to the attempt that a view belongs to. */
const reportToAttempt: Plugin = (proxy) => {
  proxy.on('proxyRes', (answer, view) => attemptOf(view).answered(answer))
  proxy.on('error', (error, view) => attemptOf(view).failed(error))
  proxy.on('econnreset', (error, view) => attemptOf(view).failed(error))
}

function attemptOf(view: http.IncomingMessage | undefined): Attempt {
  return viewOf(view).attempt as Attempt
}

function viewOf(view: http.IncomingMessage | undefined): RequestView {
  return view as unknown as RequestView
}

function destroyIdleSockets(agent: http.Agent): void {
  for (const sockets of Object.values(agent.freeSockets)) {
    for (const socket of sockets ?? []) socket.destroy()
  }
}
