import type { Openings } from './openings.ts'

/** A time in which the windows together are open, or closed. */
export interface WindowSpan {
  readonly isOpen: boolean
  /** Epoch milliseconds, included; null: always. */
  readonly fromMs: number | null
  /** Epoch milliseconds, excluded; null: never. */
  readonly untilMs: number | null
  /** From when and until when this is known, within the above: whoever asks about a moment in it gets the same. */
  readonly knownFromMs: number
  readonly knownUntilMs: number
}

/** Windows that follow on one another without a gap for more openings than this are said to end never: a week of every hour. Each takes some 0.1 ms. */
const MOST_OPENINGS = 200

/** The span in which a moment lies. Pure. */
export function windowSpanAt(windows: readonly Openings[], atMs: number): WindowSpan {
  const ends = windows.flatMap((window) => endOfLast(window, atMs) ?? [])
  if (ends.some((end) => end > atMs)) {
    const since = openSince(windows, atMs)
    const until = openUntil(windows, atMs)
    return {
      isOpen: true,
      fromMs: since.isEnd ? since.ms : null,
      untilMs: until.isEnd ? until.ms : null,
      knownFromMs: since.ms,
      knownUntilMs: until.ms,
    }
  }
  const starts = windows.flatMap((window) => window.first(atMs + 1) ?? [])
  const fromMs = latest(ends)
  const untilMs = earliest(starts)
  return {
    isOpen: false,
    fromMs,
    untilMs,
    knownFromMs: fromMs ?? Number.NEGATIVE_INFINITY,
    knownUntilMs: untilMs ?? Number.POSITIVE_INFINITY,
  }
}

/** A window that opens at the very end of another one goes on. */
function openUntil(windows: readonly Openings[], atMs: number): Reached {
  return settle(atMs, (end) => latest(windows.flatMap((window) => endOfLast(window, end) ?? [])))
}

function openSince(windows: readonly Openings[], atMs: number): Reached {
  return settle(atMs, (start) =>
    earliest(windows.flatMap((window) => window.first(start - window.durationMs) ?? [])),
  )
}

interface Reached {
  readonly ms: number
  /** False when it goes on beyond that. */
  readonly isEnd: boolean
}

/** What remains the same when it is asked again, or how far that was asked. */
function settle(atMs: number, further: (ms: number) => number | null): Reached {
  let reached = atMs
  for (let i = 0; i < MOST_OPENINGS; i++) {
    const next = further(reached) ?? reached
    if (next === reached) return { ms: reached, isEnd: true }
    reached = next
  }
  return { ms: reached, isEnd: false }
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
