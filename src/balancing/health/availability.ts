import type { Peer } from '../peer.ts'
import { type HealthRules, isUnchecked } from './health-rules.ts'
import type { PeerHealth } from './peer-health.ts'

/** Which peers of an upstream may get requests, until something changes. */
export interface Availability {
  /** Keys of the peers that get none. */
  readonly unavailable: ReadonlySet<string>
  /** Whether the upstream as a whole is healthy: healthy weight above its threshold. */
  readonly isHealthy: boolean
  /** More weight was ejected by traffic than may be, and so is used all the same. */
  readonly isPanicking: boolean
  /** Some ejected peer may be tried now. */
  readonly hasTrialDue: boolean
  /** When the next ejected peer may be tried, epoch ms; infinite when none waits for that. */
  readonly nextTrialMs: number
}

/**
 * What may be used of an upstream (reference kong.md section 6; reliability.md section 8). An upstream that is not
 * healthy as a whole gets nothing but trials: healthy weight in percent must be above the threshold. When traffic has
 * ejected more weight than it may, all that it ejected is used (panic): what fails everywhere is seldom the fault of
 * the peers. What probes or an operator took out stays out. Without checks everything is used.
 */
export function availabilityOf(
  peers: readonly Peer[],
  healthOf: (peer: Peer) => PeerHealth,
  { rules, nowMs }: { readonly rules: HealthRules; readonly nowMs: number },
): Availability {
  const weight = weigh(peers, healthOf)
  const isPanicking =
    rules.passive !== null && weight.ejected * 100 > rules.passive.maxEjectedPercent * weight.total
  const enough = (some: number) => isUnchecked(rules) || some * 100 > rules.threshold * weight.total
  const isServing = enough(weight.healthy + (isPanicking ? weight.ejected : 0))
  const unavailable = new Set<string>()
  let hasTrialDue = false
  let nextTrialMs = Number.POSITIVE_INFINITY
  for (const peer of peers) {
    const health = healthOf(peer)
    if (isTrialDue(health, nowMs)) hasTrialDue = true
    else if (!isServing || !isUsable(health, rules, isPanicking)) unavailable.add(peer.key)
    if (health.trialFromMs > nowMs) nextTrialMs = Math.min(nextTrialMs, health.trialFromMs)
  }
  return {
    unavailable,
    isHealthy: enough(weight.healthy),
    isPanicking,
    hasTrialDue,
    nextTrialMs,
  }
}

/** Whether the next request to an ejected peer is to find out how it is. */
export function isTrialDue(health: PeerHealth, nowMs: number): boolean {
  return health.unhealthyBy === 'traffic' && health.trialFromMs <= nowMs && !health.isOnTrial
}

function weigh(peers: readonly Peer[], healthOf: (peer: Peer) => PeerHealth) {
  const weight = { total: 0, healthy: 0, ejected: 0 }
  for (const peer of peers) {
    const by = healthOf(peer).unhealthyBy
    weight.total += peer.weight
    if (by === null) weight.healthy += peer.weight
    else if (by === 'traffic') weight.ejected += peer.weight
  }
  return weight
}

function isUsable({ unhealthyBy }: PeerHealth, rules: HealthRules, isPanicking: boolean): boolean {
  if (unhealthyBy === null || isUnchecked(rules)) return true
  return unhealthyBy === 'traffic' && isPanicking
}

/** Of an upstream without health checks. */
export const EVERYTHING: Availability = {
  unavailable: new Set(),
  isHealthy: true,
  isPanicking: false,
  hasTrialDue: false,
  nextTrialMs: Number.POSITIVE_INFINITY,
}
