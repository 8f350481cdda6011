import { callerOf } from '../model/ip-address.ts'

const MAX_FAILURES = 10
const WINDOW_MS = 60_000
/** Beyond this many callers the one that failed longest ago is forgotten, so that they cannot fill the memory. */
const MAX_CALLERS = 10_000

/**
 * Counts failed attempts to guess the token: after ten within a minute, an address has to wait until the first of them
 * is a minute old. Attempts in the meantime are not looked at and do not count.
 */
export class AttemptLimit {
  /** Times of the latest failures of a caller, oldest first; callers in the order of their last failure. */
  readonly #failures = new Map<string, readonly number[]>()

  /** Milliseconds until this address may try again; 0 when it may now. Times are epoch milliseconds. */
  waitMs(address: string, nowMs: number): number {
    const recent = this.#recent(callerOf(address), nowMs)
    const [oldest] = recent
    return recent.length < MAX_FAILURES || oldest === undefined ? 0 : oldest + WINDOW_MS - nowMs
  }

  recordFailure(address: string, nowMs: number): void {
    const caller = callerOf(address)
    const recent = this.#recent(caller, nowMs)
    this.#failures.delete(caller)
    this.#failures.set(caller, [...recent, nowMs])
    if (this.#failures.size <= MAX_CALLERS) return
    const [longestAgo] = this.#failures.keys()
    if (longestAgo !== undefined) this.#failures.delete(longestAgo)
  }

  /** Times in the future are of a clock that was set back since. */
  #recent(caller: string, nowMs: number): readonly number[] {
    const times = this.#failures.get(caller) ?? []
    return times.filter((timeMs) => timeMs <= nowMs && timeMs > nowMs - WINDOW_MS)
  }
}
