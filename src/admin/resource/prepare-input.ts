import type { StoredEntity } from '../../model/entity.ts'
import type { StoreReader } from '../../store/store.ts'
import type { Body } from '../body/body.ts'
import { readFields } from '../body/read-fields.ts'
import type { Place } from './place.ts'
import { refuseField } from './refuse-field.ts'
import { resolveReferences } from './resolve-references.ts'

/**
 * What a client sent as fields of the entity: form values typed, references by name replaced by ids, the parent of the
 * path filled in. `existing` is the entity about to be changed, or null.
 */
export async function prepareInput(
  reader: StoreReader,
  place: Place,
  body: Body,
  existing: StoredEntity | null,
): Promise<Record<string, unknown>> {
  const fields = readFields(body, place.kind, existing)
  const resolved = await resolveReferences(reader, place.kind, fields)
  return underParent(place, resolved, existing !== null)
}

/**
 * The path decides the parent; a body that names another one is refused, not overruled in silence. A change to null
 * takes the entity off its parent where the schema allows that (Kong, PATCH of a nested plugin).
 */
function underParent(
  { parent }: Place,
  input: Record<string, unknown>,
  isChange: boolean,
): Record<string, unknown> {
  if (parent === null) return input
  const { field, id } = parent
  const given = input[field]
  if (given === undefined) return { ...input, [field]: { id } }
  if (given === null && isChange) return input
  if ((given as { readonly id?: unknown } | null)?.id === id) return input
  throw refuseField(field, `value must be the ${field} in the path, or left out`)
}
