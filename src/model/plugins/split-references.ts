import type { Reference } from '../entity.ts'
import type { ErrorDetail } from '../errors.ts'
import type { TrafficSplitConfig } from './traffic-split.ts'

/** The upstreams and certificates that a traffic-split names. */
export function referencesOfSplit({ rules }: TrafficSplitConfig): readonly Reference[] {
  return (rules ?? []).flatMap(({ weighted_upstreams }) =>
    weighted_upstreams.flatMap(({ upstream_id, upstream }): Reference[] => {
      if (upstream_id !== null)
        return [{ field: SPLIT_UPSTREAM_FIELD, kind: 'upstreams', id: upstream_id }]
      const id = upstream?.tls?.client_cert_id ?? null
      return id === null ? [] : [{ field: CERTIFICATE_FIELD, kind: 'certificates', id }]
    }),
  )
}

/** Field of the references to upstreams. */
export const SPLIT_UPSTREAM_FIELD = 'config.rules.weighted_upstreams.upstream_id'
const CERTIFICATE_FIELD = 'config.rules.weighted_upstreams.upstream.tls.client_cert_id'

/** An upstream that an item names, by its id or its name. */
export interface NamedUpstream {
  /** Where in the plugin. */
  readonly path: ErrorDetail['path']
  readonly name: string
}

/** The upstreams that the items of a traffic-split name. */
export function upstreamsNamedIn({ rules }: TrafficSplitConfig): readonly NamedUpstream[] {
  return (rules ?? []).flatMap(({ weighted_upstreams: items }, rule) =>
    items.flatMap(({ upstream_id: name }, item) => {
      const path = ['config', 'rules', rule, 'weighted_upstreams', item, 'upstream_id']
      return name === null ? [] : [{ path, name }]
    }),
  )
}

/** The configuration with the ids that names stand for; what is not among them stays as it is. */
export function withUpstreamIds(
  config: TrafficSplitConfig,
  ids: ReadonlyMap<string, string>,
): TrafficSplitConfig {
  if (config.rules === null) return config
  const rules = config.rules.map((rule) => ({
    ...rule,
    weighted_upstreams: rule.weighted_upstreams.map((item) => {
      const { upstream_id: name } = item
      return name === null ? item : { ...item, upstream_id: ids.get(name) ?? name }
    }),
  }))
  return { ...config, rules }
}
