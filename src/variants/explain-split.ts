import type { Identity } from '../model/identity.ts'
import { BUCKET_COUNT } from './bucket.ts'
import type { CompiledSplit, CompiledSplitItem, CompiledSplitRule } from './compile-split.ts'
import type { SplitChoice } from './decide-split.ts'
import { keyText, missingText, percentText, positionText } from './explain-words.ts'
import { type SplitPlace, splitVariantOf } from './split-variant.ts'

/** What a traffic-split means for all requests like one that it was asked about. */
export interface SplitExplanation {
  /** Null when no rule applies. */
  readonly rule: CompiledSplitRule | null
  /** The item that gets them all; null when no rule applies, and when the items take turns. */
  readonly item: CompiledSplitItem | null
  readonly sentence: string
}

/** Explains a choice of `decideSplit` in words, without a full stop; `identity` is the one it was made from. */
export function explainSplit(
  { rules }: CompiledSplit,
  choice: SplitChoice | null,
  { identity, upstreamName }: Pick<SplitPlace, 'upstreamName'> & { readonly identity: Identity },
): SplitExplanation {
  if (choice === null) {
    return { rule: null, item: null, sentence: 'no rule of the traffic-split applies' }
  }
  const { rule: place, hash } = choice.decision
  const rule = rules[place] as CompiledSplitRule
  const applies = `rule ${place} of the traffic-split applies`
  const textOf = (item: CompiledSplitItem) => {
    const variant = splitVariantOf(item, { rule: place, upstreamName })
    return `item ${item.index} (${variant ?? "the service's own upstream"})`
  }
  if (hash !== null && rule.sticky !== null) {
    const missing = hash.source === rule.sticky.on.source ? '' : `${missingText(rule.sticky.on)}; `
    const bucket = `bucket ${hash.bucket} of ${BUCKET_COUNT} (${positionText(hash.bucket)} %)`
    const key = keyText(hash, rule.sticky.on, identity)
    const sentence = `${applies}; ${missing}${key} hashes to ${bucket}, which is that of ${textOf(choice.item)}`
    return { rule, item: choice.item, sentence }
  }
  if (rule.sharesPercent.includes(100)) {
    return { rule, item: choice.item, sentence: `${applies}, and all go to ${textOf(choice.item)}` }
  }
  const shares = rule.items.map(
    (item, at) => `${textOf(item)} ${percentText(rule.sharesPercent[at] ?? 0)} %`,
  )
  return { rule, item: null, sentence: `${applies}; its items take turns: ${shares.join(', ')}` }
}
