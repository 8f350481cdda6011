import { setTimeout as pause } from 'node:timers/promises'
import { type ClientAnswer, KeepAliveClient } from '../support/keep-alive-client.ts'

/** What a client saw of one request; without an answer there is only the failure. */
export interface SeenAnswer {
  readonly requestId: string | null
  readonly status: number | null
  readonly variant: string | null
}

export interface LoadSize {
  readonly clients: number
  /** What a client waits between an answer and its next request, in milliseconds. */
  readonly pauseMs: number
}

/** Keep-alive clients that ask with GET, each as another user every time, until they are told to stop. */
export class SteadyLoad {
  readonly seen: SeenAnswer[] = []
  readonly #port: number
  readonly #pauseMs: number
  readonly #stop = new AbortController()
  readonly #clients: readonly Promise<void>[]

  constructor(port: number, { clients, pauseMs }: LoadSize) {
    this.#port = port
    this.#pauseMs = pauseMs
    this.#clients = Array.from({ length: clients }, (_, n) => this.#keepAsking(n))
  }

  /** Requests that got no answer, or another one than 200. */
  get failed(): number {
    return this.seen.filter(({ status }) => status !== 200).length
  }

  /** Resolves when the last answers are there. */
  async stop(): Promise<void> {
    this.#stop.abort()
    await Promise.all(this.#clients)
  }

  async #keepAsking(n: number): Promise<void> {
    let client: KeepAliveClient | null = null
    for (let round = 0; !this.#stop.signal.aborted; round += 1) {
      try {
        client ??= await KeepAliveClient.connect(this.#port)
        this.seen.push(seenOf(await client.ask('/', { 'x-user': `${n}-${round}` })))
      } catch {
        // Counted as failed: nobody else is there to be told.
        this.seen.push(NO_ANSWER)
        client?.close()
        client = null
      }
      await pause(this.#pauseMs)
    }
    client?.close()
  }
}

const NO_ANSWER: SeenAnswer = { requestId: null, status: null, variant: null }

function seenOf({ status, head, body }: ClientAnswer): SeenAnswer {
  return {
    status,
    requestId: fieldOf(head, 'x-kong-request-id') ?? /"request_id":"(\w+)"/.exec(body)?.[1] ?? null,
    variant: fieldOf(head, 'canary-variant'),
  }
}

function fieldOf(head: string, name: string): string | null {
  return new RegExp(`\\r\\n${name}: *([^\\r]+)`, 'i').exec(head)?.[1] ?? null
}
