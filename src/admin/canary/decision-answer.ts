import type { Decision, Variant } from '../../model/decision.ts'
import { textFromHeader } from '../../model/header-text.ts'
import type { Identity } from '../../model/identity.ts'
import { BUCKET_COUNT } from '../../variants/bucket.ts'
import type { CompiledCanary } from '../../variants/compile-canary.ts'
import { explainDecision } from '../../variants/explain.ts'
import { momentAt } from './moment.ts'

/** A decision for people and programs: the side, the rule and the numbers behind it. */
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

/** Without a sticky key requests take turns, so that no side can be named unless one gets them all. */
function fixedVariant({ variant, rule, hash }: Decision): Variant | null {
  if (rule !== 'hash' || hash === null || hash.key !== null) return variant
  return hash.threshold === 0 || hash.threshold === BUCKET_COUNT ? variant : null
}

/** Keys from header fields hold a character per byte; shown is the text that the client meant. */
function inReadableText(decision: Decision): Decision {
  const { hash } = decision
  const isFromField = hash?.source === 'header' || hash?.source === 'cookie'
  if (hash === null || hash.key === null || !isFromField) return decision
  return { ...decision, hash: { ...hash, key: textFromHeader(hash.key) } }
}
