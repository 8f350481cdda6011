import type { StoredEntity } from '../../model/entity.ts'
import type { StoreReader } from '../../store/store.ts'
import { readFields } from '../body/read-fields.ts'
import type { Place } from './place.ts'
import { resolveReferences } from './resolve-references.ts'
import type { Write } from './write.ts'

/**
 * What a client sent as fields of the whole entity (POST, PUT): form values typed, references by name replaced by ids.
 * The parent in the path wins over one in the body. `existing` is the entity about to be replaced, or null.
 * Source: Kong Gateway 3.9, nested endpoints of the Admin API.
 */
export async function prepareInput(
  reader: StoreReader,
  { place, body }: Pick<Write, 'place' | 'body'>,
  existing: StoredEntity | null,
): Promise<Record<string, unknown>> {
  const fields = readFields(body, place.kind, existing)
  return resolveReferences(reader, place.kind, { ...fields, ...parentReference(place) })
}

/**
 * The same for fields to change (PATCH). Here the body may name another parent, or none where the schema allows that:
 * the entity leaves the one in the path.
 */
export async function preparePatch(
  reader: StoreReader,
  { place, body }: Pick<Write, 'place' | 'body'>,
  existing: StoredEntity,
): Promise<Record<string, unknown>> {
  const fields = readFields(body, place.kind, existing)
  return resolveReferences(reader, place.kind, { ...parentReference(place), ...fields })
}

function parentReference({ parent }: Place): Readonly<Record<string, unknown>> {
  return parent === null ? {} : { [parent.field]: { id: parent.id } }
}
