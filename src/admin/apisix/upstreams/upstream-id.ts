import type { ApisixId } from '../../../model/apisix/apisix-id.ts'
import type { ConfigurationView } from '../shared/configuration-view.ts'
import { apisixIdOf } from '../shared/shown-id.ts'

/** The id under which APISIX's dialect names an upstream: that of its owner for one that is written in it. */
export function upstreamIdShown(view: ConfigurationView, entityId: string): ApisixId {
  const upstream = view.get('upstreams', entityId)
  const owner = upstream?.apisix?.owner ?? null
  return owner === null
    ? apisixIdOf(upstream, entityId)
    : apisixIdOf(view.get(owner.kind, owner.id), owner.id)
}
