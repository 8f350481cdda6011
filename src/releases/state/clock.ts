/** A stopwatch as plain data. */
export interface Clock {
  /** Milliseconds before `runningSinceMs`. */
  readonly elapsedMs: number
  /** Epoch milliseconds; null while it stands still. */
  readonly runningSinceMs: number | null
}

export function clockFrom(nowMs: number): Clock {
  return { elapsedMs: 0, runningSinceMs: nowMs }
}

/** Milliseconds on the clock. A time before it was started, as after a jump of the machine's clock, counts as none. */
export function elapsedMs(clock: Clock, nowMs: number): number {
  if (clock.runningSinceMs === null) return clock.elapsedMs
  return clock.elapsedMs + Math.max(0, nowMs - clock.runningSinceMs)
}

export function stoppedClock(clock: Clock, nowMs: number): Clock {
  return { elapsedMs: elapsedMs(clock, nowMs), runningSinceMs: null }
}

export function resumedClock(clock: Clock, nowMs: number): Clock {
  return { elapsedMs: elapsedMs(clock, nowMs), runningSinceMs: nowMs }
}

/** When a running clock shows so much, epoch milliseconds; null while it stands still. */
export function whenShows(clock: Clock, ms: number): number | null {
  return clock.runningSinceMs === null ? null : clock.runningSinceMs + ms - clock.elapsedMs
}
