import type { Draws } from '../../model/draws.ts'
import type { StoredPlugin } from '../../model/plugin-index.ts'
import { entityById, type Snapshot } from '../../model/snapshot.ts'
import type { CompiledSplit } from '../../variants/compile-split.ts'
import { decideSplit, type SplitChoice } from '../../variants/decide-split.ts'
import { explainSplit } from '../../variants/explain-split.ts'
import type { RequestFacts } from '../../variants/expressions/request-facts.ts'
import { splitVariantOf } from '../../variants/split-variant.ts'
import { keyAsText } from './key-text.ts'
import { pluginSource } from './stored-canaries.ts'
import { refuseUnknownKey } from './unknown-key.ts'

/** A traffic-split in force, stored and compiled. */
export interface SplitInForce {
  readonly stored: StoredPlugin<'traffic-split'>
  readonly compiled: CompiledSplit
}

/** What a traffic-split makes of a request, for the answer, and whether the canary plugin is asked at all. */
export type SplitAnswer = ReturnType<typeof splitAnswer>

/**
 * Asks the function that the proxy asks. Fails with invalid_options when a key that decides is not in the question.
 */
export function splitAnswer(
  { stored, compiled }: SplitInForce,
  facts: RequestFacts,
  { snapshot, draws }: { readonly snapshot: Snapshot; readonly draws: Draws },
) {
  const choice = readableKey(decideSplit(compiled, facts, draws))
  const upstreamName = (id: string) => entityById(snapshot, 'upstreams', id)?.entity.name ?? id
  const place = choice?.decision.rule ?? 0
  const { rule, item, sentence } = explainSplit(compiled, choice, {
    identity: facts.identity,
    upstreamName,
  })
  const hash = choice?.decision.hash ?? null
  if (rule?.sticky && choice !== null) {
    const { issueCookie } = choice.decision
    refuseUnknownKey('traffic-split', rule.sticky.on, { issueCookie, isMissing: item === null })
  }
  const variant = item && splitVariantOf(item, { rule: place, upstreamName })
  const items = rule?.items.map((each, at) => ({
    item: each.index,
    variant: splitVariantOf(each, { rule: place, upstreamName }),
    share_percent: rule.sharesPercent[at] ?? 0,
  }))
  return {
    sentence,
    variant,
    pluginId: stored.entity.id,
    /** No rule applies, or the item means the service's own upstream. */
    isLeftToCanary: rule === null || item?.destination.kind === 'service',
    share: items?.find((each) => each.item === item?.index)?.share_percent ?? null,
    hash,
    shown: {
      ...pluginSource(stored),
      rule: choice?.decision.rule ?? null,
      item: item?.index ?? null,
      variant,
      key: hash?.key ?? null,
      key_source: hash?.source ?? null,
      salt: hash?.salt ?? null,
      bucket: hash?.bucket ?? null,
      items: items ?? null,
    },
  }
}

function readableKey(choice: SplitChoice | null): SplitChoice | null {
  const { hash } = choice?.decision ?? { hash: null }
  if (choice === null || hash === null) return choice
  return { ...choice, decision: { ...choice.decision, hash: { ...hash, key: keyAsText(hash) } } }
}
