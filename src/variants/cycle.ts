import { thresholdOfStep } from './bucket.ts'

/** An order in which to walk all steps of a canary, for requests without a sticky key. */
export interface Cycle {
  readonly steps: number
  /** Coprime to `steps`, so that every step comes once in each round. */
  readonly stride: number
}

/**
 * The walk that spreads the canary requests of any share evenly over a round: multiples of a stride near
 * the golden section of `steps`. How far a walk strays from even is bounded by the sum of the partial
 * quotients of stride / steps (Kuipers and Niederreiter, Uniform Distribution of Sequences, section 2.3),
 * so the stride with the smallest sum is taken.
 */
export function compileCycle(steps: number): Cycle {
  const ideal = Math.round(steps * GOLDEN_SECTION)
  const last = Math.min(steps, ideal + SEARCHED)
  let stride = 1
  // A stride of 1 is coprime to every number of steps, but walks them in one burst.
  let unevenness = steps
  for (let candidate = Math.max(1, ideal - SEARCHED); candidate <= last; candidate += 1) {
    const sum = quotientSum(steps, candidate)
    if (sum < unevenness) [stride, unevenness] = [candidate, sum]
  }
  return { steps, stride }
}

/**
 * The bucket of the request at `position` (0, 1, 2, …), 0 … 2^32 - 1: the first bucket of its step. Over
 * `steps` requests in a row each step comes exactly once, so a share of k steps gets exactly k of them.
 */
export function bucketInCycle({ steps, stride }: Cycle, position: number): number {
  return thresholdOfStep(multiplyModulo(position % steps, stride, steps), steps)
}

const GOLDEN_SECTION = (Math.sqrt(5) - 1) / 2
/** Strides tried on each side of the golden section. */
const SEARCHED = 32

/** Sum of the partial quotients of a / b by Euclid's algorithm; Infinity when a and b share a divisor. */
function quotientSum(a: number, b: number): number {
  let sum = 0
  let [dividend, divisor] = [a, b]
  while (divisor !== 0) {
    sum += Math.floor(dividend / divisor)
    ;[dividend, divisor] = [divisor, dividend % divisor]
  }
  return dividend === 1 ? sum : Number.POSITIVE_INFINITY
}

/** a × b mod m for a, b ≤ m ≤ 2^32 without leaving the exact integers of a double. */
function multiplyModulo(a: number, b: number, m: number): number {
  const high = Math.floor(b / 0x10000)
  const low = b % 0x10000
  return (((a * high) % m) * 0x10000 + a * low) % m
}
