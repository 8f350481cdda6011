import { type ApisixId, entityIdOf } from '../../../model/apisix/apisix-id.ts'
import type { PluginConfig } from '../../../model/plugin-config.ts'
import { writePlugins } from '../plugins/scoped-plugins.ts'
import { asWritten, sharedOf, withShared } from '../plugins/shared-plugins.ts'
import { ownPluginsOf } from '../routes/project-route.ts'
import type { ApisixResource, ApisixValue, ApisixWrite } from '../shared/apisix-resource.ts'
import type { ConfigurationView } from '../shared/configuration-view.ts'
import { kongFieldsOf, underKong } from '../shared/kong-fields.ts'
import { putUnder } from '../shared/put-entity.ts'
import { apisixIdOf } from '../shared/shown-id.ts'
import { projectShared } from './project-shared.ts'
import { judgedPlugins, parseShared, SHARED_BODY } from './shared-body.ts'

/** /apisix/admin/plugin_configs. The routes that name one have copies of its plugins, where they have none of their own. */
export const PLUGIN_CONFIG_RESOURCE: ApisixResource = {
  segment: 'plugin_configs',
  word: 'plugin config',
  schema: SHARED_BODY,
  kind: 'plugin_configs',
  methods: ['GET', 'PUT', 'PATCH', 'DELETE'],
  idField: 'id',
  list: (view) => view.all('plugin_configs'),
  find: (view, id) => view.get('plugin_configs', entityIdOf('plugin_configs', id)),
  idOf: (entity) => apisixIdOf(entity as PluginConfig, entity.id),
  project: (view, entity) => {
    const { plugins, apisix, tags } = entity as PluginConfig
    const shown = projectShared(view, { plugins, about: apisix ?? null })
    return { ...shown, ...underKong(tags === null ? {} : { tags }) }
  },
  prepare: async (body) => {
    parseShared(body)
    return body
  },
  write: writePluginConfig,
  usedBy: (view, entity) => {
    const [route] = routesWith(view, entity.id)
    return route === undefined
      ? null
      : `can not delete this plugin config, route [${apisixIdOf(route, route.id)}] is still using it now`
  },
}

async function writePluginConfig(
  write: ApisixWrite,
  id: ApisixId,
  given: ApisixValue,
): Promise<string> {
  const body = parseShared(given)
  const plugins = await judgedPlugins(write, body)
  const entityId = entityIdOf('plugin_configs', id)
  const { name, desc, labels } = body
  const tags = write.view.get('plugin_configs', entityId)?.tags ?? null
  const shared = sharedOf(plugins)
  const apisix = { id: entityId === id ? null : id, name, desc, labels }
  await putUnder(write, 'plugin_configs', {
    id: entityId,
    fields: { plugins: shared, tags, apisix, ...kongFieldsOf(body.kong, ['tags']) },
  })
  const origin = { plugin_config_id: entityId }
  for (const route of routesWith(write.view, entityId)) {
    const own = asWritten(ownPluginsOf(write.view, route))
    await writePlugins(write, { field: 'route', id: route.id }, withShared(own, shared, origin))
  }
  return entityId
}

function routesWith(view: ConfigurationView, configId: string) {
  return view.all('routes').filter(({ apisix }) => apisix?.plugin_config_id === configId)
}
