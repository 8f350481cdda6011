import { ENTITY_DEFINITIONS, ENTITY_KINDS } from '../model/entities.ts'
import type { EntityKind, StoredEntity } from '../model/entity.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { keysOf } from './entity-keys.ts'

/** What a gateway has before a file is applied, by id and by unique values. */
export class PresentEntities {
  readonly #snapshot: Snapshot
  readonly #selectTags: readonly string[]
  readonly #idsByKey = new Map<string, string>()
  readonly #idsByEndpointKey = new Map<string, string>()

  constructor(snapshot: Snapshot, selectTags: readonly string[]) {
    this.#snapshot = snapshot
    this.#selectTags = selectTags
  }

  /** Must be run to its end before anything is looked up by its values. */
  *index(): Generator<void, void> {
    for (const kind of ENTITY_KINDS) {
      const { endpointKey } = ENTITY_DEFINITIONS[kind]
      for (const { entity } of this.#snapshot.tables[kind].values()) {
        yield
        const fields = { ...entity } as Readonly<Record<string, unknown>>
        for (const key of keysOf(kind, fields)) this.#idsByKey.set(`${kind} ${key}`, entity.id)
        const name = endpointKey === null ? null : fields[endpointKey]
        if (typeof name === 'string') this.#idsByEndpointKey.set(`${kind} ${name}`, entity.id)
      }
    }
  }

  get(kind: EntityKind, id: string): StoredEntity | null {
    return this.#snapshot.tables[kind].get(id) ?? null
  }

  /** Id of what has these values, as `keysOf` writes them. */
  idByKey(kind: EntityKind, key: string): string | null {
    return this.#idsByKey.get(`${kind} ${key}`) ?? null
  }

  /** Id of what has this name, or other endpoint key. */
  byKey(kind: EntityKind, name: string): string | null {
    return this.#idsByEndpointKey.get(`${kind} ${name}`) ?? null
  }

  /** Whether an entity that is not in the file stays: one without the select tags. */
  isSurvivor(kind: EntityKind, id: string): boolean {
    const tags: readonly string[] = this.get(kind, id)?.entity.tags ?? []
    const isThere = this.get(kind, id) !== null
    return isThere && !this.#selectTags.every((tag) => tags.includes(tag))
  }

  /** Id of what has this name and stays though it is not in the file. */
  survivorByKey(kind: EntityKind, name: string): string | null {
    const id = this.byKey(kind, name)
    return id !== null && this.isSurvivor(kind, id) ? id : null
  }
}
