import { z } from 'zod'
import type { DeepReadonly } from './deep-readonly.ts'
import type { EntityDefinition } from './entity.ts'
import { foreignKey, id, required, tags, timestampSeconds } from './fields.ts'

const CONSUMER_GROUP_MEMBER_SCHEMA = z.strictObject({
  id: id(),
  created_at: timestampSeconds('created'),
  consumer_group: required(foreignKey('consumer_groups'), 'Group that the consumer is in.'),
  consumer: required(foreignKey('consumers'), 'Consumer that is in the group.'),
  tags: tags(),
})

/** Membership of a consumer in a consumer group, once at most. Kong's name of the table. */
export type ConsumerGroupMember = DeepReadonly<z.infer<typeof CONSUMER_GROUP_MEMBER_SCHEMA>>

export const CONSUMER_GROUP_MEMBER_DEFINITION: EntityDefinition<'consumer_group_consumers'> = {
  kind: 'consumer_group_consumers',
  schema: CONSUMER_GROUP_MEMBER_SCHEMA,
  endpointKey: null,
  unique: [['consumer_group', 'consumer']],
  foreignKeys: {
    consumer_group: { kind: 'consumer_groups', isRequired: true, onParentDelete: 'cascade' },
    consumer: { kind: 'consumers', isRequired: true, onParentDelete: 'cascade' },
  },
  hasUpdatedAt: false,
  hasFractionalTimestamps: false,
}
