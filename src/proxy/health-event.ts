import {
  eventOfStatus,
  type HealthEvent,
  type PassiveRules,
} from '../balancing/health/health-rules.ts'
import type { ForwardFailureReason, ForwardOutcome } from './forwarder.ts'

/**
 * What a try says of the health of its peer (reliability.md section 6); null when it says nothing: the client or the
 * gateway was at fault, the status is not judged (a switch of protocols is a success), an idle connection turned out to
 * be dead, or TLS failed where the client chose the name to ask for: no client shall take a peer away from others.
 * `status` is that of the upstream's answer, null without one.
 */
export function healthEventOf(
  outcome: ForwardOutcome,
  status: number | null,
  { rules, isNamedByClient }: { readonly rules: PassiveRules; readonly isNamedByClient: boolean },
): HealthEvent | null {
  if (outcome.kind === 'failed' && outcome.failure.side === 'upstream') {
    const { reason } = outcome.failure
    if (reason === 'reset' && outcome.reusedSocket) return null
    if (isNamedByClient && FAILURES_BY_NAME.has(reason)) return null
    return TIMEOUTS.has(reason) ? 'timeout' : 'tcp-failure'
  }
  if (status === null) return null
  if (rules.statuses === null || status === SWITCHED) return 'success'
  return eventOfStatus(rules.statuses, status)
}

const SWITCHED = 101

/** What a name that a peer does not go by may lead to. */
const FAILURES_BY_NAME: ReadonlySet<ForwardFailureReason> = new Set([
  'certificate-name',
  'certificate-untrusted',
  'tls-failed',
])

const TIMEOUTS: ReadonlySet<ForwardFailureReason> = new Set([
  'connect-timeout',
  'send-timeout',
  'read-timeout',
])
