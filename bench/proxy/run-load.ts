import { connect, type Socket } from 'node:net'

export interface LoadOptions {
  readonly port: number
  readonly connections: number
  /** Requests in all. */
  readonly requests: number
  /** Request heads, sent in turn. */
  readonly heads: readonly string[]
}

export interface LoadResult {
  readonly seconds: number
  readonly errors: number
  readonly firstError: string | null
  /** Answers by upstream. */
  readonly answers: { readonly v1: number; readonly v2: number }
}

/** Every upstream answer has a body of this many bytes that starts with `v1` or `v2`. */
export const BODY_BYTES = 120

const DEADLINE_MS = 120_000
const STATUS_OFFSET = 'HTTP/1.1 '.length

/**
 * Sends the requests over keep-alive connections, one at a time on each, and checks every answer:
 * status 200, whole body, and always the same upstream for the same head. A bad answer or a closed
 * connection is an error and opens a new connection.
 */
export function runLoad(options: LoadOptions): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    const load = new Load(options, resolve)
    const timer = setTimeout(
      () => reject(new Error(`the load was not done within ${DEADLINE_MS} ms`)),
      DEADLINE_MS,
    )
    load.onDone = () => clearTimeout(timer)
    load.start()
  })
}

class Load {
  onDone: () => void = () => undefined
  readonly #options: LoadOptions
  readonly #resolve: (result: LoadResult) => void
  readonly #heads: readonly Buffer[]
  readonly #sockets = new Set<Socket>()
  /** Upstream that answered each head before: 0 is none yet. */
  readonly #upstreamOf: Uint8Array
  #startedAt = 0
  #sent = 0
  #finished = 0
  #errors = 0
  #firstError: string | null = null
  readonly #answers = { v1: 0, v2: 0 }

  constructor(options: LoadOptions, resolve: (result: LoadResult) => void) {
    this.#options = options
    this.#resolve = resolve
    this.#heads = options.heads.map((head) => Buffer.from(head, 'latin1'))
    this.#upstreamOf = new Uint8Array(options.heads.length)
  }

  start(): void {
    this.#startedAt = performance.now()
    for (let i = 0; i < this.#options.connections; i++) this.#open()
  }

  #open(): void {
    const socket = connect({ port: this.#options.port, host: '127.0.0.1', noDelay: true })
    let head = -1
    let pending: Buffer | null = null
    this.#sockets.add(socket)

    const sendNext = () => {
      if (this.#sent === this.#options.requests) {
        socket.end()
        return
      }
      head = this.#sent % this.#heads.length
      this.#sent += 1
      socket.write(this.#heads[head] ?? '')
    }
    const fail = (what: string) => {
      if (!this.#sockets.delete(socket)) return
      socket.destroy()
      if (head === -1 && this.#sent === this.#options.requests) return
      this.#errors += 1
      this.#firstError ??= what
      if (head !== -1) this.#finish()
      if (this.#errors > this.#options.requests) this.#end()
      else if (this.#sent < this.#options.requests) this.#open()
    }
    socket.on('connect', sendNext)
    socket.on('error', (error) => fail(error.message))
    socket.on('close', () => fail('connection closed'))
    socket.on('data', (chunk: Buffer) => {
      const answer: Buffer = pending === null ? chunk : Buffer.concat([pending, chunk])
      const verdict = readAnswer(answer)
      if (verdict === 'incomplete') {
        pending = answer
        return
      }
      pending = null
      if (typeof verdict === 'string') return fail(verdict)
      const before = this.#upstreamOf[head]
      if (before !== 0 && before !== verdict) return fail('another upstream than before')
      this.#upstreamOf[head] = verdict
      this.#answers[verdict === 1 ? 'v1' : 'v2'] += 1
      head = -1
      this.#finish()
      sendNext()
    })
  }

  #finish(): void {
    this.#finished += 1
    if (this.#finished === this.#options.requests) this.#end()
  }

  #end(): void {
    const seconds = (performance.now() - this.#startedAt) / 1000
    for (const socket of this.#sockets) {
      this.#sockets.delete(socket)
      socket.destroy()
    }
    this.onDone()
    this.#resolve({
      seconds,
      errors: this.#errors,
      firstError: this.#firstError,
      answers: this.#answers,
    })
  }
}

/** 1 or 2 for the upstream that answered, `incomplete`, or what is wrong. */
function readAnswer(answer: Buffer): 1 | 2 | 'incomplete' | string {
  const headEnd = answer.indexOf('\r\n\r\n')
  if (headEnd === -1) return 'incomplete'
  const status = answer.toString('latin1', STATUS_OFFSET, STATUS_OFFSET + 3)
  if (status !== '200') return `status ${status}`
  const bodyStart = headEnd + 4
  const missing = bodyStart + BODY_BYTES - answer.length
  if (missing > 0) return 'incomplete'
  if (missing < 0) return 'more bytes than the answer has'
  const version = answer.toString('latin1', bodyStart, bodyStart + 2)
  if (version === 'v1') return 1
  return version === 'v2' ? 2 : 'neither v1 nor v2'
}
