import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RetryBudget, RetryBudgets } from '../../src/balancing/retry-budget.ts'

const SAVED = 100

/** Takes all the retries that there are, at most so many. */
function retries(budget: RetryBudget, most = 1_000): number {
  let taken = 0
  while (taken < most && budget.takeRetry()) taken += 1
  return taken
}

describe('a retry budget', () => {
  test('lets a fifth of the answered requests be tried again, beside what was saved up', () => {
    const inFlight = fc.integer({ min: 4, max: 100 })
    fc.assert(
      fc.property(inFlight, fc.integer({ min: 0, max: 3_000 }), (others, requests) => {
        const budget = new RetryBudget()
        let taken = 0
        for (let i = 0; i < others; i += 1) budget.begin()
        let answered = 0
        for (let i = 0; i < requests; i += 1) {
          budget.begin()
          taken += retries(budget, 5)
          const isAnswered = i % 3 === 0
          if (isAnswered) answered += 1
          budget.end({ isAnswered })
        }
        expect(taken).toBeLessThanOrEqual(SAVED + answered * 0.2)
      }),
    )
  })

  test('lets a few requests be tried again without end while some of them are answered', () => {
    const budget = new RetryBudget()
    for (let i = 0; i < 1_000; i += 1) {
      budget.begin()
      expect(retries(budget, 5)).toBe(5)
      budget.end({ isAnswered: i % 10 === 0 })
    }
  })

  test('lets even a few be tried again no more than a fifth when none is answered', () => {
    const budget = new RetryBudget()
    let taken = 0
    for (let i = 0; i < 1_000; i += 1) {
      budget.begin()
      taken += retries(budget, 5)
      budget.end({ isAnswered: false })
    }
    expect(taken).toBeLessThanOrEqual(200)
    budget.begin()
    budget.end({ isAnswered: true })
    budget.begin()
    expect(retries(budget, 5)).toBe(5)
  })

  test('saves up again in quiet times, but not without end', () => {
    const budget = new RetryBudget()
    for (let i = 0; i < 20; i += 1) budget.begin()
    const ask = (times: number, isAnswered = true) => {
      for (let i = 0; i < times; i += 1) {
        budget.begin()
        budget.end({ isAnswered })
      }
    }
    expect(retries(budget)).toBe(SAVED)
    ask(1_000, false)
    expect(retries(budget)).toBe(0)
    ask(50)
    expect(retries(budget)).toBe(10)
    ask(10_000)
    expect(retries(budget)).toBe(SAVED)
  })
})

test('budgets that say nothing are forgotten among thousands, others stay', () => {
  const budgets = new RetryBudgets()
  const [fresh, used, inFlight] = ['fresh', 'used', 'in flight'].map((key) => budgets.of(key))
  used?.takeRetry()
  inFlight?.begin()
  for (let i = 0; i < 1_000; i++) budgets.of(`10.0.0.1:${i}`)
  expect(budgets.of('used')).toBe(used)
  expect(budgets.of('in flight')).toBe(inFlight)
  expect(budgets.of('fresh')).not.toBe(fresh)
})
