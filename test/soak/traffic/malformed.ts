import http from 'node:http'
import { sendRaw, statusOf } from '../../support/raw-client.ts'
import { pathOf, type RequestEnd } from '../ledger.ts'
import { MALFORMED } from '../services.ts'
import { type ClientParts, failed, GOOD } from './client-parts.ts'
import { exchange, type Way } from './http-exchange.ts'
import { repeat } from './repeat.ts'

const PAUSE_MS = 250
/** Longer than any refusal may take, on a busy machine too. */
const HANG_MS = 30_000

export const MALFORMED_KINDS = ['malformed request', 'malformed answer'] as const

/** Each must be refused with one of 400 to 499, or 505. */
const REQUESTS: readonly string[] = [
  'nonsense\r\n\r\n',
  'GET /x\r\n\r\n',
  'GET /x HTTP/1.1\r\n\r\n',
  'GET /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
  'GET /x HTTP/1.1\r\nHost: a\r\nX : space\r\n\r\n',
  'GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n',
  'POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello',
  `GET /x HTTP/1.1\r\nHost: a\r\nX-Long: ${'x'.repeat(64 * 1024)}\r\n\r\n`,
  'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n',
  'TRACE /x HTTP/1.1\r\nHost: a\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
]

/** A client whose requests are malformed, and one of an upstream whose answers are. */
export async function runMalformed(parts: ClientParts): Promise<void> {
  await Promise.all([sendMalformed(parts), meetMalformed(parts)])
}

async function sendMalformed({ ledger, plainPort, signal }: ClientParts): Promise<void> {
  let sent = 0
  await repeat(signal, PAUSE_MS, async () => {
    const bytes = REQUESTS[sent % REQUESTS.length] ?? ''
    const { text, isClosed } = await sendRaw(plainPort, bytes, { quietMs: HANG_MS })
    const status = statusOf(text)
    const isRefused = (status >= 400 && status < 500) || status === 505
    const detail = `${JSON.stringify(bytes.slice(0, 60))}, ${isClosed ? 'closed' : 'silence'}`
    ledger.anonymous('malformed request', isRefused ? GOOD : failed(status, detail))
    sent += 1
  })
}

async function meetMalformed({ ledger, plainPort, signal }: ClientParts): Promise<void> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  const way: Way = { port: plainPort, agent, serverName: null }
  await repeat(signal, PAUSE_MS, async () => {
    const request = ledger.begin('malformed answer', MALFORMED)
    ledger.end(request, await askMalformed(way, pathOf(request)))
  })
  agent.destroy()
}

/** Either 502, or the connection is cut when the head was good: never a complete answer. */
async function askMalformed(way: Way, path: string): Promise<RequestEnd> {
  try {
    const { status, body } = await exchange({ way, method: 'GET', path })
    return status === 502 ? GOOD : failed(status, body.toString('latin1', 0, 200))
  } catch {
    return GOOD
  }
}
