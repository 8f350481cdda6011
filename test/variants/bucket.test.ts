import fc from 'fast-check'
import murmurhash from 'murmurhash'
import { describe, expect, it } from 'vitest'
import vectors from '../../fixtures/hash-vectors.json' with { type: 'json' }
import {
  BUCKET_COUNT,
  bucketOf,
  firstStepWith,
  stepOf,
  thresholdOfStep,
} from '../../src/variants/bucket.ts'
import { thresholdFor } from './threshold-for.ts'

const anySteps = fc.oneof(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 2 ** 32 }))
const anyBucket = fc.integer({ min: 0, max: BUCKET_COUNT - 1 })

describe('bucketOf', () => {
  it.each(vectors.texts)('builds on murmur3_x86_32: $text', ({ text, hash }) => {
    expect(murmurhash.v3(text, 0)).toBe(hash)
  })

  it.each(vectors.buckets)('puts $salt:$key into bucket $bucket', ({ salt, key, bucket }) => {
    expect(bucketOf(salt, key)).toBe(bucket)
  })

  it('hashes a key of any length whole', () => {
    const { salt, character, repeated, bucket } = vectors.longKey
    expect(bucketOf(salt, character.repeat(repeated))).toBe(bucket)
  })

  it('is the hash of the UTF-8 text for every salt and key, short or long', () => {
    const text = fc.string({ unit: 'binary', maxLength: 1200 })
    fc.assert(
      fc.property(text, text, (salt, key) => {
        expect(bucketOf(salt, key)).toBe(murmurhash.v3(Buffer.from(`${salt}:${key}`), 0))
      }),
    )
  })

  it('does not remember the key before', () => {
    bucketOf('salt', 'a much longer key than the next')
    expect(bucketOf('s', 'x')).toBe(vectors.buckets.find(({ salt }) => salt === 's')?.bucket)
  })
})

describe('the threshold of a percentage', () => {
  it.each([
    // percentage, steps, step, threshold
    [0, 1000, 0, 0],
    [100, 1000, 1000, 4294967296],
    [50, 1000, 500, 2147483648],
    [10, 100, 10, 429496730],
    [10, 1000, 100, 429496730],
    [0.3, 1000, 3, 12884902],
    [0.1, 1000, 1, 4294967],
    [0.09, 1000, 0, 0],
    [12.34, 1000, 123, 528280977],
    [29, 100, 29, 1245540516],
    [57, 100, 57, 2448131359],
    [33.333, 3, 0, 0],
    [34, 3, 1, 1431655765],
    [99.999, 1000, 999, 4290672329],
    [1e-7, 1000, 0, 0],
    [100, 1, 1, 4294967296],
    [99.99, 1, 0, 0],
    [25, 2 ** 32, 2 ** 30, 2 ** 30],
  ])('%d %% in %d steps is step %d, threshold %d', (percentage, steps, step, threshold) => {
    expect(stepOf({ percentage, steps })).toBe(step)
    expect(thresholdFor({ percentage, steps })).toBe(threshold)
  })

  it('counts every percentage that is a whole number of steps as that number', () => {
    for (let step = 0; step <= 1000; step++) {
      expect(stepOf({ percentage: Number((step / 10).toFixed(1)), steps: 1000 })).toBe(step)
      expect(stepOf({ percentage: (step * 100) / 1000, steps: 1000 })).toBe(step)
    }
  })

  it('never falls when the percentage rises, and is exact at both ends', () => {
    const percentage = fc.double({ min: 0, max: 100, noNaN: true })
    fc.assert(
      fc.property(anySteps, percentage, percentage, (steps, a, b) => {
        const [low, high] = a <= b ? [a, b] : [b, a]
        const threshold = thresholdFor({ percentage: low, steps })
        expect(threshold).toBeLessThanOrEqual(thresholdFor({ percentage: high, steps }))
        expect(Number.isInteger(threshold)).toBe(true)
        expect(thresholdFor({ percentage: 0, steps })).toBe(0)
        expect(thresholdFor({ percentage: 100, steps })).toBe(BUCKET_COUNT)
      }),
    )
  })
})

describe('firstStepWith', () => {
  it('is the first step whose threshold takes the bucket in', () => {
    fc.assert(
      fc.property(anyBucket, anySteps, (bucket, steps) => {
        const step = firstStepWith(bucket, steps)
        expect(step).toBeGreaterThanOrEqual(1)
        expect(step).toBeLessThanOrEqual(steps)
        expect(thresholdOfStep(step, steps)).toBeGreaterThan(bucket)
        expect(thresholdOfStep(step - 1, steps)).toBeLessThanOrEqual(bucket)
      }),
      { numRuns: 2000 },
    )
  })

  it.each([1, 3, 7, 1000])('holds at the edges of each of %d steps', (steps) => {
    for (let step = 1; step <= steps; step++) {
      const threshold = thresholdOfStep(step, steps)
      expect(firstStepWith(threshold - 1, steps)).toBe(step)
      if (step < steps) expect(firstStepWith(threshold, steps)).toBe(step + 1)
    }
  })
})
