import { isDeepStrictEqual } from 'node:util'
import type { Change, EntityKind, StoredEntity } from '../model/entity.ts'

/** Gathers the writes of one transaction; several writes to one entity become one change. */
export class ChangeCollector {
  readonly #changes = new Map<string, Change>()

  /** Notes that an entity went from `before` to `after`; null means that it is not there. */
  record(
    kind: EntityKind,
    id: string,
    states: { readonly before: StoredEntity | null; readonly after: StoredEntity | null },
  ): void {
    const key = `${kind}/${id}`
    const before = this.#changes.has(key) ? this.#changes.get(key)?.before : states.before
    this.#changes.set(key, { kind, id, before: before ?? null, after: states.after })
  }

  /** What the transaction changes in the end, in the order of the first write to each entity. */
  changes(): Change[] {
    return Array.from(this.#changes.values()).filter(
      (change) => !isDeepStrictEqual(change.before, change.after),
    )
  }
}
