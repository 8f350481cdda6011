import type { CompiledUpstream } from '../compile-upstream.ts'
import type { Peer } from '../peer.ts'
import { type Availability, availabilityOf, EVERYTHING, isTrialDue } from './availability.ts'
import { type HealthEvent, isUnchecked } from './health-rules.ts'
import {
  changeRecovery,
  count,
  eject,
  markHealthy,
  markUnhealthy,
  newPeerHealth,
  type PeerHealth,
  restartCounting,
  type UnhealthyBy,
} from './peer-health.ts'

/** What one request or probe says of a peer, null when nothing, and when (epoch ms). */
export interface HealthReport {
  readonly event: HealthEvent | null
  readonly nowMs: number
}

/**
 * The health of peers, keyed by upstream and by peer, of this node and in memory only. Kept outside the snapshot, so
 * that it survives changes of the configuration; dropped with its target.
 */
export class HealthState {
  readonly #random: () => number
  readonly #upstreams = new Map<string, UpstreamHealth>()

  /** `random` gives numbers from 0 to 1; it spreads the returns of ejected peers. */
  constructor(random: () => number) {
    this.#random = random
  }

  /** Which peers of an upstream may get requests. */
  availability(upstream: CompiledUpstream, nowMs: number): Availability {
    if (isUnchecked(upstream.health)) return EVERYTHING
    const memory = this.#memoryOf(upstream.id)
    const { found } = memory
    if (found?.upstream === upstream && nowMs < found.availability.nextTrialMs) {
      return found.availability
    }
    const availability = availabilityOf(upstream.peers, ({ key }) => healthIn(memory, key), {
      rules: upstream.health,
      nowMs,
    })
    memory.found = { upstream, availability }
    return availability
  }

  /**
   * Whether an upstream may get requests, without panic: some peer with weight, enough of them healthy or one to be
   * tried. What `upstream_fallback` of the canary asks.
   */
  canServe(upstream: CompiledUpstream, nowMs: number): boolean {
    if (upstream.peers.length === 0) return false
    const { isHealthy, hasTrialDue } = this.availability(upstream, nowMs)
    return isHealthy || hasTrialDue
  }

  /** A request to a peer begins. Returns whether it finds out if an ejected peer is back: nobody else goes there then. */
  begin(upstream: CompiledUpstream, peer: Peer, nowMs: number): boolean {
    if (upstream.health.passive === null) return false
    const memory = this.#memoryOf(upstream.id)
    const health = healthIn(memory, peer.key)
    if (!isTrialDue(health, nowMs)) return false
    health.isOnTrial = true
    memory.found = null
    return true
  }

  /**
   * A request to a peer is over. Traffic takes peers out and never brings them back, but for a trial, as long as
   * neither a probe nor an operator has had a word on the peer since. What became of a peer that is gone says nothing.
   */
  end(
    upstream: CompiledUpstream,
    peer: Peer,
    { event, nowMs, isTrial: beganAsTrial }: HealthReport & { readonly isTrial: boolean },
  ): void {
    const { passive } = upstream.health
    if (passive === null || (event === null && !beganAsTrial)) return
    const memory = this.#upstreams.get(upstream.id)
    const health = memory?.peers.get(peer.key)
    if (memory === undefined || health === undefined) return
    const isTrial = beganAsTrial && health.isOnTrial
    if (isTrial) {
      health.isOnTrial = false
      memory.found = null
      if (event === 'success') markHealthy(health, nowMs)
    }
    if (event === null) return
    const isLimitReached = count(health, event, passive.limits)
    const isOut = health.unhealthyBy !== null
    if (event === 'success' || (isOut ? !isTrial : !isLimitReached)) return
    const { recoveryMs } = passive
    eject(
      health,
      recoveryMs === null ? null : { baseMs: recoveryMs, nowMs, random: this.#random() },
    )
    memory.ejections.traffic += 1
    memory.found = null
  }

  /** Takes in what a probe found. */
  probed(upstream: CompiledUpstream, peer: Peer, { event, nowMs }: HealthReport): void {
    const { active } = upstream.health
    if (active === null || event === null) return
    const memory = this.#memoryOf(upstream.id)
    const health = healthIn(memory, peer.key)
    if (!count(health, event, active.limits)) return
    if (event === 'success') markHealthy(health, nowMs)
    else takeOut(memory, health, 'probes')
    memory.found = null
  }

  /** An operator says how a peer is. */
  declare(
    upstreamId: string,
    peerKey: string,
    { isHealthy, nowMs }: { readonly isHealthy: boolean; readonly nowMs: number },
  ): void {
    const memory = this.#memoryOf(upstreamId)
    const health = healthIn(memory, peerKey)
    if (isHealthy) markHealthy(health, nowMs)
    else takeOut(memory, health, 'operator')
    memory.found = null
  }

  /** Health of one peer. */
  of(upstreamId: string, peerKey: string): Readonly<PeerHealth> {
    return healthIn(this.#memoryOf(upstreamId), peerKey)
  }

  /** How often peers of an upstream were taken out, by whom. */
  ejections(upstreamId: string): Readonly<Record<UnhealthyBy, number>> {
    return this.#memoryOf(upstreamId).ejections
  }

  /** Forgets the peers that a new version of an upstream no longer has. */
  retain({ id, allPeers }: CompiledUpstream): void {
    const memory = this.#upstreams.get(id)
    if (memory === undefined) return
    const kept = new Set(allPeers.map(({ key }) => key))
    for (const key of memory.peers.keys()) if (!kept.has(key)) memory.peers.delete(key)
    memory.found = null
  }

  /**
   * An upstream has other health checks than before: counting starts anew, and what was found stays; peers that traffic
   * took out return as its `recovery` says now. Where nothing is checked any more all is forgotten, since nothing could
   * ever change it.
   */
  changeRules({ id, health: rules }: CompiledUpstream): void {
    const memory = this.#upstreams.get(id)
    if (memory === undefined) return
    if (isUnchecked(rules)) this.#upstreams.delete(id)
    for (const health of memory.peers.values()) {
      restartCounting(health)
      changeRecovery(health, rules.passive?.recoveryMs ?? null)
    }
    memory.found = null
  }

  /** Forgets an upstream that a new snapshot no longer has. */
  drop(upstreamId: string): void {
    this.#upstreams.delete(upstreamId)
  }

  #memoryOf(upstreamId: string): UpstreamHealth {
    let memory = this.#upstreams.get(upstreamId)
    if (memory === undefined) {
      memory = {
        peers: new Map(),
        ejections: { probes: 0, traffic: 0, operator: 0 },
        found: null,
      }
      this.#upstreams.set(upstreamId, memory)
    }
    return memory
  }
}

interface UpstreamHealth {
  /** By peer key. */
  readonly peers: Map<string, PeerHealth>
  readonly ejections: Record<UnhealthyBy, number>
  /** What was found last, and for which version of the upstream; null after a change. */
  found: { readonly upstream: CompiledUpstream; readonly availability: Availability } | null
}

function takeOut(memory: UpstreamHealth, health: PeerHealth, by: 'probes' | 'operator'): void {
  if (health.unhealthyBy === null) memory.ejections[by] += 1
  markUnhealthy(health, by)
}

function healthIn(memory: UpstreamHealth, peerKey: string): PeerHealth {
  let health = memory.peers.get(peerKey)
  if (health === undefined) {
    health = newPeerHealth()
    memory.peers.set(peerKey, health)
  }
  return health
}
