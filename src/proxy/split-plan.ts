import type { CompiledUpstream } from '../balancing/compile-upstream.ts'
import type { SplitVariant } from '../model/decision.ts'
import { inlineUpstreamId } from '../model/inline-upstreams.ts'
import type { StoredPlugin } from '../model/plugin-index.ts'
import type { InlineUpstream } from '../model/plugins/inline-upstream.ts'
import type { Service } from '../model/service.ts'
import type { CompiledSplit, CompiledSplitItem } from '../variants/compile-split.ts'
import { splitVariantOf } from '../variants/split-variant.ts'
import { compileUpstreamTls } from './tls/upstream-tls.ts'
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
  return { variant, plan: planInline(destination.upstream, { place, upstream }, sources) }
}

/** The store keeps what a plugin names, and inline upstreams come with their plugin. */
function found(upstream: CompiledUpstream | undefined, id: string): CompiledUpstream {
  if (upstream === undefined)
    throw new Error(`a traffic-split names the upstream ${id}, which is not there`)
  return upstream
}

/** What an inline upstream does not say is as with the service; tries as in APISIX: never more than nodes. */
function planInline(
  inline: InlineUpstream,
  { place, upstream }: { readonly place: VariantPlace; readonly upstream: CompiledUpstream },
  sources: SplitSources,
): VariantPlan {
  const { scheme, pass_host, timeout, retries, nodes } = inline
  const plan = planAt(place, { kind: 'upstream', upstream }, sources)
  const otherNodes = Math.max(0, nodes.length - 1)
  return {
    ...plan,
    scheme,
    tls: compileUpstreamTls(securedAs(place.service, inline), null, sources),
    timeouts:
      timeout === null
        ? plan.timeouts
        : {
            connectMs: inMs(timeout.connect),
            sendMs: inMs(timeout.send),
            readMs: inMs(timeout.read),
          },
    retries: Math.min(retries ?? otherNodes, otherNodes),
    preservesHost: pass_host === 'pass',
  }
}

function securedAs(service: Service, { scheme, tls }: InlineUpstream): Service {
  const certificateId = tls?.client_cert_id ?? null
  return {
    ...service,
    protocol: scheme,
    tls_verify: tls?.verify ?? service.tls_verify,
    client_certificate: certificateId === null ? service.client_certificate : { id: certificateId },
  }
}

function inMs(seconds: number): number {
  return Math.round(seconds * 1000)
}
