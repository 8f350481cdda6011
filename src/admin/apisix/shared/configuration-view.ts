import type { Entity, EntityKind, EntityTypes } from '../../../model/entity.ts'
import type { EntityTable, Snapshot } from '../../../model/snapshot.ts'

/** Looks into the configuration that this node serves. */
export interface ConfigurationView {
  readonly snapshot: Snapshot
  get<K extends EntityKind>(kind: K, id: string): EntityTypes[K] | undefined
  /** All of a kind, oldest first. */
  all<K extends EntityKind>(kind: K): readonly EntityTypes[K][]
  /** Those whose field is this text, or points at this id, oldest first. */
  where<K extends EntityKind>(
    kind: K,
    field: string & keyof EntityTypes[K],
    value: string,
  ): readonly EntityTypes[K][]
}

/** What is found out about a table is kept as long as the table does not change. */
export function viewOf(snapshot: Snapshot): ConfigurationView {
  return {
    snapshot,
    get: (kind, id) => snapshot.tables[kind].get(id)?.entity,
    all: (kind) => inOrder(snapshot.tables[kind]),
    where: (kind, field, value) =>
      groupedBy(snapshot.tables[kind], field).get(value)?.toSorted(byAge) ?? [],
  }
}

const ORDERED = new WeakMap<object, readonly Entity[]>()
const GROUPED = new WeakMap<object, Map<string, ReadonlyMap<string, readonly Entity[]>>>()

function inOrder<K extends EntityKind>(table: EntityTable<K>): readonly EntityTypes[K][] {
  let entities = ORDERED.get(table)
  if (entities === undefined) {
    entities = [...table.values()].map(({ entity }): Entity => entity).sort(byAge)
    ORDERED.set(table, entities)
  }
  return entities as readonly EntityTypes[K][]
}

function byAge(left: Entity, right: Entity): number {
  return left.created_at - right.created_at || (left.id < right.id ? -1 : 1)
}

function groupedBy<K extends EntityKind>(
  table: EntityTable<K>,
  field: string,
): ReadonlyMap<string, readonly EntityTypes[K][]> {
  const known = GROUPED.get(table) ?? new Map<string, ReadonlyMap<string, readonly Entity[]>>()
  GROUPED.set(table, known)
  let groups = known.get(field)
  if (groups === undefined) {
    const entities = table.valueSeq().map(({ entity }): Entity => entity)
    groups = Map.groupBy<string, Entity>(entities, (entity) => textOf(entity, field))
    known.set(field, groups)
  }
  return groups as ReadonlyMap<string, readonly EntityTypes[K][]>
}

/** The value of a field, or the id that it points at. */
function textOf(entity: Entity, field: string): string {
  const value: unknown = Reflect.get(entity, field)
  if (typeof value === 'object' && value !== null && 'id' in value) return String(value.id)
  return String(value)
}
