import type { Decision, DecisionRule, Variant } from '../model/decision.ts'
import type { Draws } from '../model/draws.ts'
import type { Identity } from '../model/identity.ts'
import { firstValue } from '../model/request.ts'
import { bucketOf } from './bucket.ts'
import type { CompiledCanary, HashAssignment } from './compile-canary.ts'
import { bucketInCycle } from './cycle.ts'
import { firstGroupIn } from './first-group-in.ts'
import { shareAt } from './share.ts'
import { type StickyRequest, stickyKeyOf } from './sticky-key.ts'

export interface DecisionInput {
  readonly request: StickyRequest
  readonly identity: Identity
  /** The salt of a canary that has none of its own. */
  readonly serviceId: string
  /** False when the canary upstream has no eligible target; matters only with `upstream_fallback`. */
  readonly isCanaryUsable: boolean
}

/**
 * Which variant serves a request, by which rule, on what numbers. The rules in order: header override,
 * never_groups, always_groups, allow/deny, hash; then `upstream_fallback` may send a canary request to
 * the primary, whatever chose the canary. `now` is epoch milliseconds. Never fails.
 * Source: Kong, canary plugin; never_groups, always_groups and cookies are ours.
 */
export function decideVariant(
  canary: CompiledCanary | null,
  input: DecisionInput,
  now: number,
  draws: Draws,
): Decision {
  if (canary === null) return NO_CANARY
  const decision = byRule(canary, input, { now, draws })
  if (decision.variant === 'primary' || input.isCanaryUsable || !canary.isFallbackOn) {
    return decision
  }
  return { ...decision, variant: 'primary', rule: 'upstream-fallback' }
}

function byRule(canary: CompiledCanary, input: DecisionInput, moment: Moment): Decision {
  const forced = overrideIn(input.request, canary.overrideHeader)
  if (forced !== null) return ruled(canary, 'header-override', forced)

  const { groups } = input.identity
  if (firstGroupIn(canary.neverGroups, groups) !== null) {
    return ruled(canary, 'never-groups', 'primary')
  }
  if (firstGroupIn(canary.alwaysGroups, groups) !== null) {
    return ruled(canary, 'always-groups', 'canary')
  }

  const { assignment } = canary
  if (assignment.kind === 'hash') {
    return hashed({ pluginId: canary.pluginId, assignment }, input, moment)
  }
  const isListed = firstGroupIn(assignment.groups, groups) !== null
  // No consumer, no groups: with allow that is the primary, with deny the canary.
  const isOnCanary = isListed === (assignment.kind === 'allow')
  return ruled(canary, assignment.kind, isOnCanary ? 'canary' : 'primary')
}

/** The exact words only: anything else in the header leaves the request to the other rules. */
function overrideIn(request: StickyRequest, header: string | null): Variant | null {
  if (header === null) return null
  const word = firstValue(request.fields, header)
  if (word === 'always') return 'canary'
  return word === 'never' ? 'primary' : null
}

function ruled(canary: CompiledCanary, rule: DecisionRule, variant: Variant): Decision {
  return { variant, rule, pluginId: canary.pluginId, hash: null, issueCookie: null }
}

function hashed(
  { pluginId, assignment }: { readonly pluginId: string; readonly assignment: HashAssignment },
  input: DecisionInput,
  { now, draws }: Moment,
): Decision {
  const { stickyOn } = assignment
  const { source, key, isIssued } = stickyKeyOf(stickyOn, input, draws)
  const salt = assignment.salt ?? input.serviceId
  const bucket =
    key === null
      ? bucketInCycle(assignment.cycle, draws.nextInCycle(pluginId))
      : bucketOf(salt, key)
  const { threshold, sharePercent } = shareAt(assignment.schedule, now)
  return {
    variant: bucket < threshold ? 'canary' : 'primary',
    rule: 'hash',
    pluginId,
    hash: { source, key, salt, bucket, threshold, sharePercent },
    issueCookie:
      isIssued && key !== null && stickyOn.source === 'cookie'
        ? { name: stickyOn.name, value: key }
        : null,
  }
}

interface Moment {
  readonly now: number
  readonly draws: Draws
}

const NO_CANARY: Decision = {
  variant: 'primary',
  rule: 'no-canary',
  pluginId: null,
  hash: null,
  issueCookie: null,
}
