/** What is measured of the process at one moment. */
export interface LoadSample {
  /** How late the event loop was since the last sample, 99th percentile, in milliseconds. */
  readonly delayMs: number
  /** Heap in use, as a part of its limit, 0 to 1. */
  readonly heapRatio: number
}

export interface OverloadBounds {
  /** Null: delays shed nothing. */
  readonly delayMs: number | null
  /** Parts of the heap's limit above which new requests are refused, and above which no connection is kept. */
  readonly heapSheds: number
  readonly heapEndsKeepAlive: number
}

export interface OverloadState {
  /** Why new requests are refused; null while they are served. */
  readonly shedsFor: 'event-loop-delay' | 'heap' | null
  /** Whether connections may be kept between two requests. */
  readonly keepsAlive: boolean
  /** How often, and since when in monotonic milliseconds, the delay was beyond what would change the state. */
  readonly turn: { readonly samples: number; readonly sinceMs: number } | null
  readonly isLate: boolean
}

export const NO_OVERLOAD: OverloadState = {
  shedsFor: null,
  keepsAlive: true,
  turn: null,
  isLate: false,
}

/** How long the delay must be above its bound to count, and below half of it to be over. */
const HOLD_MS = 1_000
/** In so many samples at least: one long pause shows in one or two, however long it was. */
const HOLD_SAMPLES = 3

/**
 * The state after a sample (reliability.md section 9). Delay: above the bound for a second, until it was at most half
 * of the bound for a second. Heap: at once, and until twice as much of it is free again; half of the bound would be
 * below what a large configuration takes up by itself.
 */
export function nextOverload(
  state: OverloadState,
  sample: LoadSample,
  { bounds, nowMs }: { readonly bounds: OverloadBounds; readonly nowMs: number },
): OverloadState {
  const { isLate, turn } = nextLateness(state, sample.delayMs, { bounds, nowMs })
  const isHeapFull = isAbove(bounds.heapSheds, sample.heapRatio, state.shedsFor === 'heap')
  const closes = isAbove(bounds.heapEndsKeepAlive, sample.heapRatio, !state.keepsAlive)
  return {
    shedsFor: isHeapFull ? 'heap' : isLate ? 'event-loop-delay' : null,
    keepsAlive: !closes,
    turn,
    isLate,
  }
}

function nextLateness(
  { isLate, turn }: OverloadState,
  delayMs: number,
  { bounds, nowMs }: { readonly bounds: OverloadBounds; readonly nowMs: number },
): Pick<OverloadState, 'isLate' | 'turn'> {
  if (bounds.delayMs === null) return { isLate: false, turn: null }
  const wouldTurn = isLate ? delayMs <= bounds.delayMs / 2 : delayMs > bounds.delayMs
  if (!wouldTurn) return { isLate, turn: null }
  const next = { samples: (turn?.samples ?? 0) + 1, sinceMs: turn?.sinceMs ?? nowMs }
  const hasTurned = next.samples >= HOLD_SAMPLES && nowMs - next.sinceMs >= HOLD_MS
  return hasTurned ? { isLate: !isLate, turn: null } : { isLate, turn: next }
}

function isAbove(bound: number, ratio: number, wasAbove: boolean): boolean {
  return wasAbove ? 1 - ratio <= 2 * (1 - bound) : ratio > bound
}
