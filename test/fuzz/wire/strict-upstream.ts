import type { Socket } from 'node:net'
import { startRawUpstream, type TestUpstream } from '../../support/test-upstream.ts'
import { type ReferenceRequest, readRequests } from './reference-requests.ts'

export interface StrictUpstream {
  readonly port: number
  /** Whole requests since the last `forget`, in the order in which they became whole. */
  readonly requests: readonly ReferenceRequest[]
  /** Bytes that a gateway must not send, in words. */
  readonly faults: readonly string[]
  forget(): void
  close(): Promise<void>
}

/**
 * An upstream that keeps the bytes it gets and takes nothing that could be read in two ways. It says 100 where that
 * is expected, and answers every whole request with its number among those since the last `forget`, from 0.
 */
export async function startStrictUpstream(): Promise<StrictUpstream> {
  const requests: ReferenceRequest[] = []
  const faults: string[] = []
  const upstream: TestUpstream = await startRawUpstream((socket) => {
    serve(socket, {
      onRequest: (request) => requests.push(request) - 1,
      onFault: (fault) => faults.push(fault),
    })
  })
  return {
    port: upstream.port,
    requests,
    faults,
    forget: () => {
      requests.length = 0
      faults.length = 0
    },
    close: () => upstream.close(),
  }
}

interface Watcher {
  /** Returns the number of the request. */
  onRequest(request: ReferenceRequest): number
  onFault(fault: string): void
}

function serve(socket: Socket, { onRequest, onFault }: Watcher): void {
  let text = ''
  let isContinued = false
  const sayContinue = () => {
    if (!isContinued) socket.write('HTTP/1.1 100 Continue\r\n\r\n')
    isContinued = true
  }
  socket.setNoDelay(true)
  socket.setEncoding('latin1')
  socket.on('data', (piece) => {
    text += piece
    const { requests, end } = readRequests(text, Number.POSITIVE_INFINITY)
    let from = 0
    for (const request of requests) {
      const raw = text.slice(from, request.end)
      from = request.end
      const fault = ambiguity(request, raw)
      if (fault !== null) onFault(`${fault}: ${JSON.stringify(raw)}`)
      if (request.expectsContinue) sayContinue()
      isContinued = false
      socket.write(answerTo(request, onRequest(request)))
    }
    text = text.slice(from)
    if (end.kind === 'refused') onFault(`${end.why}: ${JSON.stringify(text)}`)
    else if (end.kind === 'incomplete' && end.head?.expectsContinue) sayContinue()
    else if (end.kind === 'closed') {
      if (text !== '') onFault(`bytes behind the last request: ${JSON.stringify(text)}`)
      socket.end()
    }
  })
}

/** Every third answer comes in chunks. */
function answerTo({ method }: ReferenceRequest, number: number): string {
  const body = `answer ${number}`
  const head = `HTTP/1.1 200 OK\r\nX-Number: ${number}\r\n`
  if (method === 'HEAD') return `${head}Content-Length: ${body.length}\r\n\r\n`
  return number % 3 === 2
    ? `${head}Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
    : `${head}Content-Length: ${body.length}\r\n\r\n${body}`
}

const NEVER = /(?!)/

/** Fields that end at the gateway (RFC 9110 section 7.6.1), or never leave it in another form than this. */
const ALLOWED_VALUES: Readonly<Record<string, RegExp>> = {
  connection: /^(keep-alive|close)$/i,
  'content-length': /^(0|[1-9]\d*)$/,
  'transfer-encoding': /^chunked$/,
  te: /^trailers$/,
  expect: /^100-continue$/,
  'keep-alive': NEVER,
  'proxy-connection': NEVER,
  trailer: NEVER,
  upgrade: NEVER,
  'http2-settings': NEVER,
}

/** What of a request, though right, another reader might take for something else; null for nothing. */
function ambiguity(request: ReferenceRequest, raw: string): string | null {
  if (!raw.startsWith(`${request.method} ${request.target} HTTP/1.1\r\n`)) {
    return 'another beginning than its request line in normal form'
  }
  if (request.hasExtensions) return 'chunk extensions'
  if (request.trailers.length > 0) return 'trailers'
  const odd = request.fields.find(([name, value]) => ALLOWED_VALUES[name]?.test(value) === false)
  return odd === undefined ? null : `the field ${odd.join(': ')}`
}
