import murmurhash from 'murmurhash'
import { utf8Bytes } from '../model/utf8-bytes.ts'

/** Number of buckets: a bucket is 0 … 2^32 - 1, a threshold 0 … 2^32. */
export const BUCKET_COUNT = 2 ** 32

/**
 * The bucket of a sticky key, 0 … 2^32 - 1: murmur3_x86_32 with seed 0 over the UTF-8 of `salt:key`.
 * Source of the algorithm: MurmurHash3 by Austin Appleby. Another rule would move consumers between primary and
 * canary in the middle of a release: fixtures/hash-vectors.json holds this one, with its name.
 */
export function bucketOf(salt: string, key: string): number {
  return murmurhash.v3(utf8Bytes(`${salt}:${key}`), SEED)
}

/**
 * The step a percentage (0 … 100) has reached, 0 … `steps`: floor(percentage × steps / 100 + 1e-9).
 * The small addend keeps 0.3 % of 1000 steps at 3, where binary fractions would say 2.
 */
export function stepOf({ percentage, steps }: PercentageInSteps): number {
  return Math.min(steps, Math.floor((percentage * steps) / 100 + 1e-9))
}

/** First bucket that stays on the primary when `step` of `steps` are on the canary, 0 … 2^32; both ends exact. */
export function thresholdOfStep(step: number, steps: number): number {
  return Math.round((step / steps) * BUCKET_COUNT)
}

/** The first step, 1 … `steps`, that has this bucket on the canary. */
export function firstStepWith(bucket: number, steps: number): number {
  let step = Math.max(1, Math.floor((bucket / BUCKET_COUNT) * steps))
  // At most twice: for the rounding of the quotient and for that of the threshold.
  while (thresholdOfStep(step, steps) <= bucket) step += 1
  return step
}

export interface PercentageInSteps {
  /** 0 … 100. */
  readonly percentage: number
  /** 1 … 2^32. */
  readonly steps: number
}

/** Any seed but this one is free for choosing targets. */
const SEED = 0
