/** The least that a client must send of a body, on average over a window. */
export interface LeastPace {
  readonly bytes: number
  readonly windowMs: number
}

/** What is watched: how much came in so far, and whether it was the client that could have sent more. */
export interface PacedBody {
  readonly readBytes: number
  /** Whether the other side has held it up since this was last asked. */
  takeHeldUp(): boolean
}

/**
 * Watches that a body comes in at a pace: a byte now and then passes every limit on silence. Calls `tooSlow` once.
 * (reliability.md section 3)
 */
export class BodyPace {
  readonly #timer: NodeJS.Timeout
  #readBytes = 0

  constructor(body: PacedBody, pace: LeastPace, tooSlow: () => void) {
    this.#timer = setInterval(() => {
      const bytes = body.readBytes - this.#readBytes
      this.#readBytes = body.readBytes
      if (body.takeHeldUp() || bytes >= pace.bytes) return
      this.stop()
      tooSlow()
    }, pace.windowMs)
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}
