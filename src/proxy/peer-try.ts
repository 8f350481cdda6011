import type { BalancerState } from '../balancing/balancer-state.ts'
import type { HealthState } from '../balancing/health/health-state.ts'
import type { Peer } from '../balancing/peer.ts'
import type { PeerLoad } from '../balancing/peer-load.ts'
import type { RetryBudget, RetryBudgets } from '../balancing/retry-budget.ts'
import type { ForwardOutcome } from './forwarder.ts'
import { healthEventOf } from './health-event.ts'
import type { VariantPlan } from './route-plan.ts'

/** What is kept of the peers of all upstreams while the process runs. */
export interface PeerMemory {
  readonly balancer: BalancerState
  readonly health: HealthState
  readonly budgets: RetryBudgets
}

export interface PeerTryParts {
  readonly balancing: VariantPlan['balancing']
  readonly peer: Peer
  readonly nowMs: number
}

/** One try at a peer, from its pick to its end: what the balancer learns from it. */
export class PeerTry {
  readonly #memory: PeerMemory
  readonly #parts: PeerTryParts
  readonly #load: PeerLoad | null
  readonly #isTrial: boolean
  #status: number | null = null

  /** Begins the try; `end` it once. */
  constructor(memory: PeerMemory, parts: PeerTryParts) {
    this.#memory = memory
    this.#parts = parts
    const { balancing, peer, nowMs } = parts
    const isUpstream = balancing.kind === 'upstream'
    this.#load = isUpstream ? memory.balancer.begin(balancing.upstream, peer) : null
    this.#isTrial = isUpstream && memory.health.begin(balancing.upstream, peer, nowMs)
  }

  answered(status: number, latencyMs: number, nowMs: number): void {
    this.#status = status
    if (this.#load !== null) this.#memory.balancer.observe(this.#load, latencyMs, nowMs)
  }

  end(outcome: ForwardOutcome, nowMs: number): void {
    const { balancing, peer } = this.#parts
    if (this.#load !== null) this.#memory.balancer.end(this.#load)
    if (balancing.kind !== 'upstream' || balancing.upstream.health.passive === null) return
    const { upstream } = balancing
    const { passive } = balancing.upstream.health
    const event = healthEventOf(outcome, this.#status, passive)
    this.#memory.health.end(upstream, peer, { event, nowMs, isTrial: this.#isTrial })
  }
}

/** What may be tried again at an upstream, or at an address that is none. */
export function retryBudget(
  { budgets }: Pick<PeerMemory, 'budgets'>,
  balancing: VariantPlan['balancing'],
): RetryBudget {
  return budgets.of(balancing.kind === 'upstream' ? balancing.upstream.id : balancing.peer.key)
}
