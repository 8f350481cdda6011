/** As far as the next tick is away at most: what is due later is found by that. */
const TICK_MS = 1_000

/** Looks at releases when something is due between two ticks: a ramp of parts of a second would take twice its time. */
export class WakeUps {
  readonly #wake: (releaseId: string) => void
  readonly #timers = new Map<string, NodeJS.Timeout>()
  #isStopped = false

  constructor(wake: (releaseId: string) => void) {
    this.#wake = wake
  }

  /** Wakes the release so many milliseconds from now, in place of what was asked for it before. */
  in(releaseId: string, ms: number): void {
    this.cancel(releaseId)
    if (this.#isStopped || ms <= 0 || ms >= TICK_MS) return
    const timer = setTimeout(() => {
      this.#timers.delete(releaseId)
      this.#wake(releaseId)
    }, ms)
    this.#timers.set(releaseId, timer.unref())
  }

  cancel(releaseId: string): void {
    clearTimeout(this.#timers.get(releaseId))
    this.#timers.delete(releaseId)
  }

  stop(): void {
    this.#isStopped = true
    for (const releaseId of [...this.#timers.keys()]) this.cancel(releaseId)
  }
}
