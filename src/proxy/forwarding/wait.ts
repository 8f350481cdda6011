/**
 * The one thing at a time that is waited for, by what it will have failed with when that does not come in time.
 * A process that stood still for that long finds its timers due before it has looked at its connections: only what
 * has not come when it has looked is late.
 *
 * Nearly every wait is over long before its time, and followed by another: so a timer is left as it is when it looks
 * early enough, and then set for what is left of the wait.
 */
export class Wait<Awaited extends string> {
  readonly #tooLate: (reason: Awaited) => void
  #timer: NodeJS.Timeout | null = null
  /** When the timer looks, monotonic ms. */
  #looksMs = 0
  /** When the time is over, monotonic ms. */
  #overMs = 0
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
    const nowMs = performance.now()
    this.#reason = reason
    this.#overMs = nowMs + timeoutMs
    this.#stopLooking()
    if (this.#timer !== null && this.#looksMs <= this.#overMs) return
    this.#stopTimer()
    this.#setTimer(timeoutMs)
  }

  stop(): void {
    this.#stopTimer()
    this.#stopLooking()
  }

  #setTimer(timeoutMs: number): void {
    this.#looksMs = this.#overMs
    this.#timer = setTimeout(() => this.#look(), timeoutMs)
  }

  #look(): void {
    this.#timer = null
    const leftMs = this.#overMs - performance.now()
    if (leftMs > 0) this.#setTimer(Math.ceil(leftMs))
    else if (this.#reason !== null) this.#lastLook = setImmediate(this.#tooLate, this.#reason)
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #stopLooking(): void {
    if (this.#lastLook !== null) clearImmediate(this.#lastLook)
    this.#lastLook = null
  }
}
