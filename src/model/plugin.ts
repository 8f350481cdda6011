import { z } from 'zod'
import { PLUGIN_EXTENSION } from './apisix/plugin-extension.ts'
import type { DeepReadonly } from './deep-readonly.ts'
import type { EntityDefinition, Internals, Reference, StoredEntity } from './entity.ts'
import { withEntityChecks } from './entity-checks.ts'
import { FIELD_TYPES } from './field-type.ts'
import {
  absentWhenNull,
  extension,
  foreignKey,
  id,
  name,
  oneOf,
  optional,
  recordWithDefaults,
  required,
  setOf,
  tags,
  timestampSeconds,
  withDefault,
} from './fields.ts'
import { isPlainObject } from './plain-object.ts'
import { consumerScopeFields } from './plugin-scope.ts'
import { isGroupHash } from './plugins/canary.ts'
import type { PluginDefinition } from './plugins/plugin-definition.ts'
import {
  isPluginName,
  PLUGIN_DEFINITIONS,
  PLUGIN_NAMES,
  type PluginName,
} from './plugins/registry.ts'
import { referencesOfSplit } from './plugins/split-references.ts'

const COMMON = {
  id: id(),
  created_at: timestampSeconds('created'),
  updated_at: timestampSeconds('last changed'),
  instance_name: optional(
    name(),
    'Unique name to address this instance of the plugin by; null by default.',
  ),
  service: optional(
    foreignKey('services'),
    'Service the plugin is limited to; null (any) by default.',
  ),
  route: optional(foreignKey('routes'), 'Route the plugin is limited to; null (any) by default.'),
  protocols: withDefault(
    setOf(oneOf(['grpc', 'grpcs', 'http', 'https'])).min(1),
    ['grpc', 'grpcs', 'http', 'https'],
    'Protocols of the requests the plugin runs for; default grpc, grpcs, http and https.',
  ),
  enabled: withDefault(z.boolean(), true, 'Whether the plugin runs; default true.'),
  tags: tags(),
  ordering: z
    .null()
    .register(FIELD_TYPES, { type: 'record' })
    .default(null)
    .describe('Always null: the order of plugins is fixed by their priority.'),
  apisix: extension(
    PLUGIN_EXTENSION,
    "What a plugin of APISIX's dialect was written in; absent (nothing but itself) by default.",
  ),
}

type ScopeFields = ReturnType<typeof consumerScopeFields>

type PluginOf<N extends PluginName> = z.infer<z.ZodObject<typeof COMMON & ScopeFields>> & {
  name: N
  config: z.infer<(typeof PLUGIN_DEFINITIONS)[N]['config']>
}

/** An instance of a plugin; `name` tells the type of `config`. Source: Kong Gateway 3.9, Plugin object. */
export type Plugin = { [N in PluginName]: DeepReadonly<PluginOf<N>> }[PluginName]

const OPTIONS = PLUGIN_NAMES.map((pluginName) => {
  const { config, checks, scopes } = PLUGIN_DEFINITIONS[pluginName]
  return withEntityChecks(
    z
      .strictObject({
        ...COMMON,
        ...consumerScopeFields(scopes),
        name: required(z.literal(pluginName), `Name of the plugin: ${PLUGIN_NAMES.join(', ')}.`),
        config: recordWithDefaults<z.ZodObject>(config, 'What the plugin does; see each plugin.'),
      })
      .overwrite(absentWhenNull('apisix')),
    checks,
  )
})

/** The compiler cannot follow a union that is made from the registry; the tests do. */
const PLUGIN_SCHEMA = z.discriminatedUnion(
  'name',
  OPTIONS as [(typeof OPTIONS)[number]],
) as unknown as z.ZodType<Plugin>

export const PLUGIN_DEFINITION: EntityDefinition<'plugins'> = {
  kind: 'plugins',
  schema: PLUGIN_SCHEMA,
  endpointKey: 'instance_name',
  unique: [['name', 'route', 'service', 'consumer', 'consumer_group'], ['instance_name']],
  // Kong's open-source edition, whose messages these are, has no consumer groups.
  omittedWhenNull: ['consumer_group'],
  foreignKeys: {
    service: { kind: 'services', isRequired: false, onParentDelete: 'cascade' },
    route: { kind: 'routes', isRequired: false, onParentDelete: 'cascade' },
    consumer: { kind: 'consumers', isRequired: false, onParentDelete: 'cascade' },
    consumer_group: { kind: 'consumer_groups', isRequired: false, onParentDelete: 'cascade' },
  },
  references: (plugin) => [
    ...(plugin.name === 'traffic-split' ? referencesOfSplit(plugin.config) : []),
    ...referencesOfOrigin(plugin),
  ],
  hasUpdatedAt: true,
  hasFractionalTimestamps: false,
  expandShorthands: expandConfig,
  internals: timedSince,
}

function referencesOfOrigin({ apisix }: Plugin): readonly Reference[] {
  const id = apisix?.plugin_config_id ?? null
  return id === null ? [] : [{ field: 'apisix.plugin_config_id', kind: 'plugin_configs', id }]
}

function expandConfig(input: Record<string, unknown>): Record<string, unknown> {
  const { name: pluginName, config } = input
  if (!isPluginName(pluginName) || !isPlainObject(config)) return input
  const { expandConfig: expand }: PluginDefinition = PLUGIN_DEFINITIONS[pluginName]
  return expand === undefined ? input : { ...input, config: expand(config) }
}

/**
 * A timed canary without `start` counts from when it came into that state: through creation, through
 * `percentage` becoming null or through being enabled. Any other start would make the share jump up.
 */
function timedSince(
  previous: StoredEntity<'plugins'> | null,
  next: Plugin,
  nowMs: number,
): Internals {
  if (!isTimedWithoutStart(next)) return {}
  const since =
    previous !== null && isTimedWithoutStart(previous.entity)
      ? previous.internals.timedSince
      : undefined
  return { timedSince: since ?? nowMs }
}

function isTimedWithoutStart(plugin: Plugin): boolean {
  if (plugin.name !== 'canary' || !plugin.enabled) return false
  const { percentage, start, hash } = plugin.config
  return percentage === null && start === null && !isGroupHash(hash)
}
