import { type ApisixId, entityIdOf } from '../../../model/apisix/apisix-id.ts'
import type { ConsumerGroup } from '../../../model/consumer-group.ts'
import { projectShared } from '../plugin-configs/project-shared.ts'
import { parseShared, SHARED_BODY } from '../plugin-configs/shared-body.ts'
import { checkedPlugins } from '../plugins/check-plugins.ts'
import { pluginsBeyond, pluginsOf, writePlugins } from '../plugins/scoped-plugins.ts'
import type { ApisixResource, ApisixValue, ApisixWrite } from '../shared/apisix-resource.ts'
import type { ConfigurationView } from '../shared/configuration-view.ts'
import { ownKongFieldsOf, underKong } from '../shared/kong-fields.ts'
import { putUnder } from '../shared/put-entity.ts'
import { groupNamed } from './group-id.ts'

/** /apisix/admin/consumer_groups. Its plugins are plugins of the group. */
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
  project: (view, entity) => projectGroup(view, entity as ConsumerGroup),
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

function projectGroup(view: ConfigurationView, { id, tags, apisix }: ConsumerGroup): ApisixValue {
  const plugins = pluginsOf(view, { field: 'consumer_group', id })
  const beyond = pluginsBeyond(plugins)
  return {
    ...projectShared(view, { plugins, about: apisix ?? null }),
    ...underKong({
      ...(tags === null ? {} : { tags }),
      ...(Object.keys(beyond).length === 0 ? {} : { plugins: beyond }),
    }),
  }
}

async function writeGroup(write: ApisixWrite, id: ApisixId, given: ApisixValue): Promise<string> {
  const body = parseShared(given)
  const existing = groupNamed(write.view, id)
  const entityId = existing?.id ?? entityIdOf('consumer_groups', id)
  const plugins = checkedPlugins(write.view, body.plugins)
  const { name, desc, labels } = body
  const kong = ownKongFieldsOf(body.kong, ['tags'], {
    ofOthers: ['plugins'],
    shown: existing === undefined ? undefined : projectGroup(write.view, existing).kong,
  })
  await putUnder(write, 'consumer_groups', {
    id: entityId,
    fields: {
      name: existing?.name ?? String(id),
      tags: existing?.tags ?? null,
      apisix: { id, name, desc, labels },
      ...kong,
    },
  })
  await writePlugins(write, { field: 'consumer_group', id: entityId }, plugins)
  return entityId
}

function consumersIn(view: ConfigurationView, groupId: string) {
  return view.all('consumers').filter(({ apisix }) => apisix?.group_id === groupId)
}
