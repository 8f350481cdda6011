import type { Openings } from './openings.ts'

/** A time in which the windows together are open, or closed. */
export interface WindowSpan {
  readonly isOpen: boolean
  /** Epoch milliseconds, included; null: always. */
  readonly fromMs: number | null
  /** Epoch milliseconds, excluded; null: never. */
  readonly untilMs: number | null
}

/** Windows that follow on one another without a gap for more openings than this count as open for ever. */
const MOST_OPENINGS = 400

/** The span in which a moment lies. Pure. */
export function windowSpanAt(windows: readonly Openings[], atMs: number): WindowSpan {
  const ends = windows.flatMap((window) => endOfLast(window, atMs) ?? [])
  if (ends.some((end) => end > atMs)) {
    return { isOpen: true, fromMs: openSince(windows, atMs), untilMs: openUntil(windows, atMs) }
  }
  const starts = windows.flatMap((window) => window.first(atMs + 1) ?? [])
  return { isOpen: false, fromMs: latest(ends), untilMs: earliest(starts) }
}

/** A window that opens at the very end of another one goes on. */
function openUntil(windows: readonly Openings[], atMs: number): number | null {
  return settle(atMs, (end) => latest(windows.flatMap((window) => endOfLast(window, end) ?? [])))
}

function openSince(windows: readonly Openings[], atMs: number): number | null {
  return settle(atMs, (start) =>
    earliest(windows.flatMap((window) => window.first(start - window.durationMs) ?? [])),
  )
}

/** What remains the same when it is asked again; null when that does not come to an end. */
function settle(atMs: number, further: (ms: number) => number | null): number | null {
  let reached = atMs
  for (let i = 0; i < MOST_OPENINGS; i++) {
    const next = further(reached) ?? reached
    if (next === reached) return reached
    reached = next
  }
  return null
}

function endOfLast(window: Openings, atMs: number): number | null {
  const start = window.last(atMs)
  return start === null ? null : start + window.durationMs
}

function latest(moments: readonly number[]): number | null {
  return moments.length === 0 ? null : Math.max(...moments)
}

function earliest(moments: readonly number[]): number | null {
  return moments.length === 0 ? null : Math.min(...moments)
}
