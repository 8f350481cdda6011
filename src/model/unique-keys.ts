import { ENTITY_DEFINITIONS } from './entities.ts'
import type { EntityKind } from './entity.ts'

/** A set of fields that is unique together, and the values of one entity in it; a foreign key is its id. */
export interface UniqueKey {
  readonly set: readonly string[]
  readonly values: readonly (string | null)[]
}

/** What no other entity of the kind may have. A null value in a set of one field is not compared. */
export function uniqueKeysOf(
  kind: EntityKind,
  fields: Readonly<Record<string, unknown>>,
): readonly UniqueKey[] {
  const keys: UniqueKey[] = []
  for (const set of ENTITY_DEFINITIONS[kind].unique) {
    const values = set.map((field) => comparable(fields[field]))
    if (set.length > 1 || values[0] !== null) keys.push({ set, values })
  }
  return keys
}

/** The id a foreign key points at, or null. */
export function foreignKeyId(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('id' in value)) return null
  return typeof value.id === 'string' ? value.id : null
}

function comparable(value: unknown): string | null {
  if (value === null || value === undefined) return null
  return foreignKeyId(value) ?? String(value)
}
