import { z } from 'zod'
import type { DeepReadonly } from './deep-readonly.ts'
import type { EntityDefinition } from './entity.ts'
import { foreignKey, id, required, tags, text, timestampSeconds } from './fields.ts'

const ACL_GROUP_SCHEMA = z.strictObject({
  id: id(),
  created_at: timestampSeconds('created'),
  consumer: required(foreignKey('consumers'), 'Consumer that is a member of the group.'),
  group: required(
    text(),
    'Name of the group, as in allow and deny of the acl plugin and groups of the canary plugin.',
  ),
  tags: tags(),
})

/** Membership of a consumer in a group. Source: Kong Gateway 3.9, ACL plugin. */
export type AclGroup = DeepReadonly<z.infer<typeof ACL_GROUP_SCHEMA>>

export const ACL_GROUP_DEFINITION: EntityDefinition<'acls'> = {
  kind: 'acls',
  schema: ACL_GROUP_SCHEMA,
  endpointKey: 'group',
  unique: [['consumer', 'group']],
  foreignKeys: { consumer: { kind: 'consumers', isRequired: true, onParentDelete: 'cascade' } },
  hasUpdatedAt: false,
  hasFractionalTimestamps: false,
}
