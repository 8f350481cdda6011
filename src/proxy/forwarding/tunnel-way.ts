import type { Socket } from 'node:net'
import { FrameBoundaries } from './websocket-frames.ts'

/** One direction of a WebSocket: what one side sends, as fast as the other takes it, until the end or a last frame. */
export class TunnelWay {
  readonly #source: Socket
  readonly #sink: Socket
  readonly #moved: () => void
  readonly #frames = new FrameBoundaries()
  /** Waits for the frame under way to end. */
  #lastFrame: Buffer | null = null
  #isFinished = false

  /** `moved` is called whenever something passes. */
  constructor(source: Socket, sink: Socket, moved: () => void) {
    this.#source = source
    this.#sink = sink
    this.#moved = moved
  }

  /** Begins with what the source has sent already. */
  start(first: Buffer): void {
    this.#sink.on('drain', () => this.#source.resume())
    this.#source.on('data', this.#forward)
    this.#source.on('end', () => this.#sink.end())
    this.#source.resume()
    if (first.length > 0) this.#forward(first)
  }

  /** Sends a frame of ours behind the one under way, and ends; what the source still sends is forgotten. */
  finish(frame: Buffer): void {
    if (this.#frames.isBetween) this.#finishWith(frame)
    else this.#lastFrame = frame
  }

  readonly #forward = (bytes: Buffer): void => {
    if (this.#isFinished) return
    this.#moved()
    if (this.#lastFrame === null) {
      this.#frames.follow(bytes)
      this.#pass(bytes)
      return
    }
    const end = this.#frames.followToEnd(bytes)
    this.#pass(end === -1 ? bytes : bytes.subarray(0, end))
    if (end !== -1) this.#finishWith(this.#lastFrame)
  }

  #pass(bytes: Buffer): void {
    if (!this.#sink.write(bytes)) this.#source.pause()
  }

  #finishWith(frame: Buffer): void {
    this.#isFinished = true
    if (this.#sink.writable) this.#sink.end(frame)
    this.#source.resume()
  }
}
