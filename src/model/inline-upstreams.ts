import type { Plugin } from './plugin.ts'
import type { InlineUpstream } from './plugins/inline-upstream.ts'

/** An upstream that stands in a plugin. */
export interface PlacedUpstream {
  readonly id: string
  readonly upstream: InlineUpstream
}

/**
 * Under which what is known of an inline upstream's nodes is kept, and how metrics name it. No upstream entity has
 * such a name, and no service such a host. Places count from 0.
 */
export function inlineUpstreamId(pluginId: string, rule: number, item: number): string {
  return `traffic-split/${pluginId}/${rule}/${item}`
}

/** The inline upstreams of a plugin that requests may go to. */
export function inlineUpstreamsIn(plugin: Plugin | undefined): readonly PlacedUpstream[] {
  if (plugin?.name !== 'traffic-split' || !plugin.enabled) return NONE
  return (plugin.config.rules ?? []).flatMap(({ weighted_upstreams }, rule) =>
    weighted_upstreams.flatMap(({ upstream_id, upstream }, item) =>
      upstream_id === null && upstream !== null
        ? [{ id: inlineUpstreamId(plugin.id, rule, item), upstream }]
        : [],
    ),
  )
}

const NONE: readonly PlacedUpstream[] = []
