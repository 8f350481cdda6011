import type { CompiledUpstream } from '../balancing/compile-upstream.ts'
import type { SplitVariant } from '../model/decision.ts'
import { inlineUpstreamId } from '../model/inline-upstreams.ts'
import type { StoredPlugin } from '../model/plugin-index.ts'
import type { CompiledSplit, CompiledSplitItem } from '../variants/compile-split.ts'
import { splitVariantOf } from '../variants/split-variant.ts'
import {
  destinationOf,
  planAt,
  type VariantPlace,
  type VariantPlan,
  type VariantSources,
} from './variant-plan.ts'

/** A traffic-split on one route. */
export interface SplitPlan {
  readonly compiled: CompiledSplit
  /** Where requests on an item go; not for those that mean the service's own upstream. */
  readonly destinations: ReadonlyMap<CompiledSplitItem, SplitItemPlan>
  /** Those of them that get requests, as `destinationOf` names them. */
  readonly reached: ReadonlySet<string>
}

export interface SplitItemPlan {
  readonly variant: SplitVariant
  readonly plan: VariantPlan
}

export interface SplitSources extends VariantSources {
  upstreamById(id: string): CompiledUpstream | undefined
  /** Compiled once for each version of the plugin. */
  compiledSplit(stored: StoredPlugin<'traffic-split'>): CompiledSplit
}

export function planSplit(
  stored: StoredPlugin<'traffic-split'>,
  place: VariantPlace,
  sources: SplitSources,
): SplitPlan {
  const compiled = sources.compiledSplit(stored)
  const destinations = new Map<CompiledSplitItem, SplitItemPlan>()
  const reached = new Set<string>()
  for (const [rule, { items, sharesPercent }] of compiled.rules.entries()) {
    for (const [at, item] of items.entries()) {
      const id = inlineUpstreamId(compiled.pluginId, rule, item.index)
      const planned = planItem(item, { place, inlineId: id, rule }, sources)
      if (planned === null) continue
      destinations.set(item, planned)
      if (sharesPercent[at] !== 0) reached.add(destinationOf(planned.plan))
    }
  }
  return { compiled, destinations, reached }
}

interface ItemPlace {
  readonly place: VariantPlace
  readonly inlineId: string
  readonly rule: number
}

function planItem(
  item: CompiledSplitItem,
  { place, inlineId, rule }: ItemPlace,
  sources: SplitSources,
): SplitItemPlan | null {
  const { destination } = item
  const upstreamById = (id: string) => found(sources.upstreamById(id), id)
  const upstreamName = (id: string) => upstreamById(id).name
  const variant = splitVariantOf(item, { rule, upstreamName })
  if (destination.kind === 'service' || variant === null) return null
  if (destination.kind === 'upstream') {
    const upstream = upstreamById(destination.id)
    return { variant, plan: planAt(place, { kind: 'upstream', upstream }, sources) }
  }
  const upstream = found(sources.upstreamByName(inlineId), inlineId)
  return { variant, plan: planAt(place, { kind: 'upstream', upstream }, sources) }
}

/** The store keeps what a plugin names, and inline upstreams come with their plugin. */
function found(upstream: CompiledUpstream | undefined, id: string): CompiledUpstream {
  if (upstream === undefined)
    throw new Error(`a traffic-split names the upstream ${id}, which is not there`)
  return upstream
}
