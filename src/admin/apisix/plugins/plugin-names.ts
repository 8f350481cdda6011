import {
  PLUGIN_DEFINITIONS,
  PLUGIN_NAMES,
  type PluginName,
} from '../../../model/plugins/registry.ts'
import type { ApisixValue } from '../shared/apisix-resource.ts'
import type { ConfigurationView } from '../shared/configuration-view.ts'
import { keyAuthConfig, keyAuthOf } from './key-auth.ts'
import { splitConfig, splitOf } from './traffic-split.ts'

/** How a plugin of APISIX is written in ours. */
interface Translation {
  toKong(view: ConfigurationView, config: ApisixValue): ApisixValue
  fromKong(view: ConfigurationView, config: ApisixValue): ApisixValue
}

/** Those that have one name and two ways to write it; all others are ours, as they are. */
const TRANSLATIONS: { readonly [N in PluginName]?: Translation } = {
  'key-auth': {
    toKong: (_view, config) => keyAuthConfig(config),
    fromKong: (_view, config) => keyAuthOf(config),
  },
  'traffic-split': { toKong: splitConfig, fromKong: splitOf },
}

const AS_IT_IS: Translation = {
  toKong: (_view, config) => config,
  fromKong: (_view, config) => config,
}

export function translationOf(name: PluginName): Translation {
  return TRANSLATIONS[name] ?? AS_IT_IS
}

/** Names of the plugins that run, the first to run first. */
export const NAMES_BY_PRIORITY: readonly PluginName[] = PLUGIN_NAMES.toSorted(
  (a, b) => PLUGIN_DEFINITIONS[b].priority - PLUGIN_DEFINITIONS[a].priority,
)
