import type { Consumer } from '../../../model/consumer.ts'
import { pluginsOf, projectPlugins } from '../plugins/scoped-plugins.ts'
import type { ApisixValue } from '../shared/apisix-resource.ts'
import type { ConfigurationView } from '../shared/configuration-view.ts'
import { fieldsBeyond, underKong, withoutNulls } from '../shared/kong-fields.ts'
import { authPlugin } from './auth-plugins.ts'
import { credentialsOf, ownCredentialId } from './credentials.ts'
import { groupIdShown } from './group-id.ts'

/** Fields of a consumer that APISIX has no words for: a write in its dialect leaves them as they are. */
export const KONG_ONLY_CONSUMER_FIELDS = ['custom_id', 'tags'] as const

/** A consumer as it stands in APISIX, without name and times. What APISIX cannot say of it is under `kong`. */
export function projectConsumer(view: ConfigurationView, consumer: Consumer): ApisixValue {
  const { id, apisix } = consumer
  const own = credentialsOf(view, id).filter(
    ({ plugin, credential }) => credential.id === ownCredentialId(id, plugin),
  )
  const plugins = {
    ...Object.fromEntries(
      own.map(({ plugin, credential }) => [plugin, authPlugin(plugin).fromKong(credential)]),
    ),
    ...projectPlugins(view, pluginsOf(view, { field: 'consumer', id })),
  }
  const groupId = apisix?.group_id ?? null
  return {
    ...withoutNulls({
      desc: apisix?.desc,
      labels: apisix?.labels,
      group_id: groupId === null ? null : groupIdShown(view, groupId),
      plugins: Object.keys(plugins).length === 0 ? null : plugins,
    }),
    ...underKong({
      ...fieldsBeyond(consumer, KONG_ONLY_CONSUMER_FIELDS, { custom_id: null, tags: null }),
      ...groupsBeyond(view, consumer),
      ...acls(view, consumer),
    }),
  }
}

/** Memberships that were written in Kong's dialect, where there may be many. */
function groupsBeyond(view: ConfigurationView, { id, apisix }: Consumer): ApisixValue {
  const groups = view
    .where('consumer_group_consumers', 'consumer', id)
    .map(({ consumer_group }) => consumer_group.id)
    .filter((groupId) => groupId !== apisix?.group_id)
  return groups.length === 0
    ? {}
    : { consumer_groups: groups.map((groupId) => view.get('consumer_groups', groupId)?.name) }
}

function acls(view: ConfigurationView, { id }: Consumer): ApisixValue {
  const groups = view.where('acls', 'consumer', id).map(({ group }) => group)
  return groups.length === 0 ? {} : { acls: groups }
}
