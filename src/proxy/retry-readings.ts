import type { RetryBudget } from '../balancing/retry-budget.ts'
import type { RetryBudgets } from '../balancing/retry-budgets.ts'
import type { RetryReading } from '../metrics/retry-metrics.ts'
import type { Runtime } from './runtime.ts'
import { NO_UPSTREAM } from './target-loads.ts'

/** What is tried again at each upstream that has had requests, and at all hosts that name none as one. */
export function* retryReadings(runtime: Runtime, budgets: RetryBudgets): Generator<RetryReading> {
  for (const { id, name } of runtime.upstreamsByName.values()) {
    const budget = budgets.ofUpstream(id)
    if (budget !== undefined) yield sumOf(name, [budget], 0)
  }
  yield sumOf(NO_UPSTREAM, budgets.ofHosts(), budgets.forgottenRefusals)
}

function sumOf(
  upstream: string,
  budgets: Iterable<RetryBudget>,
  refusedBefore: number,
): RetryReading {
  const sum = { upstream, retries: 0, waiting: 0, refused: refusedBefore }
  for (const { retries, waiting, refusals } of budgets) {
    sum.retries += retries
    sum.waiting += waiting
    sum.refused += refusals
  }
  return sum
}
