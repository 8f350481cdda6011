import type { Plugin } from '../../../model/plugin.ts'
import { referencesOfShared } from '../../../model/plugin-config.ts'
import { referencesOfSplit } from '../../../model/plugins/split-references.ts'
import { groupIdShown } from '../consumers/group-id.ts'
import type { ConfigurationView } from '../shared/configuration-view.ts'
import { apisixIdOf } from '../shared/shown-id.ts'

/**
 * What has a traffic-split that names an upstream: `route [1]`; null for nothing. That of `ownerId`, which goes with the
 * upstream, does not count. One of a plugin config counts also when no route has it.
 */
export function splitUserOf(
  view: ConfigurationView,
  upstreamId: string,
  ownerId: string | null = null,
): string | null {
  for (const plugin of view.where('plugins', 'name', 'traffic-split')) {
    if (plugin.name !== 'traffic-split') continue
    if (ownerId !== null && [plugin.service?.id, plugin.route?.id].includes(ownerId)) continue
    if (!referencesOfSplit(plugin.config).some(({ id }) => id === upstreamId)) continue
    return ownerOf(view, plugin)
  }
  const config = view
    .all('plugin_configs')
    .find((one) => referencesOfShared(one).some(({ id }) => id === upstreamId))
  return config === undefined ? null : `plugin_config [${apisixIdOf(config, config.id)}]`
}

function ownerOf(view: ConfigurationView, plugin: Plugin): string {
  const { id, route, service, consumer, consumer_group: group } = plugin
  if (route) return `route [${apisixIdOf(view.get('routes', route.id), route.id)}]`
  if (service) return `service [${apisixIdOf(view.get('services', service.id), service.id)}]`
  if (consumer) {
    return `consumer [${view.get('consumers', consumer.id)?.username ?? consumer.id}]`
  }
  if (group) return `consumer_group [${groupIdShown(view, group.id)}]`
  return `the plugin [${id}] for all requests`
}
