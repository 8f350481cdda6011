/**
 * The one thing at a time that is waited for, by what it will have failed with when that does not come in time.
 * A process that stood still for that long finds its timers due before it has looked at its connections: only what
 * has not come when it has looked is late.
 */
export class Wait<Awaited extends string> {
  readonly #tooLate: (reason: Awaited) => void
  #timer: NodeJS.Timeout | null = null
  #lastLook: NodeJS.Immediate | null = null
  #reason: Awaited | null = null

  constructor(tooLate: (reason: Awaited) => void) {
    this.#tooLate = tooLate
  }

  /** What is waited for; null when nothing was yet. */
  get reason(): Awaited | null {
    return this.#reason
  }

  /** Waits for this and nothing else from now on. */
  start(reason: Awaited, timeoutMs: number): void {
    if (this.#reason === reason && this.#timer !== null) {
      this.#stopLooking()
      this.#timer.refresh()
      return
    }
    this.stop()
    this.#reason = reason
    this.#timer = setTimeout(() => {
      this.#lastLook = setImmediate(this.#tooLate, reason)
    }, timeoutMs)
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#stopLooking()
  }

  #stopLooking(): void {
    if (this.#lastLook !== null) clearImmediate(this.#lastLook)
    this.#lastLook = null
  }
}
