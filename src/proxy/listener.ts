import { once } from 'node:events'
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { GatewayError } from '../model/errors.ts'
import type { ListenAddress } from '../model/setting-values.ts'

/** Limits of one listener; defaults and reasons: reliability.md section 3. */
const LIMITS = {
  headBytes: 32 * 1024,
  fields: 100,
  headTimeoutMs: 10_000,
  deadlineCheckMs: 1_000,
  idleMs: 65_000,
  requestsPerConnection: 10_000,
  connections: 10_000,
} as const

/** What a listener does with what arrives. */
export interface ListenerHandlers {
  request(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void
  /** An Expect field other than 100-continue. */
  unknownExpectation(request: IncomingMessage, response: ServerResponse): void
  connect(request: IncomingMessage, socket: Duplex): void
  parseError(error: Error, socket: Duplex): void
}

export interface ConnectionCounts {
  accepted: number
  active: number
}

/** One listening socket of the proxy, with the limits that keep slow and hostile clients harmless. */
export class Listener {
  readonly counts: ConnectionCounts = { accepted: 0, active: 0 }
  readonly #server: http.Server
  readonly #sockets = new Set<Socket>()

  constructor(handlers: ListenerHandlers) {
    this.#server = createServer(handlers)
    this.#server.on('connection', (socket) => {
      this.counts.accepted += 1
      this.counts.active += 1
      this.#sockets.add(socket)
      socket.on('close', () => {
        this.counts.active -= 1
        this.#sockets.delete(socket)
      })
    })
  }

  /** Starts to accept. Fails with `cannot_listen` when the address is taken or not ours. */
  async listen(address: ListenAddress): Promise<ListenAddress> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#server.once('error', reject)
    this.#server.listen({ host: address.host, port: address.port }, resolve)
    try {
      await promise
    } catch (error) {
      throw new GatewayError('cannot_listen', listenFailure(address, error), { cause: error })
    }
    this.#server.removeListener('error', reject)
    const bound = this.#server.address() as AddressInfo
    return { host: address.host, port: bound.port }
  }

  /** Stops accepting and closes connections that carry no request; those in flight go on. */
  async stopAccepting(): Promise<void> {
    // What the kernel has already accepted or received for us is taken in first: it gets its answer.
    await nextTurn()
    await nextTurn()
    this.#server.close()
    await nextTurn()
    this.#server.closeIdleConnections()
    // Node counts a connection that has sent nothing yet as waiting for its first request.
    for (const socket of this.#sockets) if (socket.bytesRead === 0) socket.destroy()
  }

  /** Cuts every connection that is left; resolves when their requests have ended. */
  async cutAll(): Promise<void> {
    const closed = [...this.#sockets].map((socket) => once(socket, 'close'))
    for (const socket of this.#sockets) socket.destroy()
    await Promise.all(closed)
    await nextTurn()
  }
}

function createServer(handlers: ListenerHandlers): http.Server {
  const server = http.createServer({
    maxHeaderSize: LIMITS.headBytes,
    headersTimeout: LIMITS.headTimeoutMs,
    requestTimeout: 0,
    connectionsCheckingInterval: LIMITS.deadlineCheckMs,
    keepAliveTimeout: LIMITS.idleMs,
    optimizeEmptyRequests: true,
    noDelay: true,
  })
  server.maxHeadersCount = LIMITS.fields
  server.maxRequestsPerSocket = LIMITS.requestsPerConnection
  server.maxConnections = LIMITS.connections
  server.on('request', (request, response) => handlers.request(request, response, false))
  server.on('checkContinue', (request, response) => handlers.request(request, response, true))
  server.on('checkExpectation', (request, response) =>
    handlers.unknownExpectation(request, response),
  )
  server.on('connect', (request, socket) => handlers.connect(request, socket))
  server.on('clientError', (error, socket) => handlers.parseError(error, socket))
  return server
}

function listenFailure({ host, port }: ListenAddress, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  if (code === 'EADDRINUSE') return `${host}:${port} is taken by another program`
  if (code === 'EACCES') return `${host}:${port} needs rights that this process does not have`
  if (code === 'EADDRNOTAVAIL') return `${host} is no address of this machine`
  return `cannot listen on ${host}:${port} (${code})`
}
