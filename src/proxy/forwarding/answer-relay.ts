import type { IncomingMessage, ServerResponse } from 'node:http'
import { isTls } from '../connection/server-socket.ts'
import type { ClientStreams } from '../forwarder.ts'
import { flushHead } from './flush-head.ts'
import { rawValue } from './raw-fields.ts'

/** Bodies up to this size are sent in one piece with their head; for larger ones copying would cost more. */
const ONE_WRITE_BYTES = 4 * 1024

/** What a relayed answer reports. */
export interface RelayObserver {
  /** Bytes came from the upstream, and more are awaited. */
  progressed(): void
  /** The client is slow: nothing is awaited from the upstream for now. */
  paused(): void
  /** The upstream's answer is complete; what is left goes to the client. */
  ended(): void
  /** The answer was cut after its head. */
  broken(cause: string): void
}

/**
 * Relays an answer to the client with back-pressure: the head, as it was written to `response`, then the body.
 * An answer that is cut is reported and never ended, so that the client cannot take a part for the whole
 * (reliability.md section 6).
 */
export class AnswerRelay {
  readonly #answer: IncomingMessage
  readonly #response: ServerResponse
  readonly #observer: RelayObserver
  #missingBytes: number
  #hasBegun = false
  /** Nothing more is passed on. */
  isStopped = false

  constructor(answer: IncomingMessage, response: ServerResponse, observer: RelayObserver) {
    this.#answer = answer
    this.#response = response
    this.#observer = observer
    this.#missingBytes = declaredLength(answer)
  }

  /** Begins to relay; call it once. */
  start(): void {
    this.#answer.on('data', this.#onData)
    this.#answer.on('end', this.#onEnd)
    this.#answer.on('close', this.#onClose)
    process.nextTick(this.#sendHead)
  }

  /** Passes nothing more on. Node calls a body complete when a reset comes where only the end of it was awaited. */
  stop(): void {
    this.isStopped = true
  }

  /** A head goes out with the first bytes of its body if they came along with it; those of a stream may take long. */
  readonly #sendHead = (): void => {
    if (!this.#hasBegun) flushHead(this.#response)
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.isStopped) return
    const isFirst = !this.#hasBegun
    this.#hasBegun = true
    this.#missingBytes -= chunk.length
    if (this.#missingBytes === 0) {
      // As text of one character per byte it joins the head in one write; as bytes it would be a second one.
      if (isFirst && chunk.length <= ONE_WRITE_BYTES) {
        this.#response.end(chunk.toString('latin1'), 'latin1')
      } else {
        this.#response.end(chunk)
      }
      return
    }
    if (this.#response.write(chunk)) {
      this.#observer.progressed()
      return
    }
    this.#answer.pause()
    this.#observer.paused()
    this.#response.once('drain', () => {
      this.#answer.resume()
      this.#observer.progressed()
    })
  }

  /** An answer that is cut closes as well; Node tells the error of it only to who listens for one. */
  readonly #onClose = (): void => {
    if (!this.isStopped && !this.#answer.complete) this.#observer.broken('closed before the end')
  }

  readonly #onEnd = (): void => {
    if (this.isStopped || !this.#answer.complete) return
    this.#hasBegun = true
    this.#observer.ended()
    this.#response.end()
  }
}

/**
 * An answer that stops in the middle must not look complete: to a client that takes the end of the connection for
 * the end of the answer, only a reset says so (RFC 9112 section 8).
 */
export function cutShort({ request, response }: ClientStreams): void {
  // TLS says so by itself: an end without a close_notify is none (RFC 8446 section 6.1).
  if (request.httpVersion === '1.0' && !isTls(request.socket)) request.socket.resetAndDestroy()
  else response.destroy()
}

/** Bytes to come, or infinity when only the end of the message tells. */
function declaredLength(answer: IncomingMessage): number {
  const declared = rawValue(answer.rawHeaders, 'content-length')
  return declared === undefined ? Number.POSITIVE_INFINITY : Number(declared)
}
