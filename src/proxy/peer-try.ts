import type { BalancerState } from '../balancing/balancer-state.ts'
import type { HealthState } from '../balancing/health/health-state.ts'
import type { Peer } from '../balancing/peer.ts'
import type { PeerLoad } from '../balancing/peer-load.ts'
import type { RetryBudgets } from '../balancing/retry-budgets.ts'
import type { ForwardOutcome } from './forwarder.ts'
import { healthEventOf } from './health-event.ts'
import type { Balancing } from './variant-plan.ts'

/** What is kept of the peers of all upstreams while the process runs. */
export interface PeerMemory {
  readonly balancer: BalancerState
  readonly health: HealthState
  readonly budgets: RetryBudgets
}

const COMPLETED: ForwardOutcome = { kind: 'completed' }

export interface PeerTryParts {
  readonly balancing: Balancing
  readonly peer: Peer
  readonly load: PeerLoad
  /** The host that is asked for, and verified in TLS, is the one that the client says. */
  readonly isNamedByClient: boolean
  readonly nowMs: number
}

/** One try at a peer, from its pick to its end: what the balancer learns from it. */
export class PeerTry {
  readonly #memory: PeerMemory
  readonly #parts: PeerTryParts
  #isTrial: boolean
  /** The peer's health knows of this try's good beginning. */
  #isReported = false
  #status: number | null = null

  /** Begins the try; `end` it once. */
  constructor(memory: PeerMemory, parts: PeerTryParts) {
    this.#memory = memory
    this.#parts = parts
    const { balancing, peer, load, nowMs } = parts
    memory.balancer.begin(load)
    this.#isTrial =
      balancing.kind === 'upstream' && memory.health.begin(balancing.upstream, peer, nowMs)
  }

  answered(status: number, latencyMs: number, nowMs: number): void {
    this.#status = status
    this.#memory.balancer.observe(this.#parts.load, latencyMs, nowMs)
    // Nobody else goes to the peer during a trial, and what follows a head may take hours.
    if (this.#isTrial) this.opened(nowMs)
  }

  /** The answer has begun and may go on for ever: what it says of the peer is said now. */
  opened(nowMs: number): void {
    if (this.#isReported) return
    this.#report(COMPLETED, nowMs)
    this.#isReported = true
  }

  end(outcome: ForwardOutcome, nowMs: number): void {
    this.#memory.balancer.end(this.#parts.load)
    if (!this.#isReported || outcome.kind === 'failed') this.#report(outcome, nowMs)
  }

  #report(outcome: ForwardOutcome, nowMs: number): void {
    const { balancing, peer, isNamedByClient } = this.#parts
    if (balancing.kind !== 'upstream') return
    const { upstream } = balancing
    const rules = upstream.health.passive
    if (rules === null) return
    const status = this.#isReported ? null : this.#status
    const event = healthEventOf(outcome, status, { rules, isNamedByClient })
    this.#memory.health.end(upstream, peer, { event, nowMs, isTrial: this.#isTrial })
    this.#isTrial = false
  }
}
