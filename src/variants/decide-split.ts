import type { SplitDecision } from '../model/decision.ts'
import type { Draws } from '../model/draws.ts'
import { bucketOf } from './bucket.ts'
import type { CompiledSplit, CompiledSplitItem, CompiledSplitRule } from './compile-split.ts'
import type { RequestFacts } from './expressions/request-facts.ts'
import { itemAtTurn, itemOfBucket } from './split-wheel.ts'
import { stickyKeyOf } from './sticky-key.ts'

/** What a traffic-split decided, and the item that it means. */
export interface SplitChoice {
  readonly decision: SplitDecision
  readonly item: CompiledSplitItem
}

/**
 * The item that serves a request: of the first rule that applies, by turns or by the hash of its sticky key (a request
 * without one takes a turn); null when no rule applies. Never fails.
 * Source: APISIX, traffic-split (reference apisix.md, a2 and a3); hashing is ours.
 */
export function decideSplit(
  { pluginId, rules }: CompiledSplit,
  facts: RequestFacts,
  draws: Draws,
): SplitChoice | null {
  const place = rules.findIndex(({ conditions }) => applies(conditions, facts))
  const rule = rules[place]
  if (rule === undefined) return null
  const { position, hash, issueCookie } = positionOf(rule, facts, draws)
  const item = rule.items[position] as CompiledSplitItem
  return { item, decision: { pluginId, rule: place, item: item.index, hash, issueCookie } }
}

function applies(conditions: CompiledSplitRule['conditions'], facts: RequestFacts): boolean {
  return conditions === null || conditions.some(({ holds }) => holds(facts))
}

type Position = Pick<SplitDecision, 'hash' | 'issueCookie'> & { readonly position: number }

function positionOf(rule: CompiledSplitRule, facts: RequestFacts, draws: Draws): Position {
  const { sticky } = rule
  if (sticky === null) return nextTurn(rule, draws)
  const { source, key, isIssued } = stickyKeyOf(sticky.on, facts, draws)
  if (key === null) return nextTurn(rule, draws)
  const bucket = bucketOf(sticky.salt, key)
  return {
    position: itemOfBucket(rule.limits, bucket),
    hash: { source, key, salt: sticky.salt, bucket },
    issueCookie:
      isIssued && sticky.on.source === 'cookie' ? { name: sticky.on.name, value: key } : null,
  }
}

function nextTurn({ wheel, turns }: CompiledSplitRule, draws: Draws): Position {
  const position = itemAtTurn(wheel, draws.nextInCycle(turns))
  return { position, hash: null, issueCookie: null }
}
