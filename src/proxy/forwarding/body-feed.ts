import type { ClientRequest, IncomingMessage } from 'node:http'
import type { PacedBody } from './body-pace.ts'

export interface BodyFeedParts {
  readonly source: IncomingMessage
  readonly sink: ClientRequest
  /** What was read of it before there was a sink; null for nothing. It goes first, and stays for another try. */
  readonly kept: Buffer | null
  /** The most that is passed on; null for any number of bytes. */
  readonly limitBytes: number | null
  progressed(): void
  /** More came than may be passed on; nothing of that piece was. */
  tooLarge(): void
}

/** Moves a client's body into the request to the upstream, as fast as the slower of the two. */
export class BodyFeed implements PacedBody {
  /** The whole body was handed over. */
  isDone = false
  /** The upstream does not take more at the moment. */
  isBlocked = false
  /** What was taken from the client so far, beside what was kept. */
  readBytes = 0
  #wasBlocked = false
  readonly #source: IncomingMessage
  readonly #sink: ClientRequest
  readonly #parts: BodyFeedParts

  constructor(parts: BodyFeedParts) {
    this.#source = parts.source
    this.#sink = parts.sink
    this.#parts = parts
  }

  /** Begins to move; call it once. */
  start(): void {
    const { kept } = this.#parts
    if (kept !== null && kept.length > 0) this.#write(kept)
    if (this.#source.readableEnded) {
      // It was kept as a whole; or has no content, and an earlier try has already seen its end.
      this.#onEnd()
      return
    }
    this.#source.on('data', this.#onData)
    this.#source.on('end', this.#onEnd)
    this.#sink.on('drain', this.#onDrain)
    // An earlier try may have paused it.
    if (!this.isBlocked) this.#source.resume()
    setImmediate(this.#sendHead)
  }

  /** Takes nothing more from the client. */
  stop(): void {
    if (this.isDone) return
    this.#source.removeListener('data', this.#onData)
    this.#source.removeListener('end', this.#onEnd)
    this.#sink.removeListener('drain', this.#onDrain)
    this.#source.pause()
  }

  takeHeldUp(): boolean {
    const wasHeldUp = this.#wasBlocked || this.isBlocked
    this.#wasBlocked = false
    return wasHeldUp
  }

  /** The upstream may want to answer a head whose body takes its time. */
  readonly #sendHead = (): void => {
    if (this.readBytes === 0 && !this.isDone && !this.#sink.destroyed) this.#sink.flushHeaders()
  }

  readonly #onData = (chunk: Buffer): void => {
    this.readBytes += chunk.length
    const { limitBytes, kept } = this.#parts
    if (limitBytes !== null && this.readBytes + (kept?.length ?? 0) > limitBytes) {
      this.#parts.tooLarge()
      return
    }
    this.#write(chunk)
    this.#parts.progressed()
  }

  #write(chunk: Buffer): void {
    this.isBlocked = !this.#sink.write(chunk)
    if (!this.isBlocked) return
    this.#wasBlocked = true
    this.#source.pause()
  }

  readonly #onDrain = (): void => {
    if (!this.isBlocked) return
    this.isBlocked = false
    this.#source.resume()
    this.#parts.progressed()
  }

  readonly #onEnd = (): void => {
    this.isDone = true
    this.#sink.removeListener('drain', this.#onDrain)
    this.#sink.end()
    this.#parts.progressed()
  }
}
