import type { Reference } from '../entity.ts'
import type { TrafficSplitConfig } from './traffic-split.ts'

/** The upstreams and certificates that a traffic-split names. */
export function referencesOfSplit({ rules }: TrafficSplitConfig): readonly Reference[] {
  return (rules ?? []).flatMap(({ weighted_upstreams }) =>
    weighted_upstreams.flatMap(({ upstream_id, upstream }): Reference[] => {
      if (upstream_id !== null) return [{ field: ID_FIELD, kind: 'upstreams', id: upstream_id }]
      const id = upstream?.tls?.client_cert_id ?? null
      return id === null ? [] : [{ field: CERTIFICATE_FIELD, kind: 'certificates', id }]
    }),
  )
}

const ID_FIELD = 'config.rules.weighted_upstreams.upstream_id'
const CERTIFICATE_FIELD = 'config.rules.weighted_upstreams.upstream.tls.client_cert_id'
