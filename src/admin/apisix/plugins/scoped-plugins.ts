import { isDeepStrictEqual } from 'node:util'
import type { Plugin } from '../../../model/plugin.ts'
import type { PluginName } from '../../../model/plugins/registry.ts'
import { pluginConfigShape } from '../../../model/schema-shape.ts'
import type { ApisixValue, ApisixWrite } from '../shared/apisix-resource.ts'
import type { ConfigurationView } from '../shared/configuration-view.ts'
import { fieldsBeyond } from '../shared/kong-fields.ts'
import { putUnder } from '../shared/put-entity.ts'
import { type CheckedPlugin, ofPlugin } from './check-plugins.ts'
import { translationOf } from './plugin-names.ts'

/** What plugins are attached to. */
export interface PluginOwner {
  readonly field: 'service' | 'route' | 'consumer' | 'consumer_group'
  readonly id: string
}

const SCOPE_FIELDS = ['service', 'route', 'consumer', 'consumer_group'] as const

/** The plugins that are attached to this and to nothing else. */
export function pluginsOf(view: ConfigurationView, { field, id }: PluginOwner): readonly Plugin[] {
  return view
    .where('plugins', field, id)
    .filter((plugin) => SCOPE_FIELDS.every((other) => other === field || !plugin[other]))
}

/** The plugins as APISIX shows them: by name, without what says the default. */
export function projectPlugins(view: ConfigurationView, plugins: readonly Plugin[]): ApisixValue {
  return Object.fromEntries(plugins.map((plugin) => [plugin.name, shownPlugin(view, plugin)]))
}

/** One plugin as APISIX shows it. */
export function shownPlugin(
  view: ConfigurationView,
  {
    name,
    config,
    enabled,
  }: { readonly name: PluginName; readonly config: object; readonly enabled: boolean },
): ApisixValue {
  const { fields } = pluginConfigShape(name)
  const said = Object.entries(config).filter(
    ([field, value]) =>
      value !== null && !isDeepStrictEqual(value, fields.get(field)?.defaultValue),
  )
  const own = translationOf(name).fromKong(view, Object.fromEntries(said))
  return enabled ? own : { ...own, _meta: { disable: true } }
}

/** Fields of a plugin that are Kong's alone. */
const KONG_FIELDS = ['instance_name', 'protocols', 'tags'] as const

const DEFAULTS = {
  instance_name: null,
  protocols: ['grpc', 'grpcs', 'http', 'https'],
  tags: null,
}

/** What APISIX has no words for in the plugins, by name: to be named under `kong`. */
export function pluginsBeyond(plugins: readonly Plugin[]): ApisixValue {
  const beyond = plugins.flatMap((plugin): [string, ApisixValue][] => {
    const fields = fieldsBeyond(plugin, KONG_FIELDS, DEFAULTS)
    return Object.keys(fields).length === 0 ? [] : [[plugin.name, fields]]
  })
  return Object.fromEntries(beyond)
}

/** Makes these the plugins of their owner. One that stays as it is is not written. */
export async function writePlugins(
  write: ApisixWrite,
  owner: PluginOwner,
  wanted: readonly CheckedPlugin[],
): Promise<void> {
  const present = new Map(pluginsOf(write.view, owner).map((plugin) => [plugin.name, plugin]))
  for (const plugin of wanted) {
    await writePlugin(write, owner, { plugin, existing: present.get(plugin.name) })
    present.delete(plugin.name)
  }
  for (const { id } of present.values()) await write.transaction.remove('plugins', id)
}

async function writePlugin(
  write: ApisixWrite,
  { field, id: ownerId }: PluginOwner,
  {
    plugin: { name, config, isEnabled, origin },
    existing,
  }: { readonly plugin: CheckedPlugin; readonly existing: Plugin | undefined },
): Promise<void> {
  const isSame =
    existing?.enabled === isEnabled &&
    isDeepStrictEqual(existing.config, config) &&
    isDeepStrictEqual(existing.apisix ?? null, origin)
  if (isSame) return
  const kept = existing === undefined ? [] : KONG_FIELDS.map((key) => [key, existing[key]])
  const fields = {
    ...Object.fromEntries(kept),
    name,
    config,
    enabled: isEnabled,
    [field]: { id: ownerId },
    ...(origin === null ? {} : { apisix: origin }),
  }
  try {
    await putUnder(write, 'plugins', { id: existing?.id ?? write.draws.uuid(), fields })
  } catch (error) {
    throw ofPlugin(name, error)
  }
}
