import { setImmediate } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { Change, EntityKind, StoredEntity } from '../model/entity.ts'

/** Comparing so many takes some milliseconds; then the traffic has its turn. */
const COMPARED_AT_ONCE = 200

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
  async changes(): Promise<Change[]> {
    const changes: Change[] = []
    let compared = 0
    for (const change of this.#changes.values()) {
      if (++compared % COMPARED_AT_ONCE === 0) await setImmediate()
      if (!isDeepStrictEqual(change.before, change.after)) changes.push(change)
    }
    return changes
  }
}
