import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RetryBudget } from '../../src/balancing/retry-budget.ts'

const SAVED = 100

/** Takes all the retries that there are, at most so many. */
function retries(budget: RetryBudget, most = 1_000): number {
  let taken = 0
  while (taken < most && budget.takeRetry()) taken += 1
  return taken
}

describe('a retry budget', () => {
  test('lets a fifth of the requests be tried again, beside what was saved up', () => {
    const inFlight = fc.integer({ min: 4, max: 100 })
    fc.assert(
      fc.property(inFlight, fc.integer({ min: 0, max: 3_000 }), (others, requests) => {
        const budget = new RetryBudget()
        let taken = 0
        for (let i = 0; i < others; i += 1) budget.begin()
        for (let i = 0; i < requests; i += 1) {
          budget.begin()
          taken += retries(budget, 5)
          budget.end()
        }
        expect(taken).toBeLessThanOrEqual(SAVED + (others + requests) * 0.2)
      }),
    )
  })

  test('lets a few requests be tried again whatever happened before', () => {
    const budget = new RetryBudget()
    for (let i = 0; i < 1_000; i += 1) {
      budget.begin()
      expect(retries(budget, 5)).toBe(5)
      budget.end()
    }
  })

  test('saves up again in quiet times, but not without end', () => {
    const budget = new RetryBudget()
    for (let i = 0; i < 20; i += 1) budget.begin()
    const ask = (times: number) => {
      for (let i = 0; i < times; i += 1) {
        budget.begin()
        budget.end()
      }
    }
    expect(retries(budget)).toBe(SAVED)
    ask(50)
    expect(retries(budget)).toBe(10)
    ask(10_000)
    expect(retries(budget)).toBe(SAVED)
  })
})
