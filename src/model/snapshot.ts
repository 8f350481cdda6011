import { Map as ImmutableMap } from 'immutable'
import { ENTITY_KINDS } from './entities.ts'
import type { Change, EntityKind, StoredEntity } from './entity.ts'

/** Entities of one kind by id. Persistent: a change shares all that it does not touch. */
export type EntityTable<K extends EntityKind> = ImmutableMap<string, StoredEntity<K>>

/** The whole configuration, immutable, with a version number. */
export interface Snapshot {
  readonly version: number
  readonly tables: { readonly [K in EntityKind]: EntityTable<K> }
}

export const EMPTY_SNAPSHOT: Snapshot = {
  version: 0,
  tables: Object.fromEntries(
    ENTITY_KINDS.map((kind) => [kind, ImmutableMap<string, StoredEntity>()]),
  ) as unknown as Snapshot['tables'],
}

/** The snapshot after a transaction. Costs in proportion to the changes, not to the configuration. */
export function advanceSnapshot(
  snapshot: Snapshot,
  changes: readonly Change[],
  version: number,
): Snapshot {
  const tables: Record<EntityKind, EntityTable<EntityKind>> = { ...snapshot.tables } as Record<
    EntityKind,
    EntityTable<EntityKind>
  >
  for (const kind of ENTITY_KINDS) {
    const own = changes.filter((change) => change.kind === kind)
    if (own.length === 0) continue
    tables[kind] = tables[kind].withMutations((table) => {
      for (const change of own) {
        if (change.after === null) table.delete(change.id)
        else table.set(change.id, change.after)
      }
    })
  }
  return { version, tables: tables as unknown as Snapshot['tables'] }
}

/** The entity with this id, or undefined. */
export function entityById<K extends EntityKind>(
  snapshot: Snapshot,
  kind: K,
  id: string,
): StoredEntity<K> | undefined {
  return snapshot.tables[kind].get(id)
}
