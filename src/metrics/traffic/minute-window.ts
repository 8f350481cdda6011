import { LATENCY_BUCKETS, latencyBucket, latencyQuantile } from './latency-histogram.ts'

/** What one side of a service did in the last minute. */
export interface SideReadings {
  readonly requests: number
  /** Answers from 500 on, and those that never came. */
  readonly errors: number
  /** Milliseconds; null without requests. */
  readonly p50Ms: number | null
  readonly p99Ms: number | null
}

const SLOT_MS = 5_000
const SLOTS = 12
/** Seconds that a window looks back. */
export const WINDOW_SECONDS = (SLOTS * SLOT_MS) / 1000

/** Counts of a rolling minute, in slots of five seconds: 6 KiB whatever happens. */
export class MinuteWindow {
  readonly #counts = new Uint32Array(SLOTS * LATENCY_BUCKETS)
  readonly #errors = new Uint32Array(SLOTS)
  /** Number of the five seconds that a slot counts now. */
  readonly #turns = new Float64Array(SLOTS)

  /** A request that ended at `nowMs` (epoch milliseconds) and took `totalMs`. */
  record(nowMs: number, totalMs: number, isError: boolean): void {
    const turn = turnOf(nowMs)
    const slot = turn % SLOTS
    if (this.#turns[slot] !== turn) this.#restart(slot, turn)
    const place = slot * LATENCY_BUCKETS + latencyBucket(totalMs)
    this.#counts[place] = (this.#counts[place] ?? 0) + 1
    if (isError) this.#errors[slot] = (this.#errors[slot] ?? 0) + 1
  }

  /** The last minute, without what came before `sinceMs` but for up to five seconds of it. */
  read(nowMs: number, sinceMs = 0): SideReadings {
    const oldest = Math.max(turnOf(nowMs) - SLOTS, turnOf(sinceMs) - 1)
    const sums = new Float64Array(LATENCY_BUCKETS)
    let requests = 0
    let errors = 0
    for (let slot = 0; slot < SLOTS; slot++) {
      if ((this.#turns[slot] ?? 0) <= oldest) continue
      errors += this.#errors[slot] ?? 0
      for (let bucket = 0; bucket < LATENCY_BUCKETS; bucket++) {
        const count = this.#counts[slot * LATENCY_BUCKETS + bucket] ?? 0
        sums[bucket] = (sums[bucket] ?? 0) + count
        requests += count
      }
    }
    const p50Ms = latencyQuantile(sums, 0.5)
    return { requests, errors, p50Ms, p99Ms: latencyQuantile(sums, 0.99) }
  }

  #restart(slot: number, turn: number): void {
    this.#turns[slot] = turn
    this.#errors[slot] = 0
    this.#counts.fill(0, slot * LATENCY_BUCKETS, (slot + 1) * LATENCY_BUCKETS)
  }
}

/** Number of the five seconds in which a moment lies. */
function turnOf(ms: number): number {
  return Math.floor(ms / SLOT_MS)
}
