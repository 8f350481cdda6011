import { ENTITY_DEFINITIONS } from '../../model/entities.ts'
import type { EntityKind, StoredEntity } from '../../model/entity.ts'
import { isSameUuid, isUuid } from '../../model/uuid.ts'
import { refuseField } from './refuse-field.ts'

/**
 * The input of a PUT with the id or the endpoint key that its path names. A body that names another one is refused:
 * overruled in silence it would create or change something that nobody asked for.
 */
export function namePutEntity(
  kind: EntityKind,
  input: Readonly<Record<string, unknown>>,
  { key, existing }: { readonly key: string; readonly existing: StoredEntity | null },
): Record<string, unknown> {
  const id = existing?.entity.id ?? (isUuid(key) ? key.toLowerCase() : undefined)
  const isNamedById = isUuid(key) && key.toLowerCase() === id
  const withId = id === undefined ? { ...input } : withValue(input, 'id', id)
  const { endpointKey } = ENTITY_DEFINITIONS[kind]
  return isNamedById || endpointKey === null ? withId : withValue(withId, endpointKey, key)
}

/** A value of another type stays, for the schema to refuse. */
function withValue(
  input: Readonly<Record<string, unknown>>,
  field: string,
  value: string,
): Record<string, unknown> {
  const given = input[field] ?? value
  const isOther = field === 'id' ? !isSameUuid(given, value) : given !== value
  if (typeof given === 'string' && isOther) {
    throw refuseField(field, `value must be '${value}', as in the path, or left out`)
  }
  return { ...input, [field]: given }
}
