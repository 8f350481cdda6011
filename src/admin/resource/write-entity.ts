import { ENTITY_DEFINITIONS } from '../../model/entities.ts'
import type { Entity, EntityDefinition, StoredEntity } from '../../model/entity.ts'
import { mergeEntity } from '../../model/merge.ts'
import { schemaViolation } from '../../model/schema-violation.ts'
import { isSameUuid } from '../../model/uuid.ts'
import { parseEntity } from '../../model/validate.ts'
import type { StoreTransaction } from '../../store/store.ts'
import { checkEntity } from './check-entity.ts'
import { namePutEntity, refuseUnwritableKey } from './name-put-entity.ts'
import { findItem, findUnderAnyParent, notFound, type Place } from './place.ts'
import { prepareInput, preparePatch } from './prepare-input.ts'
import { refuseField } from './refuse-field.ts'
import { resolveSplitUpstreams } from './resolve-split-upstreams.ts'
import type { Write } from './write.ts'

/** Stores a new entity (POST). Fails as the schema and the store do. */
export async function createEntity(transaction: StoreTransaction, write: Write): Promise<Entity> {
  const input = await prepareInput(transaction, write, null)
  return insert(transaction, write, input)
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
  if (existing === null) return insert(transaction, write, named)
  return replace(transaction, write, {
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
  return replace(transaction, write, { existing, input, isUpdate: true })
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

async function insert(
  transaction: StoreTransaction,
  write: Write,
  input: Record<string, unknown>,
): Promise<Entity> {
  const built = buildEntity(write, input)
  await checkEntity(transaction, { ...built, previous: null })
  const stored = await resolveSplitUpstreams(transaction, built)
  await transaction.insert(stored)
  return stored.entity
}

/**
 * A new entity as it would be stored: id, timestamps and what else the gateway makes up filled in.
 * Fails with schema_violation.
 */
export function buildEntity(
  { place: { kind }, nowMs, draws }: Omit<Write, 'body'>,
  input: Readonly<Record<string, unknown>>,
): StoredEntity {
  const definition = ENTITY_DEFINITIONS[kind]
  const complete = definition.generate?.({ ...input }, draws) ?? input
  const entity = parseEntity(kind, {
    ...complete,
    id: complete.id ?? draws.uuid(),
    created_at: complete.created_at ?? timestamp(kind, nowMs),
    ...(definition.hasUpdatedAt ? { updated_at: timestamp(kind, nowMs) } : {}),
  })
  return toStored(null, { kind, entity, nowMs })
}

async function replace(
  transaction: StoreTransaction,
  { place: { kind }, nowMs }: Write,
  change: {
    readonly existing: StoredEntity
    readonly input: Record<string, unknown>
    readonly isUpdate?: boolean
  },
): Promise<Entity> {
  const stamp = ENTITY_DEFINITIONS[kind].hasUpdatedAt ? { updated_at: timestamp(kind, nowMs) } : {}
  const { existing, input, isUpdate = false } = change
  const entity = parseEntity(kind, { ...input, ...stamp }, { isUpdate })
  await checkEntity(transaction, { kind, entity, previous: existing.entity })
  const next = toStored(existing, { kind, entity, nowMs })
  const stored = await resolveSplitUpstreams(transaction, next)
  await transaction.replace(stored)
  return stored.entity
}

/** The row to store. Fails with schema_violation for what must not be written at this time. */
function toStored(
  previous: StoredEntity | null,
  next: { readonly kind: Place['kind']; readonly entity: Entity; readonly nowMs: number },
): StoredEntity {
  const { kind, entity, nowMs } = next
  // The compiler cannot know that the definition and the entity are of one kind.
  const { internals, problemsAt } = ENTITY_DEFINITIONS[kind] as EntityDefinition
  const problems = problemsAt?.(entity, nowMs) ?? []
  if (problems.length > 0) throw schemaViolation(problems)
  return { kind, entity, internals: internals?.(previous, entity, nowMs) ?? {} }
}

/** Epoch seconds, whole but for kinds that keep milliseconds. */
function timestamp(kind: Place['kind'], nowMs: number): number {
  const { hasFractionalTimestamps } = ENTITY_DEFINITIONS[kind]
  return hasFractionalTimestamps ? nowMs / 1000 : Math.floor(nowMs / 1000)
}
