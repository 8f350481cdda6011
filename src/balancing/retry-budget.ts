/** For so many answered requests, in percent, others may be tried again (reliability.md section 7, after Envoy). */
const PERCENT = 20
/** What a quiet time saves up, in hundredths of a retry: a target that dies must not cost those that were on their way to it. */
const SAVED = 100 * 100
/** With so few requests in flight a share of them says little, and no storm can come of them: all may be tried again. */
const FEW_REQUESTS = 3
/** After so many requests in a row without an answer there is nobody left whom another try could find. */
const HOPELESS_REQUESTS = 10

/**
 * How often one upstream may be asked again, so that retries cannot melt it: for a fifth of the requests that it
 * answered (as gRPC counts, proposal A6: what answers nothing earns no retries), and for what was saved up before.
 */
export class RetryBudget {
  /** In hundredths of a retry. */
  #saved = SAVED
  #inFlight = 0
  #unansweredInARow = 0

  /** A request goes to the upstream for the first time. `end` it once, when its last try is over. */
  begin(): void {
    this.#inFlight += 1
  }

  /** Takes one more try; returns whether there is one. */
  takeRetry(): boolean {
    if (this.#saved < 100 && !this.#isHarmless()) return false
    this.#saved = Math.max(0, this.#saved - 100)
    return true
  }

  /** `isAnswered`: the head of an answer came, whatever its status. */
  end({ isAnswered }: { readonly isAnswered: boolean }): void {
    this.#inFlight -= 1
    this.#unansweredInARow = isAnswered ? 0 : this.#unansweredInARow + 1
    if (isAnswered) this.#saved = Math.min(SAVED, this.#saved + PERCENT)
  }

  /** As one that is new: nothing is under way, and nothing is remembered. */
  get isFresh(): boolean {
    return this.#inFlight === 0 && this.#unansweredInARow === 0 && this.#saved === SAVED
  }

  /** Refusals are so quick that many a second are few in flight. */
  #isHarmless(): boolean {
    return this.#inFlight <= FEW_REQUESTS && this.#unansweredInARow < HOPELESS_REQUESTS
  }
}

/** Budgets by upstream, or by address where there is none. They outlive a snapshot. */
export class RetryBudgets {
  readonly #budgets = new Map<string, RetryBudget>()

  of(key: string): RetryBudget {
    let budget = this.#budgets.get(key)
    if (budget === undefined) {
      if (this.#budgets.size >= BUDGETS_KEPT) this.#forgetFresh()
      budget = new RetryBudget()
      this.#budgets.set(key, budget)
    }
    return budget
  }

  drop(key: string): void {
    this.#budgets.delete(key)
  }

  #forgetFresh(): void {
    for (const [key, { isFresh }] of this.#budgets) if (isFresh) this.#budgets.delete(key)
  }
}

/** Above this many, those that say nothing are forgotten: addresses come and go. */
const BUDGETS_KEPT = 1_000
