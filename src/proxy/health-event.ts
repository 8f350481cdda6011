import {
  eventOfStatus,
  type HealthEvent,
  type PassiveRules,
} from '../balancing/health/health-rules.ts'
import type { ForwardFailureReason, ForwardOutcome } from './forwarder.ts'

/**
 * What a try says of the health of its peer (reliability.md section 6); null when it says nothing: the client or the
 * gateway was at fault, the status is not judged (a switch of protocols is a success), or an idle connection turned out to be dead. `status` is that of the
 * upstream's answer, null without one.
 */
export function healthEventOf(
  outcome: ForwardOutcome,
  status: number | null,
  rules: PassiveRules,
): HealthEvent | null {
  if (outcome.kind === 'failed' && outcome.failure.side === 'upstream') {
    if (outcome.failure.reason === 'reset' && outcome.reusedSocket) return null
    return TIMEOUTS.has(outcome.failure.reason) ? 'timeout' : 'tcp-failure'
  }
  if (status === null) return null
  if (rules.statuses === null || status === SWITCHED) return 'success'
  return eventOfStatus(rules.statuses, status)
}

const SWITCHED = 101

const TIMEOUTS: ReadonlySet<ForwardFailureReason> = new Set([
  'connect-timeout',
  'send-timeout',
  'read-timeout',
])
