import type { SecureContext } from 'node:tls'
import type { CompiledUpstream } from '../../balancing/compile-upstream.ts'
import type { ActiveRules, HealthEvent } from '../../balancing/health/health-rules.ts'
import type { HealthState } from '../../balancing/health/health-state.ts'
import type { Peer } from '../../balancing/peer.ts'
import { entityById } from '../../model/snapshot.ts'
import type { Clock } from '../clock.ts'
import type { Runtime } from '../runtime.ts'
import { certificateUse } from '../tls/secure-contexts.ts'
import { probe } from './probe.ts'

export interface ProberParts {
  readonly runtime: () => Runtime
  readonly health: HealthState
  readonly clock: Clock
  /** 0 … 1: spreads first probes, so that a node that starts does not probe everything at once. */
  readonly random: () => number
}

/** A probe whose time has come. */
interface DueProbe {
  /** Of the upstream and the peer. */
  readonly key: string
  readonly upstream: CompiledUpstream
  readonly peer: Peer
  readonly active: ActiveRules
  /** Since when it is due, and when the next one will be, in monotonic ms. */
  readonly at: number
  readonly nextAt: number
}

/** How often it is looked which probes are due. */
const TICK_MS = 100
const FIRST_PROBE_WITHIN_MS = 1_000

/** Sends the active probes of all upstreams, and tells their health what it found. */
export class Prober {
  readonly #parts: ProberParts
  readonly #stopped = new AbortController()
  /** By upstream and peer: when the next one is due, in monotonic ms. */
  #due = new Map<string, number>()
  readonly #underway = new Map<string, number>()
  #upstreams: readonly CompiledUpstream[] = []
  #upstreamsOf: Runtime | null = null
  #timer: NodeJS.Timeout | null = null

  constructor(parts: ProberParts) {
    this.#parts = parts
  }

  start(): void {
    this.#timer = setInterval(() => this.tick(), TICK_MS).unref()
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#stopped.abort()
  }

  /** Sends the probes that are due, those that have waited for the longest first. */
  tick(): void {
    const now = this.#parts.clock.monotonicMs()
    const due = new Map<string, number>()
    const waiting: DueProbe[] = []
    for (const upstream of this.#probedUpstreams()) {
      const { active } = upstream.health
      if (active === null) continue
      for (const peer of upstream.peers) {
        const everyMs = this.#intervalOf(upstream, peer, active)
        if (everyMs === 0 || peer.address === null) continue
        const key = `${upstream.id} ${peer.key}`
        const known = this.#due.get(key) ?? now + this.#firstDelay(everyMs)
        // An interval that became shorter counts at once.
        const at = Math.min(known, now + everyMs)
        due.set(key, at)
        if (now >= at) waiting.push({ key, upstream, peer, active, at, nextAt: now + everyMs })
      }
    }
    waiting.sort((left, right) => left.at - right.at)
    for (const { key, upstream, peer, active, nextAt } of waiting) {
      if (this.#probe(upstream, peer, active)) due.set(key, nextAt)
    }
    this.#due = due
  }

  #firstDelay(everyMs: number): number {
    return Math.min(everyMs, FIRST_PROBE_WITHIN_MS) * this.#parts.random()
  }

  #intervalOf({ id }: CompiledUpstream, { key }: Peer, active: ActiveRules): number {
    const isHealthy = this.#parts.health.of(id, key).unhealthyBy === null
    return isHealthy ? active.healthyEveryMs : active.unhealthyEveryMs
  }

  /** Returns whether a probe was sent: not while as many of the upstream are under way as may be. */
  #probe(upstream: CompiledUpstream, peer: Peer, { probe: rules, statuses }: ActiveRules): boolean {
    const { id } = upstream
    const underway = this.#underway.get(id) ?? 0
    if (underway >= rules.concurrency) return false
    this.#underway.set(id, underway + 1)
    const clientContext = this.#clientContextOf(upstream)
    const target = { peer, hostHeader: upstream.hostHeader, clientContext, rules, statuses }
    probe(target, this.#stopped.signal, (event) => this.#found(upstream, peer, event))
    return true
  }

  #clientContextOf({ clientCertificateId }: CompiledUpstream): SecureContext | null {
    if (clientCertificateId === null) return null
    const { snapshot } = this.#parts.runtime()
    const certificate = entityById(snapshot, 'certificates', clientCertificateId)?.entity
    if (certificate === undefined) return null
    const use = certificateUse(certificate)
    return use.kind === 'usable' ? use.shown[0].context : null
  }

  #found(upstream: CompiledUpstream, peer: Peer, event: HealthEvent | null): void {
    const left = (this.#underway.get(upstream.id) ?? 1) - 1
    if (left === 0) this.#underway.delete(upstream.id)
    else this.#underway.set(upstream.id, left)
    const { runtime, health, clock } = this.#parts
    // It may have gone, or changed, while the probe was under way.
    const now = runtime().upstreamsByName.get(upstream.name)
    if (now?.id !== upstream.id || !now.peers.some(({ key }) => key === peer.key)) return
    health.probed(now, peer, { event, nowMs: clock.now() })
  }

  /** Those with active checks; looked for once for each configuration. */
  #probedUpstreams(): readonly CompiledUpstream[] {
    const runtime = this.#parts.runtime()
    if (this.#upstreamsOf?.upstreamsByName !== runtime.upstreamsByName) {
      this.#upstreams = [...runtime.upstreamsByName.values()].filter(
        ({ health }) => health.active !== null,
      )
      this.#upstreamsOf = runtime
    }
    return this.#upstreams
  }
}
