import { z } from 'zod'
import type { DeepReadonly } from '../deep-readonly.ts'
import { optional, withDefault } from '../fields.ts'
import { apisixId } from './apisix-id.ts'
import { apisixDescription, apisixLabels, apisixName } from './common-fields.ts'
import { apisixHosts } from './hosts.ts'

/** What a service says that was written in APISIX's dialect, and Kong's fields have no words for. */
export const SERVICE_EXTENSION = z.strictObject({
  id: optional(apisixId(), 'Id as it was written; null (the id of the entity) by default.'),
  name: apisixName(),
  desc: apisixDescription(),
  labels: apisixLabels(),
  hosts: optional(
    apisixHosts(),
    "Hosts of those of its routes that were written in APISIX's dialect and have none; null (any) by default.",
  ),
  enable_websocket: optional(
    z.boolean(),
    'As it was written; null by default. No effect on traffic: WebSockets pass in any case.',
  ),
  has_upstream: withDefault(
    z.boolean(),
    true,
    'Whether an upstream was written; default true. Without one requests get 503.',
  ),
})

export type ServiceExtension = DeepReadonly<z.infer<typeof SERVICE_EXTENSION>>
