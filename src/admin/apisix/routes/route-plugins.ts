import { type ApisixId, entityIdOf } from '../../../model/apisix/apisix-id.ts'
import type { CheckedPlugin } from '../plugins/check-plugins.ts'
import { writePlugins } from '../plugins/scoped-plugins.ts'
import { withShared } from '../plugins/shared-plugins.ts'
import type { ApisixWrite } from '../shared/apisix-resource.ts'

/** Makes these the plugins of a route, with those of its plugin config in the gaps. */
export async function writeRoutePlugins(
  write: ApisixWrite,
  { routeId, configId }: { readonly routeId: string; readonly configId: ApisixId | null },
  own: readonly CheckedPlugin[],
): Promise<void> {
  const config =
    configId === null
      ? undefined
      : write.view.get('plugin_configs', entityIdOf('plugin_configs', configId))
  const plugins =
    config === undefined ? own : withShared(own, config.plugins, { plugin_config_id: config.id })
  await writePlugins(write, { field: 'route', id: routeId }, plugins)
}
