import type { BalancerState } from '../balancing/balancer-state.ts'
import type { CompiledUpstream } from '../balancing/compile-upstream.ts'
import type { HealthState } from '../balancing/health/health-state.ts'
import type { Peer } from '../balancing/peer.ts'
import type { PeerLoad } from '../balancing/peer-load.ts'
import type { ForwardOutcome } from './forwarder.ts'
import { healthEventOf } from './health-event.ts'

/** What is kept of the peers of all upstreams while the process runs. */
export interface PeerMemory {
  readonly balancer: BalancerState
  readonly health: HealthState
}

/** One try at a peer of an upstream, from its pick to its end: what the balancer learns from it. */
export class PeerTry {
  readonly #memory: PeerMemory
  readonly #upstream: CompiledUpstream
  readonly #peer: Peer
  readonly #load: PeerLoad
  readonly #isTrial: boolean
  #status: number | null = null

  /** Begins the try; `end` it once. */
  constructor(memory: PeerMemory, upstream: CompiledUpstream, peer: Peer, nowMs: number) {
    this.#memory = memory
    this.#upstream = upstream
    this.#peer = peer
    this.#load = memory.balancer.begin(upstream, peer)
    this.#isTrial = memory.health.begin(upstream, peer, nowMs)
  }

  answered(status: number, latencyMs: number, nowMs: number): void {
    this.#status = status
    this.#memory.balancer.observe(this.#load, latencyMs, nowMs)
  }

  end(outcome: ForwardOutcome, nowMs: number): void {
    this.#memory.balancer.end(this.#load)
    const { passive } = this.#upstream.health
    if (passive === null) return
    const event = healthEventOf(outcome, this.#status, passive)
    const report = { event, nowMs, isTrial: this.#isTrial }
    this.#memory.health.end(this.#upstream, this.#peer, report)
  }
}
