import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'

/** The parts of an HTTP server's socket that Node's documentation leaves out. */
export interface ServerSocket extends Duplex {
  /** The answer that is being written, while there is one. */
  _httpMessage?: ServerResponse | null
  /** The server reads nothing, because the client does not take its answers. */
  _paused?: boolean
}

/** Whether an answer is to the last request that its connection may carry; Node only says so, and keeps it open. */
export function isLastOfConnection(response: ServerResponse): boolean {
  return (
    'maxRequestsOnConnectionReached' in response && response.maxRequestsOnConnectionReached === true
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
