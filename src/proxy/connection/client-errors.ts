import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { type GatewayAnswer, gatewayAnswer, renderAnswer } from '../gateway-answer.ts'
import { gateOf } from './input-gate.ts'
import { unfinishedAnswer } from './server-socket.ts'

/** A refusal without a request: what the client is told, and the code for the access log. */
export interface SocketRefusal {
  readonly answer: GatewayAnswer
  readonly reason: string
}

const CLOSES = { closes: true } as const

/** CONNECT, which Node hands over as a bare socket. */
export const CONNECT_REFUSED: SocketRefusal = {
  answer: gatewayAnswer(405, 'Method not allowed', CLOSES),
  reason: 'method_refused',
}

/** A connection too many of its address. */
export const TOO_MANY_CONNECTIONS: SocketRefusal = {
  answer: gatewayAnswer(429, 'Too many connections from this address', CLOSES),
  reason: 'connections_per_address',
}

/** Of connections that are closed without an answer because there are too many of them, for the log. */
export const DROPPED_STATUS = 444

/** What the parser refuses before there is a request (reliability.md section 3). */
export function refusalOfParseError(error: Error): SocketRefusal {
  switch (errorCode(error)) {
    case 'HPE_HEADER_OVERFLOW':
      return refusal(431, 'Request header fields are too large', 'head_too_long')
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return refusal(413, 'Chunk extensions are too large', 'chunk_extensions')
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return refusal(408, 'Request was not received in time', 'head_timeout')
    default:
      return refusal(400, 'Request could not be understood', 'syntax')
  }
}

/** Whether a parse error only says that the client ended its side in the middle of a message. */
export function isCutShort(error: Error): boolean {
  return errorCode(error) === 'HPE_INVALID_EOF_STATE'
}

/** Whether a parse error says that a request's head did not come in in time. */
export function isLateHead(error: Error): boolean {
  return errorCode(error) === 'ERR_HTTP_REQUEST_TIMEOUT'
}

/**
 * Answers on a socket that has no request to answer to, and closes it: nothing after a framing or syntax error
 * is read as a request. Returns whether it could be said: not when the other side is gone or an answer was begun.
 */
export function answerOnSocket(
  socket: Duplex,
  answer: GatewayAnswer,
  facts: { readonly requestId: string; readonly server: string; readonly isHead: boolean },
): boolean {
  if (!socket.writable || unfinishedAnswer(socket)?.headersSent) {
    socket.destroy()
    return false
  }
  const { statusCode, rawHeaders, body } = renderAnswer(answer, {
    ...facts,
    latencyMs: 0,
    accept: null,
  })
  const lines = [`HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode] ?? 'Error'}`]
  for (let i = 0; i < rawHeaders.length; i += 2)
    lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`)
  gateOf(socket)?.linger()
  socket.end(`${lines.join('\r\n')}\r\n\r\n${facts.isHead ? '' : body}`)
  return true
}

function refusal(status: number, message: string, reason: string): SocketRefusal {
  return { answer: gatewayAnswer(status, message, CLOSES), reason }
}

function errorCode(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : ''
}
