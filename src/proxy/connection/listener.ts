import { once } from 'node:events'
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import https from 'node:https'
import { type DropArgument, Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ListenAddress } from '../../model/setting-values.ts'
import type { OpenPort } from '../../ports/port.ts'
import { asksForWebSocket } from '../head/websocket-request.ts'
import type { Limits } from '../limits.ts'
import { type TlsIdentities, tlsServerOptions } from '../tls/server-options.ts'
import type { ConnectionCounts, ConnectionLimit } from './connection-counts.ts'
import { InputGate } from './input-gate.ts'
import { expectOrdinary } from './ordinary-upgrades.ts'
import { unfinishedAnswer } from './server-socket.ts'
import { WriteStalls } from './write-stalls.ts'

/** What a listener does with what arrives. */
export interface ListenerHandlers {
  /** Every request, whatever it expects. */
  request(request: IncomingMessage, response: ServerResponse): void
  connect(request: IncomingMessage, socket: Duplex): void
  /** A request for a WebSocket, on a connection that has no parser any more; `head` is what came behind it. */
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void
  parseError(error: Error, socket: Duplex): void
  /** A connection of an address that has more of them than it may. */
  crowded(socket: Socket): void
  /** A connection that was closed at once, because there are too many. */
  dropped(address: string, limit: ConnectionLimit): void
}

export interface ListenerParts {
  readonly handlers: ListenerHandlers
  readonly limits: Limits
  readonly counts: ConnectionCounts
  /** What a TLS listener shows; null for a plain one. */
  readonly identities: TlsIdentities | null
  readonly openPort: OpenPort
}

/** What the kernel may keep for a server until it is accepted: what Node.js asks for unless told otherwise. */
const BACKLOG = 511

/** One listening socket of the proxy, with the limits that keep slow and hostile clients harmless. */
export class Listener {
  readonly #server: http.Server | https.Server
  readonly #openPort: OpenPort
  #arrivals = 0
  /** Everything that was accepted; over TLS these are the connections below the encrypted ones. */
  readonly #connections = new Set<Socket>()
  /** What requests come in on: over TLS, those whose handshake is done. */
  readonly #sockets = new Set<Socket>()
  /** Of those, the ones that had sent nothing at the last look of a drain. */
  #silent: ReadonlySet<Socket> = new Set()
  readonly #stalls: WriteStalls
  readonly #stallCheck: NodeJS.Timeout

