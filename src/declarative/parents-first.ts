import type { EntityKind } from '../model/entity.ts'
import { parentsOf } from './parents.ts'

/** An entity with the fields that say what it refers to. */
export interface Referring {
  readonly kind: EntityKind
  readonly id: string
  readonly fields: Readonly<Record<string, unknown>>
}

/**
 * The items, each behind those that it refers to; for the rest they keep their order. A circle is cut somewhere. Yields
 * between items.
 */
export function* parentsFirst<T>(
  items: readonly T[],
  describe: (item: T) => Referring,
): Generator<void, T[]> {
  const waiting = new Map<string, T>()
  for (const item of items) {
    const { kind, id } = describe(item)
    waiting.set(`${kind} ${id}`, item)
  }
  const ordered: T[] = []
  const place = (key: string): void => {
    const item = waiting.get(key)
    if (item === undefined) return
    waiting.delete(key)
    const { kind, fields } = describe(item)
    for (const parent of parentsOf(kind, fields)) place(`${parent.kind} ${parent.id}`)
    ordered.push(item)
  }
  for (const key of [...waiting.keys()]) {
    yield
    place(key)
  }
  return ordered
}
