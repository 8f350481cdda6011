import type { FlipLimits, HealthEvent } from './health-rules.ts'

/** Who found a peer unhealthy. */
export type UnhealthyBy = 'probes' | 'traffic' | 'operator'

/** What is known of the health of one peer. Small and written in place: every answer may count. */
export interface PeerHealth {
  /** Null while the peer is healthy. */
  unhealthyBy: UnhealthyBy | null
  successes: number
  httpFailures: number
  tcpFailures: number
  timeouts: number
  /** How often in a row traffic took the peer out; grows its next absence. */
  ejections: number
  /** When traffic took it out last, epoch ms; minus infinity when no return was awaited then. */
  ejectedMs: number
  /** When a trial request may find out whether it is back, epoch ms; infinite when nothing but a probe or an operator can. */
  trialFromMs: number
  /** A trial request is under way. */
  isOnTrial: boolean
  /** Since when it is healthy, epoch ms. */
  healthySinceMs: number
}

export function newPeerHealth(): PeerHealth {
  return {
    unhealthyBy: null,
    successes: 0,
    httpFailures: 0,
    tcpFailures: 0,
    timeouts: 0,
    ejections: 0,
    ejectedMs: Number.NEGATIVE_INFINITY,
    trialFromMs: Number.POSITIVE_INFINITY,
    isOnTrial: false,
    healthySinceMs: Number.NEGATIVE_INFINITY,
  }
}

/**
 * Counts an event and returns whether it reached its limit. A success clears the failures, a failure the successes
 * (reference kong.md section 6); a limit of 0 is never reached.
 */
export function count(health: PeerHealth, event: HealthEvent, limits: FlipLimits): boolean {
  if (event === 'success') {
    health.httpFailures = 0
    health.tcpFailures = 0
    health.timeouts = 0
    health.successes += 1
    return limits.successes > 0 && health.successes >= limits.successes
  }
  health.successes = 0
  switch (event) {
    case 'http-failure':
      health.httpFailures += 1
      return limits.httpFailures > 0 && health.httpFailures >= limits.httpFailures
    case 'tcp-failure':
      health.tcpFailures += 1
      return limits.tcpFailures > 0 && health.tcpFailures >= limits.tcpFailures
    case 'timeout':
      health.timeouts += 1
      return limits.timeouts > 0 && health.timeouts >= limits.timeouts
  }
}

/** Forgets what was counted, not what came of it. */
export function restartCounting(health: PeerHealth): void {
  health.successes = 0
  health.httpFailures = 0
  health.tcpFailures = 0
  health.timeouts = 0
}

export function markHealthy(health: PeerHealth, nowMs: number): void {
  restartCounting(health)
  if (health.unhealthyBy === null) return
  health.unhealthyBy = null
  health.healthySinceMs = nowMs
  health.trialFromMs = Number.POSITIVE_INFINITY
  health.isOnTrial = false
}

/** Takes the peer out until a probe or an operator brings it back. */
export function markUnhealthy(health: PeerHealth, by: 'probes' | 'operator'): void {
  restartCounting(health)
  health.unhealthyBy = by
  health.trialFromMs = Number.POSITIVE_INFINITY
  health.isOnTrial = false
}

/** How the absence of an ejected peer is measured. */
export interface Recovery {
  /** Of a first ejection, in ms. */
  readonly baseMs: number
  readonly nowMs: number
  /** 0 … 1: spreads the returns of peers that failed together. */
  readonly random: number
}

/**
 * Takes the peer out because of its traffic. It may be tried again after a time that doubles with each ejection in a
 * row and is forgotten again one by one while the peer is healthy (reliability.md section 8, after Envoy's outlier
 * detection); without `recovery` only a probe or an operator brings it back, as in Kong.
 */
export function eject(health: PeerHealth, recovery: Recovery | null): void {
  restartCounting(health)
  if (health.unhealthyBy === null && recovery !== null) {
    // A clock that is set back takes no ejection away, and adds none.
    const healthyMs = Math.max(0, recovery.nowMs - health.healthySinceMs)
    health.ejections = Math.max(0, health.ejections - Math.floor(healthyMs / recovery.baseMs))
  }
  health.unhealthyBy = 'traffic'
  health.isOnTrial = false
  health.ejectedMs = recovery?.nowMs ?? Number.NEGATIVE_INFINITY
  health.trialFromMs =
    recovery === null ? Number.POSITIVE_INFINITY : recovery.nowMs + absence(health, recovery)
  health.ejections += 1
}

/** Another `recovery` holds for a peer that is out as well: `baseMs` from its ejection at the latest; null: no return. */
export function changeRecovery(health: PeerHealth, baseMs: number | null): void {
  if (health.unhealthyBy !== 'traffic') return
  health.trialFromMs =
    baseMs === null
      ? Number.POSITIVE_INFINITY
      : Math.min(health.trialFromMs, health.ejectedMs + baseMs)
}

const LONGEST_ABSENCE_MS = 300_000
const JITTER = 0.1

function absence({ ejections }: PeerHealth, { baseMs, random }: Recovery): number {
  const ceilingMs = Math.max(LONGEST_ABSENCE_MS, baseMs)
  const meanMs = Math.min(baseMs * 2 ** ejections, ceilingMs)
  return meanMs * (1 - JITTER + 2 * JITTER * random)
}
