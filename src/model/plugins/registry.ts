import { ACL_PLUGIN } from './acl.ts'
import { CANARY_PLUGIN } from './canary.ts'
import { KEY_AUTH_PLUGIN } from './key-auth.ts'
import type { PluginDefinition } from './plugin-definition.ts'
import { REQUEST_SIZE_LIMITING_PLUGIN } from './request-size-limiting.ts'
import { TRAFFIC_SPLIT_PLUGIN } from './traffic-split.ts'

/** Every plugin by name; adding one is its file and one line here. */
export const PLUGIN_DEFINITIONS = {
  acl: ACL_PLUGIN,
  canary: CANARY_PLUGIN,
  'key-auth': KEY_AUTH_PLUGIN,
  'request-size-limiting': REQUEST_SIZE_LIMITING_PLUGIN,
  'traffic-split': TRAFFIC_SPLIT_PLUGIN,
} as const satisfies Record<string, PluginDefinition>

export type PluginName = keyof typeof PLUGIN_DEFINITIONS

export const PLUGIN_NAMES = Object.keys(PLUGIN_DEFINITIONS) as readonly PluginName[]

/** True for the name of a plugin that exists. */
export function isPluginName(name: unknown): name is PluginName {
  return typeof name === 'string' && Object.hasOwn(PLUGIN_DEFINITIONS, name)
}
