import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { type GatewayAnswer, gatewayAnswer, renderAnswer } from './gateway-answer.ts'

/** The parts of a server's socket that its documentation leaves out. */
interface ServerSocket extends Duplex {
  /** The answer that is being written, while there is one. `_last`: it closes the connection. */
  _httpMessage?: (ServerResponse & { _last?: boolean }) | null
}

/**
 * Whether a request came behind one whose answer closes the connection: its bytes were read together with a refused
 * request's, and must not be taken for a request (reliability.md section 3).
 */
export function isBehindClosingAnswer(socket: Duplex, response: ServerResponse): boolean {
  if (socket.writableEnded || socket.destroyed) return true
  const before = (socket as ServerSocket)._httpMessage
  return before != null && before !== response && before._last === true
}

/** What the parser refuses before there is a request (reliability.md section 3). */
export function answerToParseError(error: Error): GatewayAnswer {
  switch (codeOf(error)) {
    case 'HPE_HEADER_OVERFLOW':
      return gatewayAnswer(431, 'Request header fields are too large', { closes: true })
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return gatewayAnswer(413, 'Chunk extensions are too large', { closes: true })
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return gatewayAnswer(408, 'Request was not received in time', { closes: true })
    default:
      return gatewayAnswer(400, 'Request could not be understood', { closes: true })
  }
}

/**
 * Answers on a socket that has no request to answer to, and closes it: nothing after a framing or syntax error
 * is read as a request. Says nothing when an answer was begun, or when the other side is gone.
 */
export function answerOnSocket(
  socket: Duplex,
  answer: GatewayAnswer,
  facts: { readonly requestId: string; readonly server: string },
): void {
  const pending = (socket as ServerSocket)._httpMessage
  if (!socket.writable || pending?.headersSent) {
    socket.destroy()
    return
  }
  const { statusCode, rawHeaders, body } = renderAnswer(answer, { ...facts, latencyMs: 0 })
  const lines = [`HTTP/1.1 ${statusCode} ${REASONS[statusCode] ?? 'Error'}`]
  for (let i = 0; i < rawHeaders.length; i += 2)
    lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`)
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  413: 'Payload Too Large',
  431: 'Request Header Fields Too Large',
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : ''
}
