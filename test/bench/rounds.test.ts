import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  median,
  medianRatio,
  orderOfRound,
  type Sample,
  summarize,
} from '../../bench/proxy/rounds.ts'

const sample = (microsPerRequest: number, errors = 0): Sample => ({
  microsPerRequest,
  requestsPerSecond: 1_000_000 / microsPerRequest,
  errors,
})

describe('the rounds of the proxy measurement', () => {
  it('give everybody the same turn and let another one begin each time', () => {
    expect([0, 1, 2, 3].map((round) => orderOfRound(['a', 'b', 'c'], round).join(''))).toEqual([
      'abc',
      'bca',
      'cab',
      'abc',
    ])
    expect(orderOfRound([], 3)).toEqual([])
  })

  it('compare within a round, so that a slow phase of the machine cancels out', () => {
    const samples = new Map([
      ['bare', [sample(80), sample(160), sample(80)]],
      ['gateway', [sample(88), sample(176), sample(96)]],
    ])
    expect(medianRatio(samples, 'gateway', 'bare')).toBeCloseTo(1.1)
    expect(summarize(samples, 'bare')[1]).toMatchObject({ name: 'gateway', microsPerRequest: 96 })
  })

  it('add up the errors of all rounds', () => {
    const samples = new Map([['bare', [sample(80, 2), sample(80), sample(80, 1)]]])
    expect(summarize(samples, 'bare')[0]?.errors).toBe(3)
  })

  it.each([
    { values: [3], expected: 3 },
    { values: [3, 1], expected: 2 },
    { values: [9, 1, 5], expected: 5 },
    { values: [4, 1, 3, 2], expected: 2.5 },
    { values: [], expected: Number.NaN },
  ])('take $expected as the median of $values', ({ values, expected }) => {
    expect(median(values)).toBe(expected)
  })

  it('have a median with as many values above as below', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
        const middle = median(values)
        const below = values.filter((value) => value < middle).length
        const above = values.filter((value) => value > middle).length
        expect(Math.max(below, above)).toBeLessThanOrEqual(values.length / 2)
      }),
    )
  })
})
