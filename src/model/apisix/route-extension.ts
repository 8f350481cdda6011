import { z } from 'zod'
import type { DeepReadonly } from '../deep-readonly.ts'
import { oneOf, optional, setOf, uuid, withDefault } from '../fields.ts'
import { apisixId } from './apisix-id.ts'
import { APISIX_TIMEOUT, apisixDescription, apisixLabels, apisixName } from './common-fields.ts'
import { apisixHosts } from './hosts.ts'
import { APISIX_ROUTE_MATCH } from './route-match.ts'

/** What a route says that was written in APISIX's dialect, and Kong's fields have no words for. */
export const ROUTE_EXTENSION = z.strictObject({
  ...APISIX_ROUTE_MATCH.shape,
  id: optional(apisixId(), 'Id as it was written; null (the id of the entity) by default.'),
  name: apisixName(),
  desc: apisixDescription(),
  labels: apisixLabels(),
  written_as: withDefault(
    setOf(oneOf(['uri', 'paths', 'host', 'remote_addr'])),
    [],
    'Names that were used in place of uris, hosts and remote_addrs; default none.',
  ),
  any_host: optional(
    apisixHosts(),
    'Hosts as they were written, one of which is `*`, so that any matches; null by default.',
  ),
  timeout: optional(
    APISIX_TIMEOUT,
    'Limits of time in place of those of upstream and service; null (those) by default.',
  ),
  upstream_id: optional(
    uuid(),
    'Id of the upstream in place of that of the service, the id of the route itself for one that is written in it; null (that of the service) by default.',
  ),
  plugin_config_id: optional(
    uuid(),
    'Id of the plugin config that fills the gaps in the plugins of the route; null (none) by default.',
  ),
  enable_websocket: optional(
    z.boolean(),
    'As it was written; null by default. No effect on traffic: WebSockets pass in any case.',
  ),
})

export type RouteExtension = DeepReadonly<z.infer<typeof ROUTE_EXTENSION>>
