import { BalancerState } from '../balancing/balancer-state.ts'
import { HealthState } from '../balancing/health/health-state.ts'
import { RetryBudgets } from '../balancing/retry-budgets.ts'
import type { AccessEntry } from '../metrics/access-entry.ts'
import type { ListenAddress } from '../model/setting-values.ts'
import { type OpenPort, openPort } from '../ports/port.ts'
import { cutByStop } from './access-facts.ts'
import { ConnectionCounts } from './connection/connection-counts.ts'
import { LateHeads } from './connection/late-heads.ts'
import { Listener, type ListenerHandlers } from './connection/listener.ts'
import { isLastOfConnection } from './connection/server-socket.ts'
import { SocketRefusals } from './connection/socket-refusals.ts'
import { Turns } from './connection/turns.ts'
import { UpgradeRequest } from './connection/upgrade-request.ts'
import { Exchange } from './exchange.ts'
import type { ClientStreams } from './forwarder.ts'
import { HttpProxyMiddlewareForwarder } from './forwarding/http-proxy-middleware-forwarder.ts'
import type { GatewayContext } from './gateway-context.ts'
import { peerOf } from './head/client-address.ts'
import type { Limits } from './limits.ts'
import { LiveConfiguration } from './live-configuration.ts'
import { connectionLookup } from './names/connection-lookup.ts'
import { type NameEvent, NameKeeper } from './names/name-keeper.ts'
import type { NameResolver } from './names/name-resolver.ts'
import { isInUse, namesInUse, touchedNames } from './names/name-uses.ts'
import type { LoadMeter } from './overload/load-meter.ts'
import type { OverloadState } from './overload/overload-state.ts'
import { OverloadWatch, type OverloadWatchParts } from './overload/overload-watch.ts'
import { Prober } from './probing/prober.ts'
import { type GatewayCounts, RequestCounts } from './request-counts.ts'
import { newRequestId } from './request-id.ts'
import { type OpenConnection, OpenStreams } from './streams/open-streams.ts'
import { StreamDrain } from './streams/stream-drain.ts'
import { endExpired } from './streams/stream-expiry.ts'
import { type LiveIdentityParts, liveIdentities } from './tls/live-identities.ts'
import type { TlsIdentities } from './tls/server-options.ts'
import { untilIdle } from './until-idle.ts'

/** What the gateway is given; the rest it makes itself. */
export interface GatewayParts
  extends Pick<
      GatewayContext,
      'draws' | 'trust' | 'clock' | 'product' | 'allowsDebugHeader' | 'record' | 'reportBug'
    >,
    Pick<LiveIdentityParts, 'reportCertificate'> {
  readonly limits: Limits
  readonly meter: LoadMeter
  readonly resolver: NameResolver
  /** Tells of names whose addresses cannot be found, or not be used. */
  readonly reportName: (event: NameEvent) => void
  /** Tells that the process has come under too much load, or out of it. */
  readonly reportLoad: OverloadWatchParts['changed']
  /** How its ports are opened; for this process alone unless told otherwise. */
  readonly openPort?: OpenPort
}

/** How a stop went. */
export interface DrainReport {
  /** Requests that were still running at the deadline and were cut. */
  readonly cutRequests: number
}

/** The part of a stop's deadline in which event streams may end by themselves: some are answers that are nearly told. */
const STREAM_GRACE = 0.5

/** The data plane: its listeners, the live configuration, and the requests between them. */
export class Gateway {
  readonly configuration: LiveConfiguration
  readonly health = new HealthState(Math.random)
  readonly balancer = new BalancerState()
  readonly budgets = new RetryBudgets()
  readonly #streams = new OpenStreams()
  readonly #context: GatewayContext
  readonly #listeners: Listener[] = []
  readonly #connections: ConnectionCounts
  readonly #handlers: ListenerHandlers
  readonly #limits: Limits
  readonly #names: NameKeeper
  readonly #prober: Prober
  readonly #overload: OverloadWatch
  readonly #openPort: OpenPort
  readonly #reportCertificate: GatewayParts['reportCertificate']
  readonly #turns: Turns
  readonly #lateHeads = new LateHeads()
  readonly #check: NodeJS.Timeout
  readonly #streamDrain: StreamDrain
  #isLeaving = false
  #isCutting = false
  readonly #requests = new RequestCounts()

