import { GrowingBytes } from '../connection/growing-bytes.ts'
import type { ClientStreams, ForwardFailureReason } from '../forwarder.ts'
import { BodyPace, type PacedBody } from './body-pace.ts'
import type { ClientPatience } from './client-patience.ts'
import { reasonOfBodyError } from './failure.ts'
import { Wait } from './wait.ts'

/** The beginning of a body, or all of it, as it came in. */
export interface TakenBody {
  readonly bytes: Buffer
  readonly isWhole: boolean
}

export interface BodyIntakeParts {
  readonly client: Pick<ClientStreams, 'request' | 'response'>
  /** What is worth waiting for, in bytes: a longer body is left where it is once that much has come. */
  readonly mostBytes: number
  /** The most that the client may send of it; null for any number of bytes. */
  readonly limitBytes: number | null
  readonly patience: Pick<ClientPatience, 'silenceMs' | 'leastPace'>
  /** What was taken; the rest, if any, is still to be read from the client. */
  taken(body: TakenBody): void
  failed(reason: ForwardFailureReason): void
}

/**
 * Takes in the body of a request before it is known where it goes, with the same patience and the same limit as on its
 * way to an upstream. Calls one of `taken` and `failed`, once.
 */
export class BodyIntake implements PacedBody {
  readBytes = 0
  readonly #parts: BodyIntakeParts
  #taken: GrowingBytes | null = null
  readonly #waiting = new Wait<ForwardFailureReason>((reason) => this.#fail(reason))
  #pace: BodyPace | null = null

  constructor(parts: BodyIntakeParts) {
    this.#parts = parts
  }

  /** Begins to read; call it once. */
  start(): void {
    const { client, patience } = this.#parts
    client.response.on('close', this.#onClientClose)
    client.request.on('error', this.#onError)
    client.request.on('end', this.#onEnd)
    client.request.on('data', this.#onData)
    this.#waiting.start('client-silent', patience.silenceMs)
    if (patience.leastPace !== null) {
      this.#pace = new BodyPace(this, patience.leastPace, () => this.#fail('client-slow'))
    }
  }

  /** Only the client is waited for. */
  takeHeldUp(): boolean {
    return false
  }

  readonly #onData = (chunk: Buffer): void => {
    const { mostBytes, limitBytes, patience } = this.#parts
    this.readBytes += chunk.length
    if (limitBytes !== null && this.readBytes > limitBytes) {
      this.#fail('body-too-large')
      return
    }
    if (this.#taken === null) this.#taken = new GrowingBytes(chunk)
    else this.#taken.append(chunk)
    if (this.readBytes > mostBytes) this.#take(false)
    else this.#waiting.start('client-silent', patience.silenceMs)
  }

  readonly #onEnd = (): void => this.#take(true)

  readonly #onError = (error: unknown): void => {
    const reason = reasonOfBodyError(error)
    if (reason !== null) this.#fail(reason)
  }

  readonly #onClientClose = (): void => this.#fail('client-left')

  #take(isWhole: boolean): void {
    this.#stop()
    this.#parts.taken({ bytes: this.#taken?.all ?? Buffer.alloc(0), isWhole })
  }

  #fail(reason: ForwardFailureReason): void {
    this.#stop()
    this.#parts.failed(reason)
  }

  #stop(): void {
    const { request, response } = this.#parts.client
    this.#waiting.stop()
    this.#pace?.stop()
    response.removeListener('close', this.#onClientClose)
    request.removeListener('error', this.#onError)
    request.removeListener('end', this.#onEnd)
    request.removeListener('data', this.#onData)
    request.pause()
  }
}
