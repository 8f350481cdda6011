import { ENTITY_DEFINITIONS } from '../model/entities.ts'
import type { EntityKind, StoredEntity } from '../model/entity.ts'
import { uniqueKeysOf } from '../model/unique-keys.ts'
import { keyText } from './entity-keys.ts'

/** An entity before and after it is written. */
export interface Rewritten {
  readonly kind: EntityKind
  readonly id: string
  readonly existing: StoredEntity | null
  readonly fields: Readonly<Record<string, unknown>>
}

/**
 * `kind id` of the entities whose values are to be those of another one, as when two targets swap their addresses. Only
 * of values that are unique together: what is unique by itself is a name, which can be given up for a while. Yields
 * between entities.
 */
export function* inTheWay(rewritten: readonly Rewritten[]): Generator<void, ReadonlySet<string>> {
  const holders = new Map<string, string>()
  for (const { kind, id, existing } of rewritten) {
    yield
    if (existing === null) continue
    for (const key of pairsOf(kind, { ...existing.entity })) holders.set(key, `${kind} ${id}`)
  }
  const found = new Set<string>()
  if (holders.size === 0) return found
  for (const { kind, id, fields } of rewritten) {
    yield
    for (const key of pairsOf(kind, fields)) {
      const holder = holders.get(key)
      if (holder !== undefined && holder !== `${kind} ${id}`) found.add(holder)
    }
  }
  return found
}

function pairsOf(kind: EntityKind, fields: Readonly<Record<string, unknown>>): readonly string[] {
  if (ENTITY_DEFINITIONS[kind].unique.every((set) => set.length === 1)) return []
  return uniqueKeysOf(kind, fields)
    .filter(({ set }) => set.length > 1)
    .map(({ set, values }) => `${kind} ${keyText(set, values)}`)
}
