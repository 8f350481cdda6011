import { refuseField } from '../../configuration/refuse-field.ts'
import { ENTITY_DEFINITIONS } from '../../model/entities.ts'
import type { StoredEntity } from '../../model/entity.ts'
import { GatewayError } from '../../model/errors.ts'
import { isSameUuid, isUuid } from '../../model/uuid.ts'
import { endpointKeyIn, type Place } from './place.ts'

/**
 * Refuses the key of a PUT that could not be written into a new entity, so that the path would not lead to it: neither
 * a UUID nor an endpoint key of this place, nor the name of a child. Fails with invalid_primary_key.
 * Source: Kong Gateway 3.9, PUT of the Admin API.
 */
export function refuseUnwritableKey(place: Place, key: string): void {
  const isWritable =
    isUuid(key) ||
    endpointKeyIn(place) !== null ||
    ENTITY_DEFINITIONS[place.kind].childNames !== undefined
  if (isWritable) return
  const message = `invalid primary key: '{id=${JSON.stringify(key)}}'`
  throw new GatewayError('invalid_primary_key', message, {
    details: [{ path: ['id'], message: key }],
  })
}

/**
 * The input of a PUT with the id or the endpoint key that its path names. A body that names another one is refused:
 * overruled in silence it would create or change something that nobody asked for.
 */
export function namePutEntity(
  place: Place,
  input: Readonly<Record<string, unknown>>,
  { key, existing }: { readonly key: string; readonly existing: StoredEntity | null },
): Record<string, unknown> {
  const id = existing?.entity.id ?? (isUuid(key) ? key.toLowerCase() : undefined)
  const isNamedById = isUuid(key) && key.toLowerCase() === id
  const withId = id === undefined ? { ...input } : withValue(input, 'id', id)
  const endpointKey = endpointKeyIn(place)
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
