import type { Draws } from '../../../model/draws.ts'
import { ENTITY_DEFINITIONS } from '../../../model/entities.ts'
import type { EntityDefinition, EntityKind } from '../../../model/entity.ts'
import { entityChecksOf } from '../../../model/entity-checks.ts'
import { consumerScopeFields } from '../../../model/plugin-scope.ts'
import type {
  ConsumerScopeField,
  PluginDefinition,
} from '../../../model/plugins/plugin-definition.ts'
import { PLUGIN_DEFINITIONS, type PluginName } from '../../../model/plugins/registry.ts'
import { describeSchema, entityShape, pluginConfigShape } from '../../../model/schema-shape.ts'
import { type KongEntityCheck, kongEntityCheck } from './kong-entity-check.ts'
import { type KongField, kongField, kongFields, type NamedField } from './kong-field.ts'

/** What /schemas answers: fields as objects of one key, and the rules between them. */
export interface SchemaDocument {
  readonly fields: readonly NamedField[]
  readonly entity_checks: readonly KongEntityCheck[]
}

/** Schema of a kind of entity. The one of a plugin leaves the fields of `config` open. */
export function entitySchemaDocument(kind: EntityKind): SchemaDocument {
  const definition = ENTITY_DEFINITIONS[kind]
  const filledIn = new Set([...TIMESTAMPS, 'id', ...generatedFields(definition)])
  const fields = [...entityShape(kind).fields].map(([name, shape]) => ({
    [name]: kongField(shape, {
      ...(filledIn.has(name) ? { auto: true } : {}),
      ...(TIMESTAMPS.has(name) ? { timestamp: true } : {}),
      ...keyFacts(definition, name),
    }),
  }))
  return { fields, entity_checks: entityChecksOf(definition.schema).map(kongEntityCheck) }
}

/** Schema of one plugin: what an instance may be limited to, its protocols and its configuration. */
export function pluginSchemaDocument(name: PluginName): SchemaDocument {
  const definition: PluginDefinition = PLUGIN_DEFINITIONS[name]
  const { checks, scopes } = definition
  const { consumer, consumer_group } = consumerScopeFields(scopes)
  const onlyNull = (scope: ConsumerScopeField) => (scopes.includes(scope) ? {} : { eq: null })
  return {
    fields: [
      { consumer: kongField(describeSchema(consumer), onlyNull('consumer')) },
      { consumer_group: kongField(describeSchema(consumer_group), onlyNull('consumer_group')) },
      ...sharedFields(),
      { config: pluginConfigDocument(name) },
    ],
    entity_checks: checks.map(kongEntityCheck),
  }
}

/** Configuration of one plugin, as a record. */
export function pluginConfigDocument(name: PluginName): KongField {
  return kongField(pluginConfigShape(name))
}

const TIMESTAMPS: ReadonlySet<string> = new Set(['created_at', 'updated_at'])

/** Fields that are the same for every plugin. */
function sharedFields(): readonly NamedField[] {
  const shared = new Set(['service', 'route', 'protocols'])
  return kongFields(
    new Map([...entityShape('plugins').fields].filter(([name]) => shared.has(name))),
  )
}

type KeyFacts = Pick<EntityDefinition, 'unique' | 'foreignKeys'>

function keyFacts({ unique, foreignKeys }: KeyFacts, field: string): KongField {
  const isUnique = unique.some((set) => set.length === 1 && set[0] === field)
  const isCascading = foreignKeys[field]?.onParentDelete === 'cascade'
  return {
    ...(isUnique ? { unique: true } : {}),
    ...(isCascading ? { on_delete: 'cascade' } : {}),
  }
}

/** Fields that the gateway makes up when nothing is given for them. */
function generatedFields({ generate }: Pick<EntityDefinition, 'generate'>): readonly string[] {
  return Object.keys(generate?.({}, NO_DRAWS) ?? {})
}

const NO_DRAWS: Draws = { uuid: () => '', nextInCycle: () => 0 }
