import { ENTITY_DEFINITIONS } from '../model/entities.ts'
import type {
  Entity,
  EntityDefinition,
  EntityKind,
  EntityTypes,
  Internals,
  Reference,
  StoredEntity,
} from '../model/entity.ts'
import { GatewayError } from '../model/errors.ts'
import { foreignKeyId, uniqueKeysOf } from '../model/unique-keys.ts'
import type {
  EntitiesTable,
  EntityRefsTable,
  EntityTagsTable,
  EntityUniqueTable,
} from './database.ts'

/** What the store keeps beside an entity to find it again: all of it follows from the entity. */
export interface IndexRows {
  readonly unique: readonly EntityUniqueTable[]
  readonly refs: readonly EntityRefsTable[]
  readonly tags: readonly EntityTagsTable[]
}

/** The entity's fields by name, for code that walks the fields a definition names. */
export function fieldsOf(entity: Entity): Readonly<Record<string, unknown>> {
  return entity as unknown as Readonly<Record<string, unknown>>
}

/** The row of `entities` for a stored entity. */
export function toEntityRow(row: StoredEntity, sequence: number): EntitiesTable {
  return {
    kind: row.kind,
    id: row.entity.id,
    sequence,
    body: JSON.stringify(row.entity),
    internals: JSON.stringify(row.internals),
  }
}

/**
 * The stored entity of a row of `entities`. Its JSON is trusted: it was validated when it was written.
 * Throws `database_error` when it is no JSON, which only damage to the database can cause.
 */
export function fromEntityRow<K extends EntityKind>(
  row: Pick<EntitiesTable, 'kind' | 'id' | 'body' | 'internals'>,
): StoredEntity<K> {
  try {
    return {
      kind: row.kind as K,
      entity: JSON.parse(row.body) as EntityTypes[K],
      internals: JSON.parse(row.internals) as Internals,
    }
  } catch (cause) {
    throw new GatewayError(
      'database_error',
      `the stored '${row.kind}' entity ${row.id} is damaged: it is no valid JSON; restore a backup or delete it`,
      { cause },
    )
  }
}

/** The rows of `entity_unique`, `entity_refs` and `entity_tags` for a stored entity. */
export function toIndexRows(row: StoredEntity): IndexRows {
  const { kind } = row
  const id = row.entity.id
  const fields = fieldsOf(row.entity)
  const definition = ENTITY_DEFINITIONS[kind]
  const unique = uniqueKeysOf(kind, fields).map(({ set, values }) => {
    return { kind, ...uniqueKey(set, values), entity_id: id }
  })
  const refs: EntityRefsTable[] = []
  for (const [field, rule] of Object.entries(definition.foreignKeys)) {
    for (const parentId of referencedIds(fields[field])) {
      refs.push({ from_kind: kind, from_id: id, field, to_kind: rule.kind, to_id: parentId })
    }
  }
  for (const { field, kind: to_kind, id: to_id } of referencesOf(row)) {
    refs.push({ from_kind: kind, from_id: id, field, to_kind, to_id })
  }
  const tags = new Set(row.entity.tags ?? [])
  return { unique, refs, tags: Array.from(tags, (tag) => ({ kind, entity_id: id, tag })) }
}

/** How `entity_unique` names a set of fields and its values. A missing value is null. */
export function uniqueKey(
  set: readonly string[],
  values: readonly (string | null)[],
): Pick<EntityUniqueTable, 'fields' | 'value'> {
  return { fields: set.join(','), value: JSON.stringify(values) }
}

/** Each once; the compiler cannot know that the definition and the entity are of one kind. */
function referencesOf({ kind, entity }: StoredEntity): readonly Reference[] {
  const { references } = ENTITY_DEFINITIONS[kind] as EntityDefinition
  const found = references?.(entity) ?? []
  return [...new Map(found.map((one) => [`${one.field} ${one.kind} ${one.id}`, one])).values()]
}

/** The ids that a foreign key or a list of them points at, each once. */
function referencedIds(value: unknown): readonly string[] {
  if (Array.isArray(value)) return [...new Set(value.map(String))]
  const id = foreignKeyId(value)
  return id === null ? [] : [id]
}
