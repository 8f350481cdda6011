import { isDeepStrictEqual } from 'node:util'
import type { Change, EntityKind, StoredEntity } from '../model/entity.ts'
import { advanceSnapshot, entityById } from '../model/snapshot.ts'
import { advanceRuntime, type Runtime } from './runtime.ts'

/** How one entity is served in place of what is stored of it. */
export interface RowOverride<K extends EntityKind = EntityKind> {
  readonly kind: K
  readonly id: string
  /** Must give the same when it is applied to what it gave. */
  readonly apply: (stored: StoredEntity<K>) => StoredEntity<K>
}

/** Rows that are served otherwise than they are stored, whatever is stored of them meanwhile. */
export class RowOverrides {
  readonly #overrides = new Map<string, RowOverride>()

  set<K extends EntityKind>(override: RowOverride<K>): void {
    this.#overrides.set(keyOf(override), override as unknown as RowOverride)
  }

  delete(place: { readonly kind: EntityKind; readonly id: string }): void {
    this.#overrides.delete(keyOf(place))
  }

  /** The runtime as it is served. What is not there any more is not overridden. */
  onTopOf(runtime: Runtime): Runtime {
    if (this.#overrides.size === 0) return runtime
    const changes = [...this.#overrides.values()].flatMap((override): readonly Change[] => {
      const { kind, id } = override
      const before = entityById(runtime.snapshot, kind, id)
      if (before === undefined) return []
      const after = override.apply(before)
      return isDeepStrictEqual(before, after) ? [] : [{ kind, id, before, after }]
    })
    if (changes.length === 0) return runtime
    const next = advanceSnapshot(runtime.snapshot, changes, runtime.snapshot.version)
    return advanceRuntime(runtime, next, changes)
  }
}

function keyOf({ kind, id }: { readonly kind: EntityKind; readonly id: string }): string {
  return `${kind}/${id}`
}
