import { BUCKET_COUNT } from './bucket.ts'

/** An order in which items take turns by their weights, compiled so that any place in it is found at once. */
export interface Wheel {
  /** Requests until it is at its beginning again. */
  readonly length: number
  readonly levels: readonly Level[]
}

/** A run of rounds in which the same items come up. */
interface Level {
  /** Places of it end before this one. */
  readonly end: number
  readonly start: number
  /** In their order. */
  readonly items: readonly number[]
}

/**
 * The weights that count: equal ones when all are 0, and something for a lone item whatever its weight.
 * Source: lua-resty-balancer (reference apisix.md, a3).
 */
export function effectiveWeights(weights: readonly number[]): readonly number[] {
  return weights.every((weight) => weight === 0) ? weights.map(() => 1) : weights
}

/**
 * The wheel of weighted round robin as in the Linux Virtual Server: a threshold goes from the largest weight down to
 * the greatest common divisor in steps of that; for each, the items whose weight reaches it come up in their order.
 * Weights are whole, and not all 0. Source: lua-resty-balancer (reference apisix.md, a3).
 */
export function compileWheel(weights: readonly number[]): Wheel {
  const divisor = weights.reduce(greatestCommonDivisor, 0)
  const heights = [...new Set(weights)].filter((weight) => weight > 0).sort((a, b) => b - a)
  const levels: Level[] = []
  let start = 0
  for (const [index, height] of heights.entries()) {
    const items = [...weights.keys()].filter((item) => (weights[item] as number) >= height)
    const rounds = (height - (heights[index + 1] ?? 0)) / divisor
    const end = start + rounds * items.length
    levels.push({ start, end, items })
    start = end
  }
  return { length: start, levels }
}

/** The item whose turn it is at a position (0, 1, 2, …): over `length` positions in a row each has its exact share. */
export function itemAtTurn({ length, levels }: Wheel, position: number): number {
  const place = position % length
  for (const { start, end, items } of levels) {
    if (place < end) return items[(place - start) % items.length] as number
  }
  throw new Error(`a wheel of ${length} places has none at ${position}`)
}

/**
 * The first bucket of the next item, for each item: its part of the buckets is that of its weight in their sum. A
 * weight that grows at the expense of the next or the one before moves buckets between those two, and no others.
 */
export function bucketLimits(weights: readonly number[]): readonly number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  let sum = 0
  return weights.map((weight) => {
    sum += weight
    return Math.round((sum / total) * BUCKET_COUNT)
  })
}

/** The item that a bucket (0 … 2^32 - 1) belongs to. */
export function itemOfBucket(limits: readonly number[], bucket: number): number {
  return limits.findIndex((limit) => bucket < limit)
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}
