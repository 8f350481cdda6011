import { z } from 'zod'
import { DEFAULT_TARGET_PORT, targetAddress } from './address-fields.ts'
import type { DeepReadonly } from './deep-readonly.ts'
import type { EntityDefinition } from './entity.ts'
import {
  foreignKey,
  id,
  integer,
  required,
  tags,
  timestampFractional,
  withDefault,
} from './fields.ts'

const TARGET_SCHEMA = z.strictObject({
  id: id(),
  created_at: timestampFractional('created'),
  updated_at: timestampFractional('last changed'),
  upstream: required(foreignKey('upstreams'), 'Upstream that the target belongs to.'),
  target: required(
    targetAddress(),
    `Host name or IP address with port, stored as host:port; the port is ${DEFAULT_TARGET_PORT} by default.`,
  ),
  weight: withDefault(
    integer(0, 65535),
    100,
    'Share of the traffic relative to the other targets, 0 to 65535; default 100. 0 keeps the target without traffic.',
  ),
  tags: tags(),
})

/** One address of an upstream. Source: Kong Gateway 3.9, Target object. */
export type Target = DeepReadonly<z.infer<typeof TARGET_SCHEMA>>

export const TARGET_DEFINITION: EntityDefinition<'targets'> = {
  kind: 'targets',
  schema: TARGET_SCHEMA,
  endpointKey: 'target',
  unique: [['upstream', 'target']],
  foreignKeys: { upstream: { kind: 'upstreams', isRequired: true, onParentDelete: 'cascade' } },
  hasUpdatedAt: true,
  hasFractionalTimestamps: true,
}
