import type { StoredPlugin } from '../model/plugin-index.ts'
import type { InlineUpstream } from '../model/plugins/inline-upstream.ts'
import type { SplitItem, SplitRule } from '../model/plugins/traffic-split.ts'
import type { StickyOn } from './compile-canary.ts'
import {
  compileRequestExpression,
  type RequestExpression,
} from './expressions/request-expression.ts'
import { bucketLimits, compileWheel, effectiveWeights, type Wheel } from './split-wheel.ts'

/** A traffic-split ready to decide requests: nothing in it needs to be parsed or computed again. */
export interface CompiledSplit {
  readonly pluginId: string
  /** Whether a rule asks for the consumer group of who sends a request. */
  readonly needsConsumerGroup: boolean
  /** Whether a rule asks for fields of a form, which is in the body of a request. */
  readonly needsFormBody: boolean
  readonly rules: readonly CompiledSplitRule[]
}

export interface CompiledSplitRule {
  /** One of them must hold; null: the rule applies always. */
  readonly conditions: readonly RequestExpression[] | null
  /** Those that are the same are one. */
  readonly items: readonly CompiledSplitItem[]
  /** What each of the items gets in the long run, 0 … 100. */
  readonly sharesPercent: readonly number[]
  readonly wheel: Wheel
  /** Of the items, as `itemOfBucket` takes them. */
  readonly limits: readonly number[]
  /** Names the turns of the items: kept apart from the configuration, so that other changes leave them alone. */
  readonly turns: string
  /** Null: items take turns. */
  readonly sticky: { readonly on: StickyOn; readonly salt: string } | null
}

export interface CompiledSplitItem {
  /** Place among the items of the configuration, from 0. */
  readonly index: number
  readonly destination: SplitDestination
}

export type SplitDestination =
  /** The service's own upstream: what would serve the request without the plugin. */
  | { readonly kind: 'service' }
  | { readonly kind: 'upstream'; readonly id: string }
  | { readonly kind: 'inline'; readonly upstream: InlineUpstream }

/** Compiles a stored traffic-split. Throws ExpressionError for expressions that did not pass `expressionProblems`. */
export function compileSplit(stored: StoredPlugin<'traffic-split'>): CompiledSplit {
  const { id, config } = stored.entity
  const rules = (config.rules ?? []).map((rule, index) =>
    compileRule(rule, { pluginId: id, index }),
  )
  const conditions = rules.flatMap((rule) => rule.conditions ?? [])
  return {
    pluginId: id,
    needsConsumerGroup: conditions.some(({ groupVariable }) => groupVariable !== null),
    needsFormBody: conditions.some(({ formVariable }) => formVariable !== null),
    rules,
  }
}

function compileRule(
  rule: SplitRule,
  { pluginId, index }: { readonly pluginId: string; readonly index: number },
): CompiledSplitRule {
  const items = distinctItems(rule.weighted_upstreams)
  const weights = effectiveWeights(items.map(({ weight }) => weight))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return {
    conditions: conditionsOf(rule),
    items,
    sharesPercent: weights.map((weight) => (weight / total) * 100),
    wheel: compileWheel(weights),
    limits: bucketLimits(weights),
    turns: `${pluginId} rule ${index}`,
    sticky: stickyOf(rule, pluginId),
  }
}

/** An empty list is like none: both say nothing that a request would have to fulfil. */
function conditionsOf({ match }: SplitRule): readonly RequestExpression[] | null {
  if (match === null || match.length === 0) return null
  return match.map(({ vars }) => compileRequestExpression(vars))
}

function stickyOf({ sticky }: SplitRule, pluginId: string): CompiledSplitRule['sticky'] {
  return sticky === null ? null : { on: stickyOn(sticky), salt: sticky.salt ?? pluginId }
}

/** Validation demands the name with `header` and `cookie`; without one there is no key to read. */
function stickyOn({ by, header, cookie }: NonNullable<SplitRule['sticky']>): StickyOn {
  if (by === 'header' && header !== null) return { source: 'header', name: header.toLowerCase() }
  if (by === 'cookie' && cookie !== null) return { source: 'cookie', name: cookie }
  return { source: by === 'ip' ? 'ip' : 'consumer' }
}

/** Of items that mean the same upstream the last weight counts, at the place of the first (reference apisix.md, a3). */
function distinctItems(
  given: readonly SplitItem[],
): readonly (CompiledSplitItem & { readonly weight: number })[] {
  const items = new Map<string, CompiledSplitItem & { readonly weight: number }>()
  for (const [index, item] of given.entries()) {
    const destination = destinationOf(item)
    const key = keyOf(destination, index)
    items.set(key, { index: items.get(key)?.index ?? index, destination, weight: item.weight })
  }
  return [...items.values()]
}

/** Equal for what is one upstream; inline upstreams are always different. */
function keyOf(destination: SplitDestination, index: number): string {
  switch (destination.kind) {
    case 'service':
      return 'service'
    case 'upstream':
      return `upstream ${destination.id}`
    case 'inline':
      return `inline ${index}`
  }
}

function destinationOf({ upstream_id: id, upstream }: SplitItem): SplitDestination {
  if (id !== null) return { kind: 'upstream', id }
  return upstream === null ? { kind: 'service' } : { kind: 'inline', upstream }
}
