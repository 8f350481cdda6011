import { ENTITY_DEFINITIONS } from '../model/entities.ts'
import type { Entity, EntityDefinition, EntityKind, ForeignKeyRule } from '../model/entity.ts'
import { foreignKeyId } from '../model/unique-keys.ts'

/** What an entity refers to. */
export interface Parent {
  readonly kind: EntityKind
  readonly id: string
  /** Field of the entity, dotted. */
  readonly field: string
  /** Whether the entity is deleted along with it. */
  readonly isCascade: boolean
}

/** All that an entity refers to: by its foreign keys, by its lists of ids, and by what it names inside of its fields. */
export function parentsOf(
  kind: EntityKind,
  fields: Readonly<Record<string, unknown>>,
): readonly Parent[] {
  // The compiler cannot know that the definition and the fields are of one kind.
  const definition = ENTITY_DEFINITIONS[kind] as EntityDefinition
  const { foreignKeys, references, cascadingReferences = [] } = definition
  const byKey = Object.entries(foreignKeys).flatMap(([field, rule]) => keyed(field, rule, fields))
  const within = references?.(fields as unknown as Entity) ?? []
  return [
    ...byKey,
    ...within.map((one) => ({ ...one, isCascade: cascadingReferences.includes(one.field) })),
  ]
}

function keyed(
  field: string,
  { kind, onParentDelete }: ForeignKeyRule,
  fields: Readonly<Record<string, unknown>>,
): readonly Parent[] {
  const value = fields[field]
  const ids = Array.isArray(value) ? value.map(String) : [foreignKeyId(value)]
  const isCascade = onParentDelete === 'cascade'
  return ids.flatMap((id) => (id === null ? [] : [{ kind, id, field, isCascade }]))
}
