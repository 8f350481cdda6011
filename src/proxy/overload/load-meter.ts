import { monitorEventLoopDelay } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'
import type { LoadSample } from './overload-state.ts'

/** Measures the process. Whoever starts one closes it. */
export interface LoadMeter {
  /** What was measured since the last call. */
  sample(): LoadSample
  close(): void
}

const RESOLUTION_MS = 20
const NS_PER_MS = 1e6

/** Measures this process by its event loop and its heap; a sample costs some microseconds. */
export function startLoadMeter(): LoadMeter {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  histogram.enable()
  let sinceMs = performance.now()
  return {
    sample() {
      const nowMs = performance.now()
      const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics()
      const isEmpty = histogram.count === 0
      const delayMs = lateness({
        percentileMs: isEmpty ? 0 : histogram.percentile(99) / NS_PER_MS,
        seenMs: isEmpty ? 0 : (histogram.mean * histogram.count) / NS_PER_MS,
        passedMs: nowMs - sinceMs,
      })
      histogram.reset()
      sinceMs = nowMs
      return { delayMs, heapRatio: used / limit }
    },
    close: () => histogram.disable(),
  }
}

/**
 * How late the event loop was. Its histogram tells the times between two ticks, and nothing of the first one after a
 * reset: what it has not seen of the time that has passed, less a tick at the end, was that.
 */
export function lateness(facts: {
  readonly percentileMs: number
  readonly seenMs: number
  readonly passedMs: number
}): number {
  const unseenMs = facts.passedMs - facts.seenMs - RESOLUTION_MS
  return Math.max(0, Math.max(facts.percentileMs, unseenMs) - RESOLUTION_MS)
}
