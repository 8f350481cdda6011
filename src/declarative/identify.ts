import { ENTITY_DEFINITIONS, ENTITY_KINDS } from '../model/entities.ts'
import type { EntityKind, ForeignKey, StoredEntity } from '../model/entity.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { uniqueKeysOf } from '../model/unique-keys.ts'
import { keysOf, keyText, mintingKey } from './entity-keys.ts'
import { problemOf } from './entity-problem.ts'
import type { DeclarativeFile, FileEntity, Reference } from './file-entity.ts'
import type { FilePath, FileProblem } from './file-problem.ts'
import { PresentEntities } from './present-entities.ts'
import { stableId } from './stable-id.ts'

/** An entity of a file that is known by its id, and what has that id now. */
export interface Identified {
  readonly entity: FileEntity
  readonly id: string
  readonly existing: StoredEntity | null
  /** The foreign keys of the entity, as they are stored. */
  readonly references: Readonly<Record<string, ForeignKey | null>>
}

export interface Identities {
  /** Parents before what refers to them. */
  readonly identified: readonly Identified[]
  readonly problems: readonly FileProblem[]
}

/**
 * Which entity of a gateway each entity of a file is: the one with its id, else the one with its name or other unique
 * fields, else a new one with an id that is always the same for the same file. Finds references that lead nowhere and
 * values that two entities have. Yields between entities, for the caller to give way to other work.
 */
export function* identify(file: DeclarativeFile, snapshot: Snapshot): Generator<void, Identities> {
  const present = new PresentEntities(snapshot, file.selectTags)
  yield* present.index()
  const identification = new Identification(file, present)
  yield* identification.run()
  return identification
}

class Identification implements Identities {
  readonly identified: Identified[] = []
  readonly problems: FileProblem[] = []
  readonly #file: DeclarativeFile
  readonly #present: PresentEntities
  /** Ids of entities of the file by their position in it. */
  readonly #ids: (string | undefined)[] = []
  /** `kind id` of what is in the file. */
  readonly #claimed = new Set<string>()
  readonly #idsByKey = new Map<string, string>()
  readonly #takenBy = new Map<string, FileEntity>()
  readonly #siblings = new Map<string, number>()

  constructor(file: DeclarativeFile, present: PresentEntities) {
    this.#file = file
    this.#present = present
  }

  *run(): Generator<void, void> {
    for (const entity of this.#file.entities) {
      if (entity.id !== null) this.#claim(entity, entity.id)
    }
    const inOrder = Map.groupBy(this.#file.entities.entries(), ([, { kind }]) => kind)
    for (const kind of ENTITY_KINDS) {
      for (const [position, entity] of inOrder.get(kind) ?? []) {
        yield
        this.#identify(entity, position)
      }
    }
  }

  #claim(entity: FileEntity, id: string): void {
    const key = `${entity.kind} ${id}`
    if (this.#claimed.has(key)) this.#report(entity, ['id'], `another entity has the id ${id} too`)
    this.#claimed.add(key)
  }

  #identify(entity: FileEntity, position: number): void {
    const { kind } = entity
    const references = this.#resolveAll(entity)
    const fields = { ...entity.fields, ...references }
    const id = entity.id ?? this.#match(entity, fields) ?? this.#mint(entity, fields)
    if (entity.id === null) this.#claim(entity, id)
    this.#ids[position] = id
    const { endpointKey } = ENTITY_DEFINITIONS[kind]
    const key = endpointKey === null ? null : (fields[endpointKey] as string | null | undefined)
    if (typeof key === 'string') this.#idsByKey.set(`${kind} ${key}`, id)
    this.#requireUnique(entity, { id, fields })
    const existing = this.#present.get(kind, id)
    this.identified.push({ entity, id, existing, references })
  }

