import { expect, test } from 'vitest'
import { DEFAULT_RETRY_BUDGET } from '../../src/balancing/retry-budget.ts'
import { RetryBudgets } from '../../src/balancing/retry-budgets.ts'

const host = (name: string) => ({ id: `host ${name}`, name, isHost: true })

test('budgets of hosts that say nothing are forgotten among thousands, others stay', () => {
  const budgets = new RetryBudgets()
  const used = budgets.of(host('used:80'))
  used.countVain()
  const busy = budgets.of(host('busy:80'))
  busy.begin(DEFAULT_RETRY_BUDGET)
  const fresh = budgets.of(host('fresh:80'))
  fresh.begin({ percent: 0, minConcurrency: 0 })
  fresh.ask({ granted: () => {}, refused: () => {} }, false)
  fresh.end()
  for (let i = 0; i < 1_000; i++) budgets.of(host(`10.0.0.1:${i}`))
  expect(budgets.of(host('used:80'))).toBe(used)
  expect(budgets.of(host('busy:80'))).toBe(busy)
  expect(budgets.of(host('fresh:80'))).not.toBe(fresh)
  expect(budgets.forgottenRefusals).toBe(1)
})

test('the budget of an upstream outlives its name, not the upstream', () => {
  const budgets = new RetryBudgets()
  const budget = budgets.of({ id: 'a', name: 'old.v1', isHost: false })
  expect(budgets.of({ id: 'a', name: 'new.v1', isHost: false })).toBe(budget)
  expect(budgets.ofUpstream('a')).toBe(budget)
  budgets.drop('a')
  expect(budgets.of({ id: 'a', name: 'new.v1', isHost: false })).not.toBe(budget)
})
