import { ENTITY_DEFINITIONS } from '../../model/entities.ts'
import type { EntityKind, StoredEntity } from '../../model/entity.ts'
import { GatewayError } from '../../model/errors.ts'
import { isUuid } from '../../model/uuid.ts'
import type { StoreReader } from '../../store/store.ts'
import { findByChildName } from './read-child-names.ts'
import { storedKey } from './stored-key.ts'

/** The entity that a nested path starts with, as the path names it. */
export interface ParentKey {
  readonly kind: EntityKind
  /** Foreign key of the nested entity that points at it. */
  readonly field: string
  /** Id or endpoint key. */
  readonly key: string
}

/** A collection that a path names: all entities of a kind, or those of one parent. */
export interface Place {
  readonly kind: EntityKind
  readonly parent: { readonly field: string; readonly id: string } | null
}

/** The place, its parent looked up. Fails with not_found when there is no such parent. */
export async function resolvePlace(
  reader: StoreReader,
  kind: EntityKind,
  parent: ParentKey | null,
): Promise<Place> {
  if (parent === null) return { kind, parent: null }
  const found = await findItem(reader, { kind: parent.kind, parent: null }, parent.key)
  if (found === null) throw notFound()
  return { kind, parent: { field: parent.field, id: found.entity.id } }
}

/**
 * The entity that a path names by id or, failing that, by its endpoint key or the name of one of its children; null
 * when there is none in this place.
 * A key that is only unique within a parent (a group, a target) needs the parent's path.
 */
export async function findItem(
  reader: StoreReader,
  place: Place,
  key: string,
): Promise<StoredEntity | null> {
  const found = await findUnderAnyParent(reader, place, key)
  return found !== null && belongsTo(found, place) ? found : null
}

/** The same also when it belongs to another parent, unless its key says nothing without the parent. */
export async function findUnderAnyParent(
  reader: StoreReader,
  place: Place,
  key: string,
): Promise<StoredEntity | null> {
  const byId = isUuid(key) ? await reader.get(place.kind, key.toLowerCase()) : null
  return (
    byId ??
    (await findByEndpointKey(reader, place, key)) ??
    findByChildName(reader, place.kind, key)
  )
}

/** Kong's answer to an entity or a path that does not exist. */
export function notFound(): GatewayError {
  return new GatewayError('not_found', 'Not found')
}

/** The field that names an entity in this place beside its id; null when only the id does. */
export function endpointKeyIn({ kind, parent }: Place): string | null {
  const { endpointKey } = ENTITY_DEFINITIONS[kind]
  if (endpointKey === null) return null
  const others = uniqueWith(kind, endpointKey).filter((field) => field !== endpointKey)
  return others.every((field) => field === parent?.field) ? endpointKey : null
}

async function findByEndpointKey(
  reader: StoreReader,
  place: Place,
  key: string,
): Promise<StoredEntity | null> {
  const { kind, parent } = place
  const endpointKey = endpointKeyIn(place)
  if (endpointKey === null) return null
  const isWithinParent = parent !== null && uniqueWith(kind, endpointKey).includes(parent.field)
  return reader.find(kind, {
    ...(isWithinParent ? { [parent.field]: parent.id } : {}),
    [endpointKey]: storedKey(kind, key),
  })
}

/** The set of fields in which the endpoint key is unique. */
function uniqueWith(kind: EntityKind, endpointKey: string): readonly string[] {
  return ENTITY_DEFINITIONS[kind].unique.find((set) => set.includes(endpointKey)) ?? []
}

function belongsTo(stored: StoredEntity, { parent }: Place): boolean {
  if (parent === null) return true
  const reference = (stored.entity as unknown as Record<string, unknown>)[parent.field]
  return (reference as { readonly id: string } | null)?.id === parent.id
}
