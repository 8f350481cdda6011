import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Express } from 'express'
import { GatewayError } from '../model/errors.ts'

/** A client gets this long for its head and for its whole request. */
const HEADERS_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 60_000
/** Calls in progress get this long to finish when the listener closes. */
const CLOSE_TIMEOUT_MS = 5_000

export interface AdminListener {
  /** The address that was really taken. */
  readonly host: string
  readonly port: number
  /** Takes no new connections, closes idle ones, lets calls in progress finish for at most five seconds. */
  close(): Promise<void>
}

/** Serves the Admin API. Fails with cannot_listen when the address is taken or is not one of this machine. */
export async function listenAdmin(
  app: Express,
  address: { readonly host: string; readonly port: number },
): Promise<AdminListener> {
  const server = createServer({
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
  })
  server.on('request', app)
  await listening(server, address)
  const { address: host, port } = server.address() as AddressInfo
  return { host, port, close: () => closed(server) }
}

function listening(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const message = `cannot listen on ${host}:${port} for the Admin API: ${cause.message}`
      reject(new GatewayError('cannot_listen', message, { cause }))
    })
    server.listen(port, host, resolve)
  })
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT_MS)
    server.close((error) => {
      clearTimeout(deadline)
      if (error === undefined) resolve()
      else reject(error)
    })
  })
}
