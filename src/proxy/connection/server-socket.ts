import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'

/** The parts of an HTTP server's socket that Node's documentation leaves out. */
export interface ServerSocket extends Duplex {
  /** The answer that is being written, while there is one. */
  _httpMessage?: ServerResponse | null
  /** The server reads nothing, because the client does not take its answers. */
  _paused?: boolean
  /** Null once the connection is no longer read as HTTP. */
  parser?: ServerParser | null
}

/** Node's parser of what comes in on a connection. They are used again for other connections. */
export interface ServerParser {
  socket: Duplex | null
  incoming: (IncomingMessage & { readonly upgrade?: boolean | null }) | null
  /** Returns how many bytes it has taken, or what is wrong with them. */
  execute(bytes: Buffer): number | Error
  /** Its callbacks, by the numbers that its constructor knows. */
  [callback: number]: ((...bytes: Buffer[]) => unknown) | undefined
  readonly constructor: { readonly kOnBody: number; readonly kOnMessageComplete: number }
}

/**
 * Whether an answer is to the last request that its connection may carry; Node only says so, and keeps it open. It does
 * as well when an HTTP/1.0 client says both `close` and `keep-alive`, where `close` counts (RFC 9112 section 9.3).
 */
export function isLastOfConnection(response: ServerResponse): boolean {
  const { req } = response
  return (
    ('maxRequestsOnConnectionReached' in response &&
      response.maxRequestsOnConnectionReached === true) ||
    (req.httpVersion === '1.0' && /(^|,)\s*close\s*(,|$)/i.test(req.headers.connection ?? ''))
  )
}

/** The answer that is being written to a connection, until its last byte has gone to the system. */
export function unfinishedAnswer(socket: Duplex): ServerResponse | null {
  return (socket as ServerSocket)._httpMessage ?? null
}

export function isTls(socket: Duplex): boolean {
  return 'encrypted' in socket
}

/** The name that the client asked for in the handshake; null without TLS or without a name. */
export function serverNameOf(socket: Duplex): string | null {
  return (socket as Partial<TLSSocket> & Duplex).servername || null
}
