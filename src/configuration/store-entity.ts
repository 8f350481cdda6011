import type { Draws } from '../model/draws.ts'
import { ENTITY_DEFINITIONS } from '../model/entities.ts'
import type { Entity, EntityDefinition, EntityKind, StoredEntity } from '../model/entity.ts'
import { schemaViolation } from '../model/schema-violation.ts'
import { parseEntity } from '../model/validate.ts'
import type { StoreTransaction } from '../store/store.ts'
import { checkEntity } from './check-entity.ts'
import { resolveSplitUpstreams } from './resolve-split-upstreams.ts'

/** What is stored, and the clock and the draws that may be used for it. */
export interface EntityFacts {
  readonly kind: EntityKind
  /** Epoch milliseconds. */
  readonly nowMs: number
  readonly draws: Draws
}

/** Stores a new entity with its defaults. Fails as the schema, the checks between entities and the store do. */
export async function insertEntity(
  transaction: StoreTransaction,
  facts: EntityFacts,
  input: Readonly<Record<string, unknown>>,
): Promise<Entity> {
  const built = buildEntity(facts, input)
  await checkEntity(transaction, { ...built, previous: null })
  const stored = await resolveSplitUpstreams(transaction, built)
  await transaction.insert(stored)
  return stored.entity
}

/** Stores an entity in place of `existing`; what is absent gets its default. Fails as `insertEntity` does. */
export async function replaceEntity(
  transaction: StoreTransaction,
  { kind, nowMs }: EntityFacts,
  change: {
    readonly existing: StoredEntity
    readonly input: Readonly<Record<string, unknown>>
    /** What fails is told as of fields to change. */
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

/**
 * A new entity as it would be stored: id, timestamps and what else the gateway makes up filled in.
 * Fails with schema_violation.
 */
export function buildEntity(
  { kind, nowMs, draws }: EntityFacts,
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

/** The row to store. Fails with schema_violation for what must not be written at this time. */
function toStored(
  previous: StoredEntity | null,
  next: { readonly kind: EntityKind; readonly entity: Entity; readonly nowMs: number },
): StoredEntity {
  const { kind, entity, nowMs } = next
  // The compiler cannot know that the definition and the entity are of one kind.
  const { internals, problemsAt } = ENTITY_DEFINITIONS[kind] as EntityDefinition
  const problems = problemsAt?.(entity, nowMs) ?? []
  if (problems.length > 0) throw schemaViolation(problems)
  return { kind, entity, internals: internals?.(previous, entity, nowMs) ?? {} }
}

/** Epoch seconds, whole but for kinds that keep milliseconds. */
function timestamp(kind: EntityKind, nowMs: number): number {
  const { hasFractionalTimestamps } = ENTITY_DEFINITIONS[kind]
  return hasFractionalTimestamps ? nowMs / 1000 : Math.floor(nowMs / 1000)
}
