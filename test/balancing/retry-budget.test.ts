import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  DEFAULT_RETRY_BUDGET,
  RetryBudget,
  type RetryBudgetRules,
  type RetryWaiter,
} from '../../src/balancing/retry-budget.ts'

const HOPELESS = 10

/** A request that remembers what it was told. */
class Asker implements RetryWaiter {
  readonly told: string[] = []

  granted(): void {
    this.told.push('granted')
  }

  refused(): void {
    this.told.push('refused')
  }
}

function busy(requests: number, rules: RetryBudgetRules = DEFAULT_RETRY_BUDGET): RetryBudget {
  const budget = new RetryBudget()
  for (let i = 0; i < requests; i += 1) budget.begin(rules)
  return budget
}

/** How many retries there are for so many who ask at the same time. */
function granted(budget: RetryBudget, asking: number): number {
  const verdicts = Array.from({ length: asking }, () => budget.ask(new Asker(), false))
  return verdicts.filter((verdict) => verdict === 'granted').length
}

describe('a retry budget', () => {
  test.each([
    [1, {}, 1, 1],
    [10, {}, 10, 3],
    [19, {}, 19, 3],
    [20, {}, 20, 4],
    [64, {}, 21, 12],
    [64, { percent: 50 }, 64, 32],
    [64, { percent: 100 }, 64, 64],
    [64, { percent: 12.5 }, 64, 8],
    [64, { minConcurrency: 30 }, 64, 30],
    [64, { percent: 0 }, 64, 3],
    [64, { minConcurrency: 0 }, 64, 12],
    [4, { minConcurrency: 0 }, 4, 0],
    [64, { percent: 0, minConcurrency: 0 }, 64, 0],
  ])('of %i requests with %j: of %i that ask, %i are tried again', (requests, rules, asking, n) => {
    const budget = busy(requests, { ...DEFAULT_RETRY_BUDGET, ...rules })
    expect(granted(budget, asking)).toBe(n)
    expect(budget.retries).toBe(n)
  })

  test('that allows none lets nobody wait', () => {
    const budget = busy(64, { percent: 0, minConcurrency: 0 })
    expect(budget.ask(new Asker(), false)).toBe('refused')
    expect(budget.refusals).toBe(1)
  })

  test('gives room to those who wait in their order, when a retry ends and when a request begins', () => {
    const budget = busy(24)
    expect(granted(budget, 4)).toBe(4)
    const [first, second, third] = [new Asker(), new Asker(), new Asker()] as const
    for (const asker of [first, second, third]) expect(budget.ask(asker, false)).toBe('waits')
    budget.endRetry()
    expect([first.told, second.told, third.told]).toEqual([['granted'], [], []])
    budget.begin(DEFAULT_RETRY_BUDGET)
    expect([first.told, second.told, third.told]).toEqual([['granted'], ['granted'], []])
    expect(budget.retries).toBe(5)
    expect(budget.waiting).toBe(1)
  })

  test('goes on with what was tried again before it begins with others', () => {
    const budget = busy(20)
    expect(granted(budget, 4)).toBe(4)
    const other = new Asker()
    budget.ask(other, false)
    expect(budget.ask(new Asker(), true)).toBe('granted')
    for (let i = 0; i < 6; i += 1) budget.end()
    const again = new Asker()
    expect(budget.ask(again, true)).toBe('waits')
    budget.endRetry()
    expect([again.told, other.told]).toEqual([['granted'], []])
  })

  test('forgets who leaves, and counts who waited in vain', () => {
    const budget = busy(3)
    granted(budget, 3)
    const [left, late] = [new Asker(), new Asker()]
    budget.ask(left, false)
    budget.ask(late, false)
    budget.withdraw(left, false)
    budget.withdraw(late, true)
    budget.withdraw(late, true)
    budget.endRetry()
    expect([left.told, late.told]).toEqual([[], []])
    expect(budget.waiting).toBe(0)
    expect(budget.refusals).toBe(1)
  })

  test('new rules hold from the next request on', () => {
    const budget = busy(10)
    granted(budget, 3)
    const asker = new Asker()
    budget.ask(asker, false)
    budget.begin({ percent: 50, minConcurrency: 0 })
    expect(asker.told).toEqual(['granted'])
  })

  test('a long stream earns no retries', () => {
    const budget = busy(100)
    for (let i = 0; i < 60; i += 1) budget.end()
    expect(granted(budget, 100)).toBe(8)
  })

  test('grants nothing when nobody answers, and refuses those who wait; one answer is hope', () => {
    const budget = busy(50)
    granted(budget, 10)
    const asker = new Asker()
    budget.ask(asker, false)
    for (let i = 1; i < HOPELESS; i += 1) budget.countVain()
    expect(asker.told).toEqual([])
    budget.countVain()
    expect(asker.told).toEqual(['refused'])
    expect(budget.ask(new Asker(), true)).toBe('refused')
    expect(budget.refusals).toBe(2)
    budget.answered()
    expect(budget.ask(new Asker(), false)).toBe('granted')
  })
})

/** A request of the model: `again` for how often it may still be tried again. */
interface ModelRequest extends RetryWaiter {
  again: number
  state: 'first' | 'waiting' | 'retry'
}

test('retries under way never are more than the percentage of requests under way when one is granted', () => {
  const rules = fc.record({
    percent: fc.integer({ min: 0, max: 100 }),
    minConcurrency: fc.integer({ min: 0, max: 5 }),
  })
  const steps = fc.array(fc.tuple(fc.nat(9), fc.nat(1_000)), { maxLength: 300 })
  fc.assert(
    fc.property(rules, steps, ({ percent, minConcurrency }, chosen) => {
      const budget = new RetryBudget()
      const open: ModelRequest[] = []
      const expectRoom = () => {
        const bound = Math.max(minConcurrency, (open.length * percent) / 100)
        expect(budget.retries).toBeLessThanOrEqual(bound)
      }
      const newRequest = (): ModelRequest => ({
        again: 3,
        state: 'first',
        granted() {
          this.state = 'retry'
          expectRoom()
        },
        refused() {
          this.state = 'first'
        },
      })
      for (const [kind, which] of chosen) {
        const request = open[which % Math.max(1, open.length)]
        if (kind < 4 || request === undefined) {
          open.push(newRequest())
          budget.begin({ percent, minConcurrency })
        } else if (kind < 7 && request.state !== 'waiting' && request.again > 0) {
          request.again -= 1
          const verdict = budget.ask(request, request.state === 'retry')
          request.state = verdict === 'waits' ? 'waiting' : 'first'
          if (verdict === 'granted') request.granted()
        } else {
          open.splice(open.indexOf(request), 1)
          budget.end()
          if (request.state === 'waiting') budget.withdraw(request, which % 2 === 0)
          if (request.state === 'retry') budget.endRetry()
        }
        expect(budget.requests).toBe(open.length)
        expect(budget.retries).toBe(open.filter(({ state }) => state === 'retry').length)
        expect(budget.waiting).toBe(open.filter(({ state }) => state === 'waiting').length)
        const room = Math.max(minConcurrency, Math.floor((open.length * percent) / 100))
        if (budget.waiting > 0) expect(budget.retries).toBeGreaterThanOrEqual(room)
      }
    }),
  )
})