  #resolveAll(entity: FileEntity): Record<string, ForeignKey | null> {
    const { foreignKeys } = ENTITY_DEFINITIONS[entity.kind]
    const resolved: Record<string, ForeignKey | null> = {}
    for (const [field, rule] of Object.entries(foreignKeys)) {
      if (rule.isList === true) {
        this.#requireListed(entity, field, rule.kind)
        continue
      }
      const reference = entity.references[field] ?? null
      const id = reference === null ? null : this.#resolve(reference, rule.kind)
      resolved[field] = id === null ? null : { id }
      if (id === null && reference !== null && reference.by !== 'position') {
        this.#report(entity, [field], this.#leadsNowhere(reference, rule.kind))
      }
    }
    return resolved
  }

  #resolve(reference: Reference, kind: EntityKind): string | null {
    switch (reference.by) {
      case 'position':
        return this.#ids[reference.position] ?? null
      case 'id':
        return this.#exists(kind, reference.id) ? reference.id : null
      case 'key': {
        const inFile = this.#idsByKey.get(`${kind} ${reference.key}`)
        return inFile ?? this.#present.survivorByKey(kind, reference.key)
      }
    }
  }

  #exists(kind: EntityKind, id: string): boolean {
    return this.#claimed.has(`${kind} ${id}`) || this.#present.isSurvivor(kind, id)
  }

  #leadsNowhere(reference: Exclude<Reference, { by: 'position' }>, kind: EntityKind): string {
    const given = reference.by === 'id' ? reference.id : reference.key
    const isDeleted =
      reference.by === 'id'
        ? this.#present.get(kind, given) !== null
        : this.#present.byKey(kind, given) !== null
    return isDeleted
      ? `'${given}' is one of the ${kind} that this file deletes; put it into the file`
      : `'${given}' is none of the ${kind} in this file`
  }

  #requireListed(entity: FileEntity, field: string, kind: EntityKind): void {
    const ids = entity.fields[field]
    if (!Array.isArray(ids)) return
    for (const [index, id] of ids.entries()) {
      if (this.#exists(kind, id)) continue
      const message = this.#leadsNowhere({ by: 'id', id }, kind)
      this.#report(entity, [field, index], message)
    }
  }

  /** What is there already with these unique values, unless the file gives its id to another entity. */
  #match({ kind }: FileEntity, fields: Readonly<Record<string, unknown>>): string | null {
    for (const key of keysOf(kind, fields)) {
      const id = this.#present.idByKey(kind, key)
      if (id !== null && !this.#claimed.has(`${kind} ${id}`)) return id
    }
    return null
  }

  #mint(entity: FileEntity, fields: Readonly<Record<string, unknown>>): string {
    const { kind } = entity
    const key = mintingKey(kind, fields) ?? this.#placeAmongSiblings(entity, fields)
    const isNameless = mintingKey(kind, fields) === null
    for (let attempt = 0; ; attempt++) {
      const id = stableId(kind, attempt === 0 ? key : `${key}\n${attempt}`)
      if (this.#claimed.has(`${kind} ${id}`)) continue
      // Without a name, who had this place before is the same entity; with one, it was renamed and is another.
      if (isNameless || this.#present.get(kind, id) === null) return id
    }
  }

  /** Without a name: the how-manieth it is of what belongs to the same entities. */
  #placeAmongSiblings(
    { kind, references }: FileEntity,
    fields: Readonly<Record<string, unknown>>,
  ): string {
    const parents = Object.keys(references).map((field) => fields[field] ?? null)
    const family = `${kind} ${JSON.stringify(parents)}`
    const place = this.#siblings.get(family) ?? 0
    this.#siblings.set(family, place + 1)
    return `${JSON.stringify(parents)} ${place}`
  }

  #requireUnique(
    entity: FileEntity,
    { id, fields }: { id: string; fields: Readonly<Record<string, unknown>> },
  ): void {
    const { kind } = entity
    for (const { set, values } of uniqueKeysOf(kind, fields)) {
      const key = keyText(set, values)
      const other = this.#takenBy.get(`${kind} ${key}`)
      const field = set.find((name) => !Object.hasOwn(entity.references, name)) ?? set[0] ?? ''
      if (other !== undefined) {
        const place = other.line === null ? 'earlier in this file' : `on line ${other.line}`
        this.#report(entity, [field], `must be unique, but it is that of the entity ${place}`)
      } else this.#takenBy.set(`${kind} ${key}`, entity)
      const presentId = this.#present.idByKey(kind, key)
      const isTaken =
        presentId !== null && presentId !== id && this.#present.isSurvivor(kind, presentId)
      if (isTaken && !this.#claimed.has(`${kind} ${presentId}`)) {
        this.#report(entity, [field], `must be unique, but ${presentId}, which stays, has it`)
      }
    }
  }

  #report(entity: FileEntity, field: FilePath, message: string): void {
    this.problems.push(problemOf(entity, field, message))
  }
}
