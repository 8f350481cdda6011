/** Four buckets for each doubling of microseconds, up to 2^31 of them (36 minutes). */
export const LATENCY_BUCKETS = 128

/** The bucket of a latency in milliseconds. */
export function latencyBucket(ms: number): number {
  const micros = Math.min(Math.max(ms * 1000, 4), 0x7fffffff) | 0
  const exponent = 31 - Math.clz32(micros)
  return exponent * 4 + ((micros >>> (exponent - 2)) & 3)
}

/**
 * The latency in milliseconds that the part `quantile` (0 … 1) of the counted stays below, off by at most 12 %; null
 * when nothing was counted.
 */
export function latencyQuantile(counts: ArrayLike<number>, quantile: number): number | null {
  let total = 0
  for (let bucket = 0; bucket < LATENCY_BUCKETS; bucket++) total += counts[bucket] ?? 0
  if (total === 0) return null
  const wanted = Math.max(1, Math.ceil(total * quantile))
  let seen = 0
  let bucket = 0
  for (; bucket < LATENCY_BUCKETS; bucket++) {
    seen += counts[bucket] ?? 0
    if (seen >= wanted) break
  }
  const exponent = bucket >> 2
  const middle = 2 ** exponent * (1 + ((bucket & 3) + 0.5) / 4)
  return Math.round(middle) / 1000
}
