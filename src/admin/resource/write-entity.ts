import { refuseField } from '../../configuration/refuse-field.ts'
import { type EntityFacts, insertEntity, replaceEntity } from '../../configuration/store-entity.ts'
import { ENTITY_DEFINITIONS } from '../../model/entities.ts'
import type { Entity } from '../../model/entity.ts'
import { mergeEntity } from '../../model/merge.ts'
import { isSameUuid } from '../../model/uuid.ts'
import type { StoreTransaction } from '../../store/store.ts'
import { namePutEntity, refuseUnwritableKey } from './name-put-entity.ts'
import { findItem, findUnderAnyParent, notFound, type Place } from './place.ts'
import { prepareInput, preparePatch } from './prepare-input.ts'
import type { Write } from './write.ts'

/** Stores a new entity (POST). Fails as the schema and the store do. */
export async function createEntity(transaction: StoreTransaction, write: Write): Promise<Entity> {
  const input = await prepareInput(transaction, write, null)
  return insertEntity(transaction, factsOf(write), input)
}

/**
 * Stores the entity named in the path, new or in place of the old one (PUT): what is absent gets its default. One of
 * another parent moves to the parent in the path.
 */
export async function putEntity(
  transaction: StoreTransaction,
  write: Write,
  key: string,
): Promise<Entity> {
  const { place } = write
  const existing = await findUnderAnyParent(transaction, place, key)
  if (existing === null) refuseUnwritableKey(place, key)
  const input = await prepareInput(transaction, write, existing)
  const given = namePutEntity(place, input, { key, existing })
  const named = ENTITY_DEFINITIONS[place.kind].generate?.(given, write.draws) ?? given
  if (existing === null) return insertEntity(transaction, factsOf(write), named)
  return replaceEntity(transaction, factsOf(write), {
    existing,
    input: { ...named, created_at: named.created_at ?? existing.entity.created_at },
  })
}

/** Changes the given fields of the entity named in the path (PATCH). Fails with not_found when it does not exist. */
export async function patchEntity(
  transaction: StoreTransaction,
  write: Write,
  key: string,
): Promise<Entity> {
  const { place } = write
  const existing = await findItem(transaction, place, key)
  if (existing === null) throw notFound()
  const patch = await preparePatch(transaction, write, existing)
  if (patch.id !== undefined && !isSameUuid(patch.id, existing.entity.id)) {
    throw refuseField('id', 'immutable field cannot be updated')
  }
  const input = mergeEntity(place.kind, existing.entity, patch)
  return replaceEntity(transaction, factsOf(write), { existing, input, isUpdate: true })
}

/** Deletes the entity named in the path with all that hangs on it; false when there is none. */
export async function removeEntity(
  transaction: StoreTransaction,
  place: Place,
  key: string,
): Promise<boolean> {
  const existing = await findItem(transaction, place, key)
  return existing !== null && transaction.remove(place.kind, existing.entity.id)
}

function factsOf({ place: { kind }, nowMs, draws }: Write): EntityFacts {
  return { kind, nowMs, draws }
}
