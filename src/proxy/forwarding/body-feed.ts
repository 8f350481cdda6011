import type { ClientRequest, IncomingMessage } from 'node:http'

/** Moves a client's body into the request to the upstream, as fast as the slower of the two. */
export class BodyFeed {
  /** The whole body was handed over. */
  isDone = false
  /** The upstream does not take more at the moment. */
  isBlocked = false
  /** Some of the body was taken from the client. */
  hasRead = false
  readonly #source: IncomingMessage
  readonly #sink: ClientRequest
  readonly #progressed: () => void

  constructor(source: IncomingMessage, sink: ClientRequest, progressed: () => void) {
    this.#source = source
    this.#sink = sink
    this.#progressed = progressed
    source.on('data', this.#onData)
    source.on('end', this.#onEnd)
    source.on('error', ignoreClientError)
    sink.on('drain', this.#onDrain)
  }

  /** Takes nothing more from the client. */
  stop(): void {
    if (this.isDone) return
    this.#source.removeListener('data', this.#onData)
    this.#source.removeListener('end', this.#onEnd)
    this.#sink.removeListener('drain', this.#onDrain)
    this.#source.pause()
  }

  readonly #onData = (chunk: Buffer): void => {
    this.hasRead = true
    this.isBlocked = !this.#sink.write(chunk)
    if (this.isBlocked) this.#source.pause()
    this.#progressed()
  }

  readonly #onDrain = (): void => {
    if (!this.isBlocked) return
    this.isBlocked = false
    this.#source.resume()
    this.#progressed()
  }

  readonly #onEnd = (): void => {
    this.isDone = true
    this.#sink.removeListener('drain', this.#onDrain)
    this.#sink.end()
    this.#progressed()
  }
}

/** A client that leaves closes its response too, which is where the attempt notices. */
function ignoreClientError(): void {}
