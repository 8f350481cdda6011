import { NEVER, pickLeastCost } from './least-cost.ts'
import type { PeerLoad, PeerSeat } from './peer-load.ts'

/** What a pick by latency depends on besides the peers. */
export interface LatencyContext {
  readonly isUsable: (seat: PeerSeat) => boolean
  /** Epoch milliseconds. */
  readonly nowMs: number
}

/**
 * The peer with the least latency × (open requests + 1) / weight, latency being the peak EWMA of what was observed
 * (Finagle, PeakEwma; weight and decay of 10 s as in reference kong.md section 6); ties take turns. Averages fade
 * while nothing is observed, so that a peer that was slow is tried again; a peer without any answer yet counts as
 * average, so that a new one is not flooded.
 *
 * `seats` have weights above zero; null when none of them `isUsable`.
 */
export function pickByLatency(
  seats: readonly PeerSeat[],
  { isUsable, nowMs }: LatencyContext,
): PeerSeat | null {
  const averageMs = averageLatencyMs(seats, nowMs)
  for (const seat of seats) {
    const { load, weight } = seat
    const latencyMs = fadedLatencyMs(load, nowMs) ?? averageMs
    seat.cost = isUsable(seat) ? ((latencyMs + FLOOR_MS) * (load.openRequests + 1)) / weight : NEVER
  }
  return pickLeastCost(seats)
}

/** Takes one observation into a peer's average: a peak at once, an improvement over the time of decay. */
export function observeLatency(load: PeerLoad, latencyMs: number, nowMs: number): void {
  const before = load.latencyMs
  if (before === null || latencyMs >= before) load.latencyMs = latencyMs
  else load.latencyMs = latencyMs + (before - latencyMs) * fading(load, nowMs)
  load.observedAtMs = Math.max(load.observedAtMs, nowMs)
}

const DECAY_MS = 10_000
/** Keeps open requests in the balance when answers take no time at all. */
const FLOOR_MS = 1

function averageLatencyMs(seats: readonly PeerSeat[], nowMs: number): number {
  let sum = 0
  let observed = 0
  for (const { load } of seats) {
    const latencyMs = fadedLatencyMs(load, nowMs)
    if (latencyMs === null) continue
    sum += latencyMs
    observed++
  }
  return observed === 0 ? 0 : sum / observed
}

function fadedLatencyMs(load: PeerLoad, nowMs: number): number | null {
  return load.latencyMs === null ? null : load.latencyMs * fading(load, nowMs)
}

/** 1 at the last observation, 1/e after the time of decay; a clock set back fades nothing. */
function fading(load: PeerLoad, nowMs: number): number {
  return Math.exp(-Math.max(0, nowMs - load.observedAtMs) / DECAY_MS)
}
