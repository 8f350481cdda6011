import { Agent, type Dispatcher } from 'undici'
import { checkedLookup, isForbidden } from './checked-lookup.ts'

/** Bytes of an answer that are read at most (reliability.md §14). */
const MOST_READ_BYTES = 64 * 1024
/** Bytes of an answer that are kept at most. */
const MOST_KEPT_BYTES = 1024
const MAX_HEADER_BYTES = 16 * 1024
const CONNECTIONS_PER_ORIGIN = 8
const IDLE_MS = 4_000

export interface OutgoingRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** For all of it: the connection, the head and the whole answer. */
  readonly timeoutMs: number
}

export type OutgoingOutcome =
  /** `body`: the first 1024 bytes, as text. */
  | { readonly kind: 'answered'; readonly status: number; readonly body: string }
  /** No answer, or only a part of one: why, in words. */
  | { readonly kind: 'unanswered'; readonly problem: string }

/**
 * POST to addresses that users gave, on connections of its own: no redirects, no proxy from the environment, limits on
 * time and size, no forbidden addresses. An answer that does not end in time is none; one that is too long is cut off,
 * and its status counts.
 */
export class OutgoingClient {
  readonly #agent = new Agent({
    connections: CONNECTIONS_PER_ORIGIN,
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: IDLE_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
    allowH2: false,
    connect: { lookup: checkedLookup },
  })

  /** Never rejects. `signal` ends it early, as unanswered. */
  async post(request: OutgoingRequest, signal?: AbortSignal): Promise<OutgoingOutcome> {
    const timeout = AbortSignal.timeout(request.timeoutMs)
    const ended = signal === undefined ? timeout : AbortSignal.any([timeout, signal])
    try {
      return await this.#send(request, ended)
    } catch (error) {
      if (timeout.aborted) return unanswered(`no complete answer within ${request.timeoutMs} ms`)
      return unanswered(signal?.aborted === true ? 'the gateway stopped' : inWords(error))
    }
  }

  /** Ends all calls under way. */
  async close(): Promise<void> {
    await this.#agent.destroy()
  }

  async #send({ url, headers, body }: OutgoingRequest, signal: AbortSignal) {
    const { origin, pathname, search, hostname } = new URL(url)
    if (isForbidden(hostname)) return unanswered(`${hostname} is an address that is not allowed`)
    const response = await this.#agent.request({
      origin,
      path: pathname + search,
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body,
      signal,
      headersTimeout: 0,
      bodyTimeout: 0,
    })
    return { kind: 'answered' as const, status: response.statusCode, body: await read(response) }
  }
}

async function read({ body }: Dispatcher.ResponseData): Promise<string> {
  let readBytes = 0
  const kept: Buffer[] = []
  for await (const chunk of body as AsyncIterable<Buffer>) {
    if (readBytes < MOST_KEPT_BYTES) kept.push(chunk.subarray(0, MOST_KEPT_BYTES - readBytes))
    readBytes += chunk.length
    // Leaving the loop destroys the stream and its connection.
    if (readBytes >= MOST_READ_BYTES) break
  }
  return Buffer.concat(kept).toString('utf8')
}

function unanswered(problem: string): OutgoingOutcome {
  return { kind: 'unanswered', problem }
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was reset',
  ENOTFOUND: 'its name has no address',
  UND_ERR_SOCKET: 'the connection was closed before the answer was complete',
  UND_ERR_HEADERS_OVERFLOW: 'the head of the answer is too large',
}

function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? String(error.code) : ''
  return WORDS[code] ?? error.message
}
