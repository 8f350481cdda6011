import { filledHealthchecks, type Healthchecks } from '../../model/healthchecks.ts'
import type { Upstream } from '../../model/upstream.ts'

/** What happened at a peer, as probes and as proxied traffic see it. */
export type HealthEvent = 'success' | 'http-failure' | 'tcp-failure' | 'timeout'

/** Events in a row that flip a peer; 0 never does. */
export interface FlipLimits {
  readonly successes: number
  readonly httpFailures: number
  readonly tcpFailures: number
  readonly timeouts: number
}

/** Which statuses are judged, and as what; a status in neither set says nothing. */
export interface StatusRules {
  readonly healthy: ReadonlySet<number>
  readonly unhealthy: ReadonlySet<number>
}

export interface PassiveRules {
  readonly limits: FlipLimits
  /** Null when only connections are judged. */
  readonly statuses: StatusRules | null
  /** How long a first ejection lasts, in ms; null: until a probe, an operator or a new target brings the peer back. */
  readonly recoveryMs: number | null
  /** Of the upstream's weight, in percent, that passive checks may take out at most. */
  readonly maxEjectedPercent: number
}

/** What a probe sends, and how long it waits. */
export interface ProbeRules {
  /** `tcp` only connects; so do probes of gRPC. */
  readonly type: 'http' | 'https' | 'tcp'
  readonly path: string
  readonly fields: Readonly<Record<string, readonly string[]>>
  /** Name to ask for in TLS; null for that of the target. */
  readonly serverName: string | null
  readonly verifiesTls: boolean
  readonly timeoutMs: number
  /** Probes of one upstream that may be under way at a time. */
  readonly concurrency: number
}

export interface ActiveRules {
  readonly limits: FlipLimits
  readonly statuses: StatusRules
  /** Time between two probes of a healthy, of an unhealthy peer, in ms; 0: not probed. */
  readonly healthyEveryMs: number
  readonly unhealthyEveryMs: number
  readonly probe: ProbeRules
}

/** When the peers of an upstream are healthy, and the upstream itself. Null where checks are off. */
export interface HealthRules {
  readonly active: ActiveRules | null
  readonly passive: PassiveRules | null
  /** Percent of the weight that must be available, and more, for the upstream to serve. */
  readonly threshold: number
}

/** An upstream whose checks are off in both ways: nothing is ever counted for it. */
export function isUnchecked(rules: HealthRules): boolean {
  return rules.active === null && rules.passive === null
}

/** The health checks of an upstream in the form that traffic needs (reference kong.md sections 2.3 and 6). */
export function compileHealthRules(stored: Upstream['healthchecks']): HealthRules {
  const { active, passive, threshold } = filledHealthchecks(stored)
  const passiveLimits = limitsOf(passive)
  return {
    active:
      active.healthy.interval > 0 || active.unhealthy.interval > 0
        ? {
            limits: limitsOf(active),
            statuses: statusesOf(active),
            healthyEveryMs: active.healthy.interval * 1000,
            unhealthyEveryMs: active.unhealthy.interval * 1000,
            probe: probeRulesOf(active),
          }
        : null,
    passive: canFail(passiveLimits)
      ? {
          limits: passiveLimits,
          statuses: passive.type === 'tcp' ? null : statusesOf(passive),
          recoveryMs: passive.recovery > 0 ? passive.recovery * 1000 : null,
          maxEjectedPercent: passive.max_ejected_percent,
        }
      : null,
    threshold,
  }
}

/** What a status says of the peer that sent it; null when it says nothing. */
export function eventOfStatus(rules: StatusRules, status: number): HealthEvent | null {
  if (rules.healthy.has(status)) return 'success'
  return rules.unhealthy.has(status) ? 'http-failure' : null
}

function probeRulesOf(active: Healthchecks['active']): ProbeRules {
  return {
    type: active.type === 'http' || active.type === 'https' ? active.type : 'tcp',
    path: active.http_path,
    fields: active.headers ?? {},
    serverName: active.https_sni,
    verifiesTls: active.https_verify_certificate,
    timeoutMs: active.timeout * 1000,
    concurrency: active.concurrency,
  }
}

type CheckedHow = Healthchecks['active'] | Healthchecks['passive']

function limitsOf({ healthy, unhealthy }: CheckedHow): FlipLimits {
  return {
    successes: healthy.successes,
    httpFailures: unhealthy.http_failures,
    tcpFailures: unhealthy.tcp_failures,
    timeouts: unhealthy.timeouts,
  }
}

function statusesOf({ healthy, unhealthy }: CheckedHow): StatusRules {
  return { healthy: new Set(healthy.http_statuses), unhealthy: new Set(unhealthy.http_statuses) }
}

function canFail({ httpFailures, tcpFailures, timeouts }: FlipLimits): boolean {
  return httpFailures > 0 || tcpFailures > 0 || timeouts > 0
}
