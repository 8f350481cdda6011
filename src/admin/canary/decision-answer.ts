import type { Decision, Variant } from '../../model/decision.ts'
import type { Identity } from '../../model/identity.ts'
import { BUCKET_COUNT } from '../../variants/bucket.ts'
import type { CompiledCanary } from '../../variants/compile-canary.ts'
import { explainDecision } from '../../variants/explain.ts'
import { keyAsText } from './key-text.ts'
import { momentAt } from './moment.ts'
import type { SplitAnswer } from './split-answer.ts'

/** What a decision is told with. */
export type DecisionAnswer = ReturnType<typeof decisionAnswer>

/** A decision of the canary plugin for people and programs: the side, the rule and the numbers behind it. */
export function decisionAnswer(
  decision: Decision,
  canary: CompiledCanary | null,
  identity: Identity,
) {
  const shown = inReadableText(decision)
  const { hash } = shown
  const { sentence, movesAtPercent, movesAtMs } = explainDecision(shown, canary, identity)
  return {
    variant: fixedVariant(decision),
    rule: decision.rule,
    sentence,
    key: hash?.key ?? null,
    key_source: hash?.source ?? null,
    salt: hash?.salt ?? null,
    bucket: hash === null || hash.key === null ? null : hash.bucket,
    threshold: hash?.threshold ?? null,
    share_percent: hash?.sharePercent ?? null,
    moves_at_percent: movesAtPercent,
    moves_at: movesAtMs === null ? null : momentAt(movesAtMs),
  }
}

/**
 * The same where a traffic-split leaves nothing to the canary plugin: an upstream of its own; or one of several, without
 * a name, since its items take turns.
 */
export function splitDecisionAnswer({
  variant,
  sentence,
  hash,
  share,
}: SplitAnswer): DecisionAnswer {
  return {
    variant,
    rule: 'traffic-split',
    sentence: `${sentence}.`,
    key: hash?.key ?? null,
    key_source: hash?.source ?? null,
    salt: hash?.salt ?? null,
    bucket: hash?.bucket ?? null,
    threshold: null,
    share_percent: share,
    moves_at_percent: null,
    moves_at: null,
  }
}

/** Without a sticky key requests take turns, so that no side can be named unless one gets them all. */
function fixedVariant({ variant, rule, hash }: Decision): Variant | null {
  if (rule !== 'hash' || hash === null || hash.key !== null) return variant
  return hash.threshold === 0 || hash.threshold === BUCKET_COUNT ? variant : null
}

function inReadableText(decision: Decision): Decision {
  const { hash } = decision
  if (hash === null || hash.key === null) return decision
  const { source, key } = hash
  return { ...decision, hash: { ...hash, key: keyAsText({ source, key }) } }
}
