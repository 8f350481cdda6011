import { RETRY_BUDGET_DEFAULTS } from '../model/retry-budget.ts'
import type { Upstream } from '../model/upstream.ts'

/** How many retries may be under way at an upstream: the larger of the two. */
export interface RetryBudgetRules {
  /** Of the requests under way. */
  readonly percent: number
  readonly minConcurrency: number
}

/** The retry budget of an upstream in the form that traffic needs. */
export function compileRetryBudget(stored: Upstream['retry_budget']): RetryBudgetRules {
  return {
    percent: stored?.percent ?? RETRY_BUDGET_DEFAULTS.percent,
    minConcurrency: stored?.min_concurrency ?? RETRY_BUDGET_DEFAULTS.min_concurrency,
  }
}

/** Of a host that names no upstream. */
export const DEFAULT_RETRY_BUDGET = compileRetryBudget(null)

/** A request that waits to be tried again. It is told one of the two, once, unless it left before. */
export interface RetryWaiter {
  /** It is tried again now: its retry is under way. */
  granted(): void
  /** There will be no room. */
  refused(): void
}

/** What a request that wants to be tried again is told at once. */
export type RetryVerdict = 'granted' | 'waits' | 'refused'

/** After so many requests in a row that were tried again in vain, nobody is left whom another try could find. */
const HOPELESS_REQUESTS = 10

/**
 * How much is tried again at one upstream at a time, so that retries cannot melt it (reliability.md section 7, after
 * Envoy). A retry is under way from its grant until the head of its answer, its failure, or its end; what finds no room
 * waits for it, first come, first served. An upstream that answers nothing any more is not asked again at all.
 */
export class RetryBudget {
  #rules = DEFAULT_RETRY_BUDGET
  #requests = 0
  #retries = 0
  #vainInARow = 0
  #refusals = 0
  /** Those that were tried again before: to end what has begun keeps the number of tries small. */
  readonly #resuming = new Set<RetryWaiter>()
  readonly #waiting = new Set<RetryWaiter>()
  #isSettling = false

  /** A request goes to the upstream for the first time; `rules` hold from now on. `end` it once. */
  begin(rules: RetryBudgetRules): void {
    this.#rules = rules
    this.#requests += 1
    this.#settle()
  }

  /** The head of an answer came, whatever its status: there is somebody. */
  answered(): void {
    this.#vainInARow = 0
  }

  /** The request is over, or has become a stream that may go on for ever. */
  end(): void {
    this.#requests -= 1
  }

  /** Asks for one retry; `isRepeated`: in place of one under way, which has failed. */
  ask(waiter: RetryWaiter, isRepeated: boolean): RetryVerdict {
    if (isRepeated) this.#retries -= 1
    if (this.#isHopeless || this.#allowsNone) {
      this.#refusals += 1
      return 'refused'
    }
    if (this.#hasRoom) {
      this.#retries += 1
      return 'granted'
    }
    const queue = isRepeated ? this.#resuming : this.#waiting
    queue.add(waiter)
    return 'waits'
  }

  /** Nobody waits for this retry any more; `isLate`: it was waited for in vain. */
  withdraw(waiter: RetryWaiter, isLate: boolean): void {
    const isGone = this.#resuming.delete(waiter) || this.#waiting.delete(waiter)
    if (isGone && isLate) this.#refusals += 1
  }

  /** A granted retry is no longer under way. */
  endRetry(): void {
    this.#retries -= 1
    this.#settle()
  }

  /** A request is over that was tried again and never answered. */
  countVain(): void {
    this.#vainInARow += 1
    this.#settle()
  }

  /** Requests under way, but for streams that may go on for ever. */
  get requests(): number {
    return this.#requests
  }

  /** Retries under way. */
  get retries(): number {
    return this.#retries
  }

  /** Requests that wait to be tried again. */
  get waiting(): number {
    return this.#resuming.size + this.#waiting.size
  }

  /** Retries that there was no room for, since the start. */
  get refusals(): number {
    return this.#refusals
  }

  /** As one that is new: nothing is under way, and nothing is remembered that matters to a request. */
  get isFresh(): boolean {
    return this.#requests === 0 && this.#retries === 0 && this.#vainInARow === 0
  }

  get #isHopeless(): boolean {
    return this.#vainInARow >= HOPELESS_REQUESTS
  }

  get #allowsNone(): boolean {
    return this.#rules.percent === 0 && this.#rules.minConcurrency === 0
  }

  get #hasRoom(): boolean {
    const { percent, minConcurrency } = this.#rules
    const share = Math.floor((this.#requests * percent) / 100)
    return this.#retries < Math.max(minConcurrency, share)
  }

  /** Tells those who wait what has changed for them. What they do then may change it again. */
  #settle(): void {
    if (this.#isSettling || this.waiting === 0) return
    this.#isSettling = true
    try {
      for (const queue of [this.#resuming, this.#waiting]) {
        for (const waiter of queue) {
          if (!this.#isHopeless && !this.#hasRoom) return
          queue.delete(waiter)
          this.#tell(waiter)
        }
      }
    } finally {
      this.#isSettling = false
    }
  }

  #tell(waiter: RetryWaiter): void {
    if (this.#isHopeless) {
      this.#refusals += 1
      waiter.refused()
    } else {
      this.#retries += 1
      waiter.granted()
    }
  }
}
