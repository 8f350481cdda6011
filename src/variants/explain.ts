import type { Decision, HashEvidence } from '../model/decision.ts'
import type { Identity } from '../model/identity.ts'
import { BUCKET_COUNT, firstStepWith } from './bucket.ts'
import type { CompiledCanary, HashAssignment } from './compile-canary.ts'
import { consumerText, keyText, missingText, percentText, positionText } from './explain-words.ts'
import { firstGroupIn } from './first-group-in.ts'
import { instantOfStep, shareOfStep } from './share.ts'

/** The answer to "why me?". */
export interface Explanation {
  readonly sentence: string
  /** The smallest share in percent that has this key on the canary; null when no hashed key decides. */
  readonly movesAtPercent: number | null
  /** When a timed rollout reaches, or reached, that share, epoch milliseconds; null in other modes. */
  readonly movesAtMs: number | null
}

/**
 * Explains a decision of `decideVariant` in words; `canary` and `identity` are those it was made from.
 * A key that is on the canary already moved there at `movesAtPercent`; any other one will.
 */
export function explainDecision(
  decision: Decision,
  canary: CompiledCanary | null,
  identity: Identity,
): Explanation {
  const { hash } = decision
  if (decision.rule === 'hash' && hash !== null && canary?.assignment.kind === 'hash') {
    return explainHash({ ...decision, hash }, canary.assignment, identity)
  }
  const reason = canary === null ? NO_CANARY : reasonOf(decision, canary, identity)
  return { sentence: `${reason}.`, movesAtPercent: null, movesAtMs: null }
}

const NO_CANARY = 'no canary plugin is in force here, so the primary'

function explainHash(
  { variant, hash }: Decision & { readonly hash: HashEvidence },
  { stickyOn, schedule, cycle }: HashAssignment,
  identity: Identity,
): Explanation {
  const missing = hash.source === stickyOn.source ? '' : `${missingText(stickyOn)}; `
  const percent = percentText(hash.sharePercent)
  if (hash.key === null) {
    const sentence = `${missing}requests without a sticky key take turns, ${percent} % of them on the canary.`
    return { sentence, movesAtPercent: null, movesAtMs: null }
  }
  const step = firstStepWith(hash.bucket, cycle.steps)
  const movesAtPercent = shareOfStep(step, cycle.steps).sharePercent
  const moves = variant === 'canary' ? 'has been there since' : 'moves to the canary at'
  const sentence =
    `${missing}${keyText(hash, stickyOn, identity)} hashes to bucket ${hash.bucket} of ` +
    `${BUCKET_COUNT} (${positionText(hash.bucket)} %); the share is ${percent} %, so the ${variant}; ` +
    `it ${moves} ${percentText(movesAtPercent)} %.`
  return { sentence, movesAtPercent, movesAtMs: instantOfStep(schedule, step) }
}

function reasonOf(decision: Decision, canary: CompiledCanary, identity: Identity): string {
  const { rule, variant } = decision
  switch (rule) {
    case 'no-canary':
      return NO_CANARY
    case 'header-override': {
      const word = variant === 'canary' ? 'always' : 'never'
      return `request header '${canary.overrideHeader}' says '${word}', so the ${variant}`
    }
    case 'never-groups':
    case 'always-groups': {
      const listed = rule === 'never-groups' ? canary.neverGroups : canary.alwaysGroups
      const group = firstGroupIn(listed, identity.groups)
      const field = rule === 'never-groups' ? 'never_groups' : 'always_groups'
      return `${consumerText(identity)} is in group '${group}' of ${field}, so the ${variant} at any share`
    }
    case 'allow':
    case 'deny':
      return membershipReason(decision, canary, identity)
    case 'upstream-fallback':
      return (
        'the canary upstream has no eligible target and upstream_fallback is on, so the primary; ' +
        'the other rules chose the canary'
      )
    case 'safety-net':
      return 'the canary failed and safety_net is on, so the primary; the other rules chose the canary'
    case 'traffic-split':
      return `a traffic-split chose ${variant}, and no canary plugin was asked`
    case 'hash':
      return `the hash decided, so the ${variant}`
  }
}

/** Allow and deny: which listed group the consumer is in, or that it is in none of them. */
function membershipReason(
  { rule, variant }: Decision,
  { assignment }: CompiledCanary,
  identity: Identity,
): string {
  const listed = assignment.kind === 'hash' ? [] : assignment.groups
  const group = firstGroupIn(listed, identity.groups)
  const who = consumerText(identity)
  const groups = `groups to ${rule} (${listed.join(', ')})`
  return group === null
    ? `${who} is in none of the ${groups}, so the ${variant}`
    : `${who} is in group '${group}', one of the ${groups}, so the ${variant}`
}
