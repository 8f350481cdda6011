import type { Plugin } from '../../../model/plugin.ts'
import { isPluginName } from '../../../model/plugins/registry.ts'
import type { CheckedPlugin, PluginOrigin } from './check-plugins.ts'

/** A plugin as a plugin config or a consumer group keeps it. */
interface SharedPlugin {
  readonly name: string
  readonly config: Readonly<Record<string, unknown>>
  readonly enabled: boolean
}

/** How plugins that are written in a plugin config or a consumer group are kept there. */
export function sharedOf(plugins: readonly CheckedPlugin[]): readonly SharedPlugin[] {
  return plugins.map(({ name, config, isEnabled }) => ({ name, config, enabled: isEnabled }))
}

/** Own plugins, and of the shared ones those that fill a gap (reference apisix.md, d2). */
export function withShared(
  own: readonly CheckedPlugin[],
  shared: readonly SharedPlugin[],
  origin: PluginOrigin,
): readonly CheckedPlugin[] {
  const names = new Set<string>(own.map(({ name }) => name))
  const filling = shared.flatMap(({ name, config, enabled }) =>
    isPluginName(name) && !names.has(name) ? [{ name, config, isEnabled: enabled, origin }] : [],
  )
  return [...own, ...filling]
}

/** Plugins that are there already, as they would be written again. */
export function asWritten(plugins: readonly Plugin[]): readonly CheckedPlugin[] {
  return plugins.map(({ name, config, enabled }) => ({
    name,
    config,
    isEnabled: enabled,
    origin: null,
  }))
}
