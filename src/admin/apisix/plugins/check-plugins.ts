import { type ErrorDetail, GatewayError } from '../../../model/errors.ts'
import { isPlainObject } from '../../../model/plain-object.ts'
import type { Plugin } from '../../../model/plugin.ts'
import type { PluginDefinition } from '../../../model/plugins/plugin-definition.ts'
import {
  isPluginName,
  PLUGIN_DEFINITIONS,
  type PluginName,
} from '../../../model/plugins/registry.ts'
import { schemaViolation } from '../../../model/schema-violation.ts'
import { invalidConfiguration } from '../answer/apisix-problem.ts'
import { parseConfiguration } from '../input/parse-configuration.ts'
import type { ApisixValue } from '../shared/apisix-resource.ts'
import type { ConfigurationView } from '../shared/configuration-view.ts'
import { translationOf } from './plugin-names.ts'

/** A plugin as it is to be stored. */
export interface CheckedPlugin {
  readonly name: PluginName
  readonly config: ApisixValue
  readonly isEnabled: boolean
  /** What it was written in, when that is not its owner. */
  readonly origin: PluginOrigin | null
}

export type PluginOrigin = NonNullable<Plugin['apisix']>

/**
 * The plugins of a configuration in our words. Fails with schema_violation for a plugin that is not known, or whose
 * configuration is wrong. Source of the words: APISIX 3.18 (reference apisix.md, a1).
 */
export function checkedPlugins(
  view: ConfigurationView,
  plugins: unknown,
): readonly CheckedPlugin[] {
  if (plugins === undefined || plugins === null) return []
  if (!isPlainObject(plugins)) {
    throw invalidConfiguration(['plugins'], 'wrong type: expected object')
  }
  return Object.entries(plugins).map(([name, config]) => checkedPlugin(view, name, config))
}

function checkedPlugin(view: ConfigurationView, name: string, given: unknown): CheckedPlugin {
  if (!isPluginName(name)) throw invalidConfiguration(['plugins', name], unknownPlugin(name))
  if (!isPlainObject(given)) {
    const text = `invalid plugin conf ${JSON.stringify(given)} for plugin [${name}]`
    throw invalidConfiguration(['plugins', name], text)
  }
  const { _meta: meta, ...own } = given
  const definition: PluginDefinition = PLUGIN_DEFINITIONS[name]
  const translated = translationOf(name).toKong(view, own)
  const config = inPlugin(name, () =>
    parseConfiguration(definition.config, definition.expandConfig?.(translated) ?? translated),
  )
  return { name, config, isEnabled: !isDisabled(name, meta), origin: null }
}

const ONLY_CREDENTIALS: readonly string[] = ['basic-auth', 'jwt-auth']

function unknownPlugin(name: string): string {
  return ONLY_CREDENTIALS.includes(name)
    ? `unknown plugin [${name}]: consumers keep its credentials, but no request is asked for them in this version`
    : `unknown plugin [${name}]`
}

/** Of what every plugin takes in APISIX, `disable` has a meaning here. */
function isDisabled(name: string, meta: unknown): boolean {
  if (meta === undefined) return false
  if (!isPlainObject(meta)) {
    throw invalidConfiguration(['plugins', name, '_meta'], 'wrong type: expected object')
  }
  const other = Object.keys(meta).find((key) => key !== 'disable')
  if (other !== undefined) {
    throw invalidConfiguration(
      ['plugins', name, '_meta'],
      `additional properties forbidden, found ${other} (here is disable)`,
    )
  }
  const { disable = false } = meta
  if (typeof disable === 'boolean') return disable
  throw invalidConfiguration(['plugins', name, '_meta', 'disable'], 'wrong type: expected boolean')
}

/** What `work` finds wrong, as wrong in this plugin. */
export function inPlugin<T>(name: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw ofPlugin(name, error)
  }
}

/** The error about the schema of a plugin as one about that plugin; any other as it is. */
export function ofPlugin(name: string, error: unknown): unknown {
  if (!(error instanceof GatewayError) || error.code !== 'schema_violation') return error
  return schemaViolation(
    error.details.map(({ path, message }) => ({
      path: ['plugins', name, 'config', ...withoutConfig(path)],
      message,
    })),
  )
}

/** Kong's errors stand under `config`, as the field of the plugin. */
function withoutConfig(path: ErrorDetail['path']): ErrorDetail['path'] {
  return path[0] === 'config' ? path.slice(1) : path
}
