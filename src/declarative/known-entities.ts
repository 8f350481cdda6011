import type { EntityKind } from '../model/entity.ts'
import type { Reference } from './file-entity.ts'
import type { PresentEntities } from './present-entities.ts'

/** A reference that says by itself what it points at. */
export type NamingReference = Exclude<Reference, { by: 'position' }>

/** What the entities of a file may refer to: what is in the file, and what stays in the gateway beside it. */
export class KnownEntities {
  readonly #present: PresentEntities
  /** `kind id` of what is in the file. */
  readonly #inFile = new Set<string>()
  readonly #idsByKey = new Map<string, string>()

  constructor(present: PresentEntities) {
    this.#present = present
  }

  /** Notes an entity of the file. False when there is one with that id already. */
  add(kind: EntityKind, id: string): boolean {
    const isNew = !this.isInFile(kind, id)
    this.#inFile.add(`${kind} ${id}`)
    return isNew
  }

  /** Notes the name, or other endpoint key, of an entity of the file. */
  addKey(kind: EntityKind, key: string, id: string): void {
    this.#idsByKey.set(`${kind} ${key}`, id)
  }

  isInFile(kind: EntityKind, id: string): boolean {
    return this.#inFile.has(`${kind} ${id}`)
  }

  exists(kind: EntityKind, id: string): boolean {
    return this.isInFile(kind, id) || this.#present.isSurvivor(kind, id)
  }

  /** Id of what the reference leads to; null when it leads nowhere. */
  resolve(reference: NamingReference, kind: EntityKind): string | null {
    if (reference.by === 'id') return this.exists(kind, reference.id) ? reference.id : null
    const inFile = this.#idsByKey.get(`${kind} ${reference.key}`)
    return inFile ?? this.#present.survivorByKey(kind, reference.key)
  }

  /** What to say of a reference that leads nowhere. */
  leadsNowhere(reference: NamingReference, kind: EntityKind): string {
    const given = reference.by === 'id' ? reference.id : reference.key
    const isDeleted =
      reference.by === 'id'
        ? this.#present.get(kind, given) !== null
        : this.#present.byKey(kind, given) !== null
    return isDeleted
      ? `'${given}' is one of the ${kind} that this file deletes; put it into the file`
      : `'${given}' is none of the ${kind} in this file`
  }
}