  constructor({ handlers, limits, counts, identities, openPort }: ListenerParts) {
    this.#openPort = openPort
    this.#server = createServer(handlers, limits, identities)
    this.#stalls = new WriteStalls(limits.silenceMs)
    this.#stallCheck = setInterval(() => this.#cutStalled(), limits.silenceMs / 4).unref()
    this.#server.on('connection', (socket) => {
      this.#arrivals += 1
      // The limit of the server itself knows nothing of the other listener.
      const limit = counts.unheardFor(socket.remoteAddress ?? '')
      if (limit !== null) {
        handlers.dropped(socket.remoteAddress ?? '', limit)
        socket.destroy()
        return
      }
      const close = counts.open(socket.remoteAddress ?? '')
      this.#connections.add(socket)
      socket.on('close', () => {
        close()
        this.#connections.delete(socket)
      })
    })
    this.#server.on(identities === null ? 'connection' : 'secureConnection', (socket: Socket) => {
      this.#sockets.add(socket)
      new InputGate(socket)
      socket.on('close', () => this.#sockets.delete(socket))
      if (counts.isCrowded(socket.remoteAddress ?? '')) handlers.crowded(socket)
    })
  }

  /** Starts to accept. Fails with `cannot_listen` when the address is taken or not ours. */
  listen(address: ListenAddress): Promise<ListenAddress> {
    return this.#openPort(this.#server, address)
  }

  /** Stops accepting and closes connections that carry no request; those in flight go on. */
  async stopAccepting(): Promise<void> {
    await this.#acceptQueued()
    // The close of http.Server would also cut answers that are still going out, and end the watch over slow heads.
    Server.prototype.close.call(this.#server)
    await nextTurn()
    this.closeIdle()
    // Node counts a connection that has sent nothing yet as waiting for its first request.
    for (const socket of this.#open()) if (socket.bytesRead === 0) socket.destroy()
  }

  /** Closes the connections between two requests, unless an answer is going out that Node would take for sent. */
  closeIdle(): void {
    this.#closeSilent()
    for (const socket of this.#sockets) if (unfinishedAnswer(socket)?.writableEnded) return
    this.#server.closeIdleConnections()
  }

  /** For how long connections are kept between two requests from now on, those that wait for one already included. */
  keepIdle(ms: number): void {
    if (this.#server.keepAliveTimeout === ms) return
    this.#server.keepAliveTimeout = ms
    for (const socket of this.#sockets) if ((socket.timeout ?? 0) > ms) socket.setTimeout(ms)
  }

  /** Cuts every connection that is left; resolves when their requests have ended. */
  async cutAll(): Promise<void> {
    const open = this.#open()
    const closed = [...open].map((socket) => once(socket, 'close'))
    for (const socket of open) socket.destroy()
    clearInterval(this.#stallCheck)
    await Promise.all(closed)
    this.#server.close()
    await nextTurn()
  }

  /**
   * What the kernel has already accepted or received for us is taken in first: it gets its answer. A turn of the event
   * loop takes in one connection of a port, so an empty one says that none waits.
   */
  async #acceptQueued(): Promise<void> {
    await nextTurn()
    for (let turn = 0; turn < BACKLOG; turn += 1) {
      const before = this.#arrivals
      await nextTurn()
      if (this.#arrivals === before) return
    }
  }

  #open(): ReadonlySet<Socket> {
    return new Set([...this.#sockets, ...this.#connections])
  }

  /** A handshake that ends during a drain is followed by a request in the next moment, or by none. */
  #closeSilent(): void {
    if (this.#server.listening) return
    const silent = new Set<Socket>()
    for (const socket of this.#sockets) {
      if (socket.bytesRead > 0) continue
      if (this.#silent.has(socket)) socket.destroy()
      else silent.add(socket)
    }
    this.#silent = silent
  }

  #cutStalled(): void {
    const nowMs = performance.now()
    for (const socket of this.#sockets) if (this.#stalls.isStalled(socket, nowMs)) socket.destroy()
  }
}

function createServer(
  handlers: ListenerHandlers,
  limits: Limits,
  identities: TlsIdentities | null,
): http.Server | https.Server {
  const options = {
    maxHeaderSize: limits.headBytes,
    headersTimeout: limits.headTimeoutMs,
    requestTimeout: 0,
    connectionsCheckingInterval: limits.deadlineCheckMs,
    keepAliveTimeout: limits.idleMs,
    // Not lenient: parseHead refuses a missing Host itself, in our form and with its line in the access log.
    requireHostHeader: false,
    optimizeEmptyRequests: true,
    shouldUpgradeCallback,
    noDelay: true,
  }
  const server =
    identities === null
      ? http.createServer(options)
      : createTlsServer(options, tlsServerOptions(identities, limits.headTimeoutMs))
  server.maxHeadersCount = limits.fields
  server.maxRequestsPerSocket = limits.requestsPerConnection
  server.maxConnections = limits.connections
  server.on('request', handlers.request)
  server.on('checkContinue', handlers.request)
  server.on('checkExpectation', handlers.request)
  server.on('connect', (request, socket) => {
    watchBareSocket(socket)
    handlers.connect(request, socket)
  })
  server.on('upgrade', (request, socket, head) => {
    watchBareSocket(socket)
    handlers.upgrade(request, socket as Socket, head)
  })
  server.on('clientError', handlers.parseError)
  server.on('drop', (dropped?: DropArgument) =>
    handlers.dropped(dropped?.remoteAddress ?? '', 'connections'),
  )
  return server
}

function shouldUpgradeCallback(request: IncomingMessage): boolean {
  if (asksForWebSocket(request)) return true
  expectOrdinary(request)
  return false
}

/**
 * The server has taken its own listeners off. Without these, a reset by the client would end the process, and an
 * answer that is still going out to a slow client would stand still.
 */
function watchBareSocket(socket: Duplex): void {
  socket.on('error', () => socket.destroy())
  socket.on('drain', () => unfinishedAnswer(socket)?.emit('drain'))
}

/** A handshake that fails ends its connection: nobody is there yet to whom an answer could be sent. */
function createTlsServer(options: http.ServerOptions, tls: https.ServerOptions): https.Server {
  const server = https.createServer({ ...options, ...tls })
  server.removeAllListeners('tlsClientError')
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  return server
}