  constructor({ openPort: open = openPort, ...parts }: GatewayParts) {
    this.#openPort = open
    const { limits } = parts
    this.#connections = new ConnectionCounts({
      limits,
      peerOf: (address) => peerOf(parts.trust, address),
    })
    this.#overload = new OverloadWatch({
      meter: parts.meter,
      clock: parts.clock,
      bounds: limits.overload,
      changed: (state, sample) => {
        parts.reportLoad(state, sample)
        this.#checkLoad()
      },
    })
    const { balancer, budgets } = this
    this.#turns = new Turns(parts.clock, limits.readAhead)
    const memory = { balancer, health: this.health, budgets }
    const drain = new StreamDrain(this.#streams, () => this.configuration.runtime, parts.clock)
    this.#streamDrain = drain
    this.configuration = new LiveConfiguration(memory, (changes) => {
      drain.check()
      this.#names.follow(touchedNames(changes))
    })
    this.#names = new NameKeeper({
      isInUse: (name) => isInUse(this.configuration.runtime.nameUses, name),
      changed: (found) => this.configuration.resolved(found),
      resolver: parts.resolver,
      report: parts.reportName,
      clock: parts.clock,
      random: Math.random,
    })
    this.#check = setInterval(() => {
      drain.check()
      endExpired(this.#streams, {
        totalMs: limits.eventStreamTotalMs,
        nowMs: parts.clock.monotonicMs(),
      })
      this.#checkLoad()
    }, limits.deadlineCheckMs).unref()
    this.#context = {
      ...parts,
      runtime: () => this.configuration.runtime,
      forwarder: new HttpProxyMiddlewareForwarder(
        limits,
        connectionLookup((name) => this.#names.addressesOf(name)),
      ),
      balancer,
      health: this.health,
      budgets,
      streams: this.#streams,
      overload: this.#overload,
      newRequestId,
      endsConnection: (socket) =>
        (this.#isLeaving || !this.#overload.state.keepsAlive) && !this.#turns.isAwaited(socket),
      record: (entry: AccessEntry) => {
        this.#requests.end()
        parts.record(this.#isCutting ? cutByStop(entry) : entry)
      },
    }
    this.#prober = new Prober({
      runtime: this.#context.runtime,
      health: this.health,
      clock: parts.clock,
      random: Math.random,
    })
    const refusals = new SocketRefusals(this.#context, {
      turns: this.#turns,
      lateHeads: this.#lateHeads,
      headTimeoutMs: limits.headTimeoutMs,
      count: () => this.#requests.begin(),
    })
    this.#limits = limits
    this.#handlers = {
      request: (request, response) => this.#serve({ request, response, upgrade: null }),
      upgrade: (request, socket, head) => {
        const upgrade = new UpgradeRequest(request, socket, head)
        this.#serve({ request, response: upgrade.response, upgrade }, () => upgrade.begin())
      },
      connect: (_request, socket) => refusals.refuseConnect(socket),
      parseError: (error, socket) => refusals.refuseBytes(error, socket),
      crowded: (socket) => refusals.refuseCrowded(socket),
      dropped: (address, limit) => refusals.recordDropped(address, limit),
    }
    this.#reportCertificate = parts.reportCertificate
  }

  /** Keeps the names of the configuration resolved; returns when each was asked for once, or after `waitMs`. */
  resolveNames(waitMs: number): Promise<void> {
    return this.#names.start(namesInUse(this.configuration.runtime.nameUses), waitMs)
  }

  /** Names that are served at addresses whose time is over. */
  staleNames(): Iterable<string> {
    return this.#names.staleNames()
  }

  /** Starts to take traffic and to probe; returns the address, with the port that was taken for port 0. */
  async listen(address: ListenAddress): Promise<ListenAddress> {
    const bound = await this.#listen(null, address)
    this.#prober.start()
    return bound
  }

  /** Starts to take traffic over TLS; `fallback` is for clients that ask for no name that has a certificate. */
  listenTls(address: ListenAddress, fallback: TlsIdentities['fallback']): Promise<ListenAddress> {
    const identities = liveIdentities({
      runtime: this.#context.runtime,
      reportCertificate: this.#reportCertificate,
      fallback,
    })
    return this.#listen(identities, address)
  }

  /** Counts since the start, for /status. */
  get counts(): GatewayCounts {
    return this.#requests.beside(this.#connections)
  }

  /** What is refused at the moment because the process has too much to do. */
  get overload(): OverloadState {
    return this.#overload.state
  }

  /** The long connections that are open to a service, the oldest first. */
  openConnections(serviceId: string): Iterable<OpenConnection> {
    return this.#streams.connectionsOf(serviceId, this.#context.clock.monotonicMs())
  }

  /** From now on every answer is the last one on its connection, so that clients come back to the next process. */
  sendClientsOn(): void {
    this.#isLeaving = true
  }

  /**
   * Stops accepting, tells WebSockets to go and come back (1012), lets requests in flight finish for at most
   * `deadlineMs`, event streams for the first half of it, and cuts what is left (reliability.md section 10).
   */
  async drain(deadlineMs: number): Promise<DrainReport> {
    this.sendClientsOn()
    await Promise.all(this.#listeners.map((listener) => listener.stopAccepting()))
    this.#streams.stop('websocket')
    const grace = setTimeout(() => this.#streams.stop('event_stream'), deadlineMs * STREAM_GRACE)
    await untilIdle({
      clock: this.#context.clock,
      deadlineMs,
      closeIdle: () => this.#closeIdle(),
      // Connections, since what was answered is to go out as well; requests of WebSockets end with the upstream's side.
      isBusy: () => this.#connections.active > 0 || this.#requests.inFlight > 0,
    })
    clearTimeout(grace)
    const cutRequests = this.#requests.inFlight
    this.#isCutting = true
    this.#prober.stop()
    this.#overload.close()
    this.#names.stop()
    clearInterval(this.#check)
    this.#streamDrain.stop()
    await Promise.all(this.#listeners.map((listener) => listener.cutAll()))
    this.#context.forwarder.close()
    return { cutRequests }
  }

  async #listen(identities: TlsIdentities | null, address: ListenAddress): Promise<ListenAddress> {
    const listener = new Listener({
      handlers: this.#handlers,
      limits: this.#limits,
      counts: this.#connections,
      identities,
      openPort: this.#openPort,
    })
    const bound = await listener.listen(address)
    this.#listeners.push(listener)
    return bound
  }

  #serve(client: ClientStreams, begin: () => void = () => {}): void {
    const { socket } = client.request
    this.#lateHeads.arrived(socket)
    this.#turns.inTurn(socket, {
      response: client.response,
      take: () => {
        this.#requests.begin()
        if (isLastOfConnection(client.response)) client.response.shouldKeepAlive = false
        begin()
        new Exchange(this.#context, client).serve()
      },
    })
  }

  /** Connections that nobody uses make room while there is load. */
  #checkLoad(): void {
    const { idleMs, idleUnderLoadMs } = this.#limits
    const { shedsFor, keepsAlive } = this.#overload.state
    const ms = this.#connections.isLoaded || shedsFor !== null ? idleUnderLoadMs : idleMs
    for (const listener of this.#listeners) listener.keepIdle(ms)
    if (!keepsAlive) this.#closeIdle()
  }

  #closeIdle(): void {
    for (const listener of this.#listeners) listener.closeIdle()
  }
}
