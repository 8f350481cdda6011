import type { CompiledUpstream } from './compile-upstream.ts'
import { RetryBudget } from './retry-budget.ts'

/** Budgets of upstreams, and of hosts that name none. They outlive a snapshot. */
export class RetryBudgets {
  readonly #upstreams = new Map<string, RetryBudget>()
  /** By host and port. */
  readonly #hosts = new Map<string, RetryBudget>()
  #forgottenRefusals = 0

  of({ id, name, isHost }: Pick<CompiledUpstream, 'id' | 'name' | 'isHost'>): RetryBudget {
    if (!isHost) return budgetIn(this.#upstreams, id)
    if (this.#hosts.size >= HOSTS_KEPT && !this.#hosts.has(name)) this.#forgetFresh()
    return budgetIn(this.#hosts, name)
  }

  /** The budget of an upstream that has had requests. */
  ofUpstream(id: string): RetryBudget | undefined {
    return this.#upstreams.get(id)
  }

  ofHosts(): Iterable<RetryBudget> {
    return this.#hosts.values()
  }

  /** Refused retries of hosts that are no longer remembered. */
  get forgottenRefusals(): number {
    return this.#forgottenRefusals
  }

  /** Forgets an upstream that a new snapshot no longer has. */
  drop(id: string): void {
    this.#upstreams.delete(id)
  }

  #forgetFresh(): void {
    for (const [name, { isFresh, refusals }] of this.#hosts) {
      if (!isFresh) continue
      this.#forgottenRefusals += refusals
      this.#hosts.delete(name)
    }
  }
}

/** Above this many, those that say nothing are forgotten: hosts come and go. */
const HOSTS_KEPT = 1_000

function budgetIn(budgets: Map<string, RetryBudget>, key: string): RetryBudget {
  let budget = budgets.get(key)
  if (budget === undefined) {
    budget = new RetryBudget()
    budgets.set(key, budget)
  }
  return budget
}
