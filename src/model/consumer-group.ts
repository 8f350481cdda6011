import { z } from 'zod'
import { CONSUMER_GROUP_EXTENSION } from './apisix/consumer-extension.ts'
import type { DeepReadonly } from './deep-readonly.ts'
import type { EntityDefinition } from './entity.ts'
import { absentWhenNull, extension, id, required, tags, text, timestampSeconds } from './fields.ts'

const CONSUMER_GROUP_SCHEMA = z
  .strictObject({
    id: id(),
    created_at: timestampSeconds('created'),
    updated_at: timestampSeconds('last changed'),
    name: required(
      text(),
      'Unique name of the group. Of a consumer in several groups, plugins heed the first by name.',
    ),
    tags: tags(),
    apisix: extension(
      CONSUMER_GROUP_EXTENSION,
      "What Kong's fields have no words for of a group that was written in APISIX's dialect; absent by default.",
    ),
  })
  .overwrite(absentWhenNull('apisix'))

/**
 * Consumers that plugins can be limited to together. Not the groups of the acl and canary plugins, which are ACL
 * groups. Source: Kong Gateway 3.9 Enterprise, Consumer Group object.
 */
export type ConsumerGroup = DeepReadonly<z.infer<typeof CONSUMER_GROUP_SCHEMA>>

export const CONSUMER_GROUP_DEFINITION: EntityDefinition<'consumer_groups'> = {
  kind: 'consumer_groups',
  schema: CONSUMER_GROUP_SCHEMA,
  endpointKey: 'name',
  unique: [['name']],
  foreignKeys: {},
  hasUpdatedAt: true,
  hasFractionalTimestamps: false,
}
