import { type ApisixId, entityIdOf } from '../../../model/apisix/apisix-id.ts'
import type { ConsumerGroup } from '../../../model/consumer-group.ts'
import { projectShared } from '../plugin-configs/project-shared.ts'
import { judgedPlugins, parseShared, SHARED_BODY } from '../plugin-configs/shared-body.ts'
import { writePlugins } from '../plugins/scoped-plugins.ts'
import { asWritten, sharedOf, withShared } from '../plugins/shared-plugins.ts'
import type { ApisixResource, ApisixValue, ApisixWrite } from '../shared/apisix-resource.ts'
import type { ConfigurationView } from '../shared/configuration-view.ts'
import { underKong } from '../shared/kong-fields.ts'
import { putUnder } from '../shared/put-entity.ts'
import { groupNamed } from './group-id.ts'
import { writtenOn } from './project-consumer.ts'

/** /apisix/admin/consumer_groups. The consumers of one have copies of its plugins, where they have none of their own. */
export const CONSUMER_GROUP_RESOURCE: ApisixResource = {
  segment: 'consumer_groups',
  word: 'consumer group',
  schema: SHARED_BODY,
  kind: 'consumer_groups',
  methods: ['GET', 'PUT', 'PATCH', 'DELETE'],
  idField: 'id',
  list: (view) => view.all('consumer_groups'),
  find: groupNamed,
  idOf: (entity) => {
    const { apisix, name } = entity as ConsumerGroup
    return apisix?.id ?? name
  },
  project: (view, entity) => {
    const { tags, apisix } = entity as ConsumerGroup
    return {
      ...projectShared(view, { plugins: apisix?.plugins ?? [], about: apisix ?? null }),
      ...underKong(tags === null ? {} : { tags }),
    }
  },
  prepare: async (body) => {
    parseShared(body)
    return body
  },
  write: writeGroup,
  usedBy: (view, entity) => {
    const [consumer] = consumersIn(view, entity.id)
    return consumer === undefined
      ? null
      : `can not delete this consumer group, consumer [${consumer.username ?? consumer.id}] is still using it now`
  },
}

async function writeGroup(write: ApisixWrite, id: ApisixId, given: ApisixValue): Promise<string> {
  const body = parseShared(given)
  const existing = groupNamed(write.view, id)
  const entityId = existing?.id ?? entityIdOf('consumer_groups', id)
  const plugins = sharedOf(await judgedPlugins(write, body))
  const { name, desc, labels } = body
  await putUnder(write, 'consumer_groups', {
    id: entityId,
    fields: {
      name: existing?.name ?? String(id),
      tags: existing?.tags ?? null,
      apisix: { id, name, desc, labels, plugins },
    },
  })
  const origin = { plugin_config_id: null, consumer_group_id: entityId }
  for (const consumer of consumersIn(write.view, entityId)) {
    const own = asWritten(writtenOn(write.view, consumer))
    await writePlugins(
      write,
      { field: 'consumer', id: consumer.id },
      withShared(own, plugins, origin),
    )
  }
  return entityId
}

function consumersIn(view: ConfigurationView, groupId: string) {
  return view.all('consumers').filter(({ apisix }) => apisix?.group_id === groupId)
}
