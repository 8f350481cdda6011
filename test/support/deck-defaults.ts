import type { DeckClient } from './deck-client.ts'
import { DECK_KIND_NAMES, DECK_KINDS, type DeckKind } from './deck-kinds.ts'
import { decode, type Fields, GO_STRUCTS, isObject } from './deck-structs.ts'

/** A schema as Kong shows it: a list of objects of one key. */
interface Schema {
  readonly fields: readonly Readonly<Record<string, SchemaField>>[]
}

interface SchemaField {
  readonly type?: string
  readonly default?: unknown
  readonly required?: boolean
  readonly fields?: Schema['fields']
  readonly elements?: SchemaField
  readonly keys?: unknown
  readonly values?: unknown
}

/** What decK learns from /schemas. */
export interface DeckDefaults {
  /** The entity with every default of its kind that it does not set itself. */
  fill(kind: DeckKind, entity: Fields): Fields
  /** The plugin with its whole configuration, null where there is neither a value nor a default. */
  fillPlugin(plugin: Fields): Fields
  /** The plugin as it is sent: its configuration as the file has it. */
  completePlugin(plugin: Fields): Fields
}

/**
 * Reads the schemas of all entities that have defaults, where a 404 is tolerated, and of the given plugins, where none
 * is. Source: Kong/go-database-reconciler, pkg/utils/defaulter.go; Kong/go-kong, utils.go.
 */
export async function readDefaults(
  client: DeckClient,
  pluginNames: ReadonlySet<string>,
): Promise<DeckDefaults> {
  const defaults = new Map<DeckKind, Fields>()
  for (const kind of DECK_KIND_NAMES.filter((name) => DECK_KINDS[name].hasDefaults === true)) {
    const { status, json } = await client.send('GET', `/schemas/${kind}`)
    if (status === 404) continue
    if (status !== 200) throw new Error(`GET /schemas/${kind}: ${status}`)
    defaults.set(kind, decode(GO_STRUCTS[kind], flatten(json as Schema), `defaults of ${kind}`))
  }
  await client.send('GET', '/schemas/consumer_group_plugins')
  const plugins = new Map<string, Schema>()
  for (const name of pluginNames) {
    plugins.set(name, (await client.call('GET', `/schemas/plugins/${name}`)) as Schema)
  }
  const schemaOf = (plugin: Fields) => {
    const schema = plugins.get(String(plugin.name))
    if (schema === undefined) throw new Error(`no schema was read for plugin ${plugin.name}`)
    return schema
  }
  return {
    fill: (kind, entity) => merge(entity, defaults.get(kind) ?? {}),
    completePlugin: (plugin) => completePlugin(plugin, schemaOf(plugin)),
    fillPlugin: (plugin) => {
      const schema = schemaOf(plugin)
      const config = fieldOf(schema, 'config')
      if (config === undefined) throw new Error("no 'config' field found in schema")
      const given = (plugin.config ?? {}) as Fields
      return { ...completePlugin(plugin, schema), config: fillRecord(config, given) }
    },
  }
}

/** Defaults by field: of a record those of its fields, of anything else its own, or null. */
function flatten({ fields }: Pick<Schema, 'fields'>): Fields {
  return Object.fromEntries(
    fields.flatMap(Object.entries).map(([name, field]: [string, SchemaField]) => {
      if (field.type === 'record') return [name, flatten({ fields: field.fields ?? [] })]
      return [name, field.default ?? null]
    }),
  )
}

/** What is nil or empty is taken from the defaults, records field by field. */
function merge(given: Fields, defaults: Fields): Fields {
  const merged: Record<string, unknown> = { ...given }
  for (const [name, value] of Object.entries(defaults)) {
    const own = merged[name]
    if (isEmpty(own)) merged[name] = value
    else if (isObject(own) && isObject(value)) merged[name] = merge(own, value)
  }
  return merged
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === '') return true
  return Array.isArray(value) ? value.length === 0 : false
}

function completePlugin(plugin: Fields, schema: Schema): Fields {
  const protocols = fieldOf(schema, 'protocols')?.default
  return { protocols, enabled: true, ...plugin, config: plugin.config ?? {} }
}

function fillRecord({ fields = [] }: SchemaField, given: Fields): Fields {
  const filled: Record<string, unknown> = { ...given }
  for (const [name, field] of fields.flatMap((entry) => Object.entries(entry))) {
    const value = given[name]
    if (Object.hasOwn(given, name) && isFullySet(value, field)) continue
    if (field.type === 'record' && (isObject(value) || field.required === true)) {
      const record = fillRecord(field, isObject(value) ? value : {})
      if (Object.keys(record).length > 0) filled[name] = record
    } else if (Array.isArray(value) && field.elements?.type === 'record' && value.length > 0) {
      const { elements } = field
      filled[name] = value.map((item) => (isObject(item) ? fillRecord(elements, item) : item))
    } else {
      filled[name] = field.default ?? null
    }
  }
  return filled
}

/** A map is only recognised as one when its schema has both `keys` and `values`. */
function isFullySet(value: unknown, field: SchemaField): boolean {
  if (isObject(value)) return field.keys !== undefined && field.values !== undefined
  return Array.isArray(value) ? field.elements?.type !== 'record' : true
}

function fieldOf(schema: Schema, name: string): SchemaField | undefined {
  return schema.fields.find((entry) => Object.hasOwn(entry, name))?.[name]
}
