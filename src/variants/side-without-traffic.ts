import type { CanarySide, DecisionRule } from '../model/decision.ts'
import { BUCKET_COUNT } from './bucket.ts'
import type { CompiledCanary } from './compile-canary.ts'
import { shareAt } from './share.ts'

/**
 * The side that gets no new requests at `nowMs` (epoch) of those that once were chosen by `rule`, or null while both
 * may: the canary when no plugin is in force (whatever the rule), and for what the share decides the canary at 0 and
 * the primary at 100 percent. Whom the override header or groups have put on a side is there at any share.
 */
export function sideWithoutTraffic(
  canary: CompiledCanary | null,
  rule: DecisionRule,
  nowMs: number,
): CanarySide | null {
  if (canary === null) return 'canary'
  if (canary.assignment.kind !== 'hash' || !RULES_OF_THE_SHARE.has(rule)) return null
  const { threshold } = shareAt(canary.assignment.schedule, nowMs)
  if (threshold === 0) return 'canary'
  return threshold === BUCKET_COUNT ? 'primary' : null
}

/** Without a canary everybody is where a share of 0 would have them. */
const RULES_OF_THE_SHARE: ReadonlySet<DecisionRule> = new Set<DecisionRule>(['hash', 'no-canary'])
