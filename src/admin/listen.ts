import http, { type ServerResponse } from 'node:http'
import https from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Express } from 'express'
import type { ListenAddress } from '../model/setting-values.ts'
import { type OpenPort, openPort } from '../ports/port.ts'

/** A client gets this long for its head and for its whole request. */
const HEADERS_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 60_000
/** Calls in progress get this long to finish when the listener closes. */
const CLOSE_TIMEOUT_MS = 5_000

export interface AdminListener {
  /** The address that was really taken. */
  readonly host: string
  readonly port: number
  /**
   * Takes no new connections, closes those without a call at once, lets calls in progress finish for at most
   * `timeoutMs` (five seconds by default) and then cuts them.
   */
  close(timeoutMs?: number): Promise<void>
}

type Server = http.Server | https.Server

export interface AdminListenerOptions {
  /** Certificate and key, PEM; null without TLS. */
  readonly keyPair?: KeyPair | null
  /** How the port is opened; for this process alone unless told otherwise. */
  readonly open?: OpenPort
}

interface KeyPair {
  readonly cert: string
  readonly key: string
}

/**
 * Serves the Admin API, over TLS when there is a key pair. Fails with cannot_listen when the address is taken or is
 * not one of this machine.
 */
export async function listenAdmin(
  app: Express,
  address: ListenAddress,
  { keyPair = null, open = openPort }: AdminListenerOptions = {},
): Promise<AdminListener> {
  const server = keyPair === null ? http.createServer(TIMEOUTS) : createTlsServer(keyPair)
  const connections = trackConnections(server)
  server.on('request', app)
  await open(server, address)
  const { address: host, port } = server.address() as AddressInfo
  return {
    host,
    port,
    close: (timeoutMs = CLOSE_TIMEOUT_MS) => closed(server, connections, timeoutMs),
  }
}

const TIMEOUTS = { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS }

function createTlsServer(keyPair: KeyPair): https.Server {
  return https.createServer({
    ...TIMEOUTS,
    ...keyPair,
    handshakeTimeout: HEADERS_TIMEOUT_MS,
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['http/1.1'],
  })
}

interface Connections {
  /** No call came on them yet; Node counts them as busy and would wait for their first head, or their handshake. */
  readonly unused: ReadonlySet<Socket>
  readonly calls: ReadonlySet<ServerResponse>
}

function trackConnections(server: Server): Connections {
  const unused = new Set<Socket>()
  const calls = new Set<ServerResponse>()
  server.on('connection', (socket) => {
    unused.add(socket)
    socket.once('close', () => unused.delete(socket))
  })
  server.on('secureConnection', (socket: Socket) => {
    for (const below of unused) if (isSamePeer(below, socket)) unused.delete(below)
    unused.add(socket)
    socket.once('close', () => unused.delete(socket))
  })
  server.on('request', (request: http.IncomingMessage, response: ServerResponse) => {
    unused.delete(request.socket)
    calls.add(response)
    response.once('close', () => calls.delete(response))
    if (!server.listening) leaveAfter(response)
  })
  return { unused, calls }
}

/** Whether one connection is the other without its TLS. */
function isSamePeer(one: Socket, other: Socket): boolean {
  return one.remotePort === other.remotePort && one.remoteAddress === other.remoteAddress
}

/** Otherwise the client keeps the connection, and with it the closing server, for seconds. */
function leaveAfter(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close')
}

function closed(server: Server, { unused, calls }: Connections, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => server.closeAllConnections(), timeoutMs)
    server.close((error) => {
      clearTimeout(deadline)
      if (error === undefined) resolve()
      else reject(error)
    })
    for (const socket of unused) socket.destroy()
    for (const response of calls) leaveAfter(response)
  })
}
