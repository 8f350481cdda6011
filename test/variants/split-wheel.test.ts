import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BUCKET_COUNT, bucketOf } from '../../src/variants/bucket.ts'
import {
  bucketLimits,
  compileWheel,
  effectiveWeights,
  itemAtTurn,
  itemOfBucket,
} from '../../src/variants/split-wheel.ts'

const turns = (weights: readonly number[], count: number) => {
  const wheel = compileWheel(effectiveWeights(weights))
  return Array.from({ length: count }, (_, position) => itemAtTurn(wheel, position)).join('')
}

describe('the wheel', () => {
  it.each([
    // weights, requests, items in their order
    [[2, 1], 6, '001001'],
    [[1, 2], 6, '101101'],
    [[2, 2, 1], 5, '01012'],
    [[90, 10], 10, '0000000001'],
    [[10, 90], 10, '1111111101'],
    [[1, 1], 4, '0101'],
    [[50, 50], 4, '0101'],
    [[3, 0], 4, '0000'],
    [[0, 3], 4, '1111'],
    [[100, 0, 100], 4, '0202'],
    [[4, 2, 6], 6, '202012'],
    [[5], 3, '000'],
    [[0], 3, '000'],
    [[0, 0, 0], 6, '012012'],
  ])('of %j over %i requests', (weights, count, items) => {
    expect(turns(weights, count)).toBe(items)
  })

  it('gives the heavier of 90:10 eight in a row, then each of them once', () => {
    expect(turns([90, 10], 20).match(/0+1?/g)).toEqual(['0000000001', '0000000001'])
    expect(turns([90, 10], 10).slice(0, 8)).toBe('00000000')
  })

  const weights = fc
    .array(fc.nat(30), { minLength: 2, maxLength: 20 })
    .filter((given) => given.some((weight) => weight > 0))

  it('is exact over one turn, wherever that begins', () => {
    fc.assert(
      fc.property(weights, fc.nat(1000), (given, from) => {
        const wheel = compileWheel(given)
        const sum = given.reduce((total, weight) => total + weight, 0)
        const counts = given.map(() => 0)
        for (let i = 0; i < wheel.length; i += 1) {
          const item = itemAtTurn(wheel, from + i)
          counts[item] = (counts[item] ?? 0) + 1
        }
        expect(counts).toEqual(given.map((weight) => (weight * wheel.length) / sum))
      }),
      { numRuns: 200 },
    )
  })

  it('is the walk that LVS describes, step for step', () => {
    fc.assert(
      fc.property(weights, (given) => {
        const wheel = compileWheel(given)
        const walked = walk(given, wheel.length * 2)
        expect(walked).toEqual(walked.map((_, position) => itemAtTurn(wheel, position)))
      }),
      { numRuns: 100 },
    )
  })

  it('takes the largest weights there are', () => {
    const largest = 2 ** 31 - 1
    const wheel = compileWheel([largest, 1])
    expect(wheel.length).toBe(2 ** 31)
    expect([largest - 1, largest, largest + 1].map((at) => itemAtTurn(wheel, at))).toEqual([
      0, 1, 0,
    ])
  })
})

/** The walk as it is described: threshold and place move on with each request. */
function walk(weights: readonly number[], count: number): number[] {
  const divide = (a: number, b: number): number => (b === 0 ? a : divide(b, a % b))
  const step = weights.reduce(divide, 0)
  const largest = Math.max(...weights)
  const found: number[] = []
  let [place, threshold] = [-1, largest]
  while (found.length < count) {
    place += 1
    if (place === weights.length) {
      place = 0
      threshold = threshold - step > 0 ? threshold - step : largest
    }
    if ((weights[place] as number) >= threshold) found.push(place)
  }
  return found
}

describe('buckets of items', () => {
  it.each([
    [
      [1, 1],
      [2 ** 31, BUCKET_COUNT],
    ],
    [
      [1, 0],
      [BUCKET_COUNT, BUCKET_COUNT],
    ],
    [
      [0, 1],
      [0, BUCKET_COUNT],
    ],
    [
      [0, 1, 0, 3],
      [0, 2 ** 30, 2 ** 30, BUCKET_COUNT],
    ],
  ])('of %j end at %j', (weights, limits) => {
    expect(bucketLimits(weights)).toEqual(limits)
  })

  it('never gives an item of weight 0 a key, and every key an item', () => {
    const weights = fc.array(fc.nat(100), { minLength: 2, maxLength: 20 })
    fc.assert(
      fc.property(weights, fc.string(), (given, key) => {
        const effective = effectiveWeights(given)
        const item = itemOfBucket(bucketLimits(effective), bucketOf('salt', key))
        expect(effective[item]).toBeGreaterThan(0)
      }),
    )
  })

  it('move between two neighbours only, and in one direction, when one grows at the expense of the other', () => {
    const weights = fc.array(fc.nat(1000), { minLength: 2, maxLength: 20 })
    fc.assert(
      fc.property(
        weights,
        fc.nat(),
        fc.nat(),
        fc.boolean(),
        fc.integer({ min: 0, max: BUCKET_COUNT - 1 }),
        (before, place, amount, isFirstGrowing, bucket) => {
          const first = place % (before.length - 1)
          const [grows, shrinks] = isFirstGrowing ? [first, first + 1] : [first + 1, first]
          const moved = Math.min(amount, before[shrinks] as number)
          const after = before.map((weight, at) =>
            at === grows ? weight + moved : at === shrinks ? weight - moved : weight,
          )
          fc.pre(before.some((weight) => weight > 0))
          const was = itemOfBucket(bucketLimits(before), bucket)
          const is = itemOfBucket(bucketLimits(after), bucket)
          if (is !== was) expect([was, is]).toEqual([shrinks, grows])
        },
      ),
      { numRuns: 2000 },
    )
  })
})
