import type { ForwardFailureReason } from '../forwarder.ts'

/** The one thing at a time that a try waits for: what it will have failed with when that does not come in time. */
export class Wait {
  readonly #tooLate: (reason: ForwardFailureReason) => void
  #timer: NodeJS.Timeout | null = null
  #reason: ForwardFailureReason | null = null

  constructor(tooLate: (reason: ForwardFailureReason) => void) {
    this.#tooLate = tooLate
  }

  /** What is waited for; null when nothing was yet. */
  get reason(): ForwardFailureReason | null {
    return this.#reason
  }

  /** Waits for this and nothing else from now on. */
  start(reason: ForwardFailureReason, timeoutMs: number): void {
    if (this.#reason === reason && this.#timer !== null) {
      this.#timer.refresh()
      return
    }
    this.stop()
    this.#reason = reason
    this.#timer = setTimeout(() => this.#tooLate(reason), timeoutMs)
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}
