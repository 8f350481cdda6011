import { childrenOf } from '../../configuration/children.ts'
import { ENTITY_DEFINITIONS } from '../../model/entities.ts'
import type { ChildNames, Entity, EntityKind, StoredEntity } from '../../model/entity.ts'
import type { StoreReader } from '../../store/store.ts'

/** The entity as it is shown: with the sorted names of its children where its kind lists them. */
export async function withChildNames(
  reader: StoreReader,
  kind: EntityKind,
  entity: Entity,
): Promise<object> {
  const { childNames } = ENTITY_DEFINITIONS[kind]
  if (childNames === undefined) return entity
  const children = await childrenByName(reader, childNames, entity.id)
  return { ...entity, [childNames.field]: [...children.keys()].sort() }
}

/** Ids of the children by name. */
export async function childrenByName(
  reader: StoreReader,
  { kind, foreignKey, nameField }: ChildNames,
  parentId: string,
): Promise<ReadonlyMap<string, string>> {
  const ids = new Map<string, string>()
  for await (const child of childrenOf(reader, kind, { field: foreignKey, id: parentId })) {
    ids.set(String(fieldOf(child, nameField)), child.id)
  }
  return ids
}

/** The entity that has a child of this name; null when there is none, or children of this kind are not listed. */
export async function findByChildName(
  reader: StoreReader,
  kind: EntityKind,
  name: string,
): Promise<StoredEntity | null> {
  const { childNames } = ENTITY_DEFINITIONS[kind]
  if (childNames === undefined) return null
  const parentId = await parentIdOfChild(reader, childNames, name)
  return parentId === null ? null : reader.get(kind, parentId)
}

/** Id of the parent of the child with this name; null when there is no such child. */
export async function parentIdOfChild(
  reader: StoreReader,
  { kind, foreignKey, nameField }: ChildNames,
  name: string,
): Promise<string | null> {
  const child = await reader.find(kind, { [nameField]: name })
  if (child === null) return null
  return (fieldOf(child.entity, foreignKey) as { readonly id: string }).id
}

function fieldOf(entity: Entity, field: string): unknown {
  return (entity as unknown as Readonly<Record<string, unknown>>)[field]
}
