import { ENTITY_DEFINITIONS, ENTITY_KINDS } from '../model/entities.ts'
import type { EntityKind, ForeignKey, StoredEntity } from '../model/entity.ts'
import { SPLIT_UPSTREAM_FIELD } from '../model/plugins/split-references.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { uniqueKeysOf } from '../model/unique-keys.ts'
import { keysOf, keyText, mintingKey } from './entity-keys.ts'
import { problemOf } from './entity-problem.ts'
import type { DeclarativeFile, FileEntity } from './file-entity.ts'
import type { FilePath, FileProblem } from './file-problem.ts'
import { KnownEntities } from './known-entities.ts'
import { parentsOf } from './parents.ts'
import { PresentEntities } from './present-entities.ts'
import { withSplitUpstreams } from './split-upstreams.ts'
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

type Fields = Readonly<Record<string, unknown>>

class Identification implements Identities {
  readonly identified: Identified[] = []
  readonly problems: FileProblem[] = []
  readonly #file: DeclarativeFile
  readonly #present: PresentEntities
  readonly #known: KnownEntities
  /** Ids of entities of the file by their position in it. */
  readonly #ids: (string | undefined)[] = []
  readonly #takenBy = new Map<string, FileEntity>()
  readonly #siblings = new Map<string, number>()

  constructor(file: DeclarativeFile, present: PresentEntities) {
    this.#file = file
    this.#present = present
    this.#known = new KnownEntities(present)
  }

  *run(): Generator<void, void> {
    const ofKind = new Map<EntityKind, [number, FileEntity][]>(
      ENTITY_KINDS.map((kind) => [kind, []]),
    )
    for (const [position, entity] of this.#file.entities.entries()) {
      yield
      if (entity.id !== null) this.#claim(entity, entity.id)
      ofKind.get(entity.kind)?.push([position, entity])
    }
    for (const [position, entity] of [...ofKind.values()].flat()) {
      yield
      this.#identify(entity, position)
    }
    // What is named inside of fields may come later in the file than what names it.
    for (const one of this.identified) {
      yield
      this.#requireParents(one)
    }
  }

  #claim(entity: FileEntity, id: string): void {
    if (this.#known.add(entity.kind, id)) return
    this.#report(entity, ['id'], `another entity has the id ${id} too`)
  }

  #identify(given: FileEntity, position: number): void {
    const { kind } = given
    const references = this.#resolveAll(given)
    const entity = withSplitUpstreams(given, this.#known, (field, message) =>
      this.#report(given, field, message),
    )
    const fields = { ...entity.fields, ...references }
    const id = entity.id ?? this.#match(entity, fields) ?? this.#mint(entity, fields)
    if (entity.id === null) this.#claim(entity, id)
    this.#ids[position] = id
    const { endpointKey } = ENTITY_DEFINITIONS[kind]
    const key = endpointKey === null ? null : (fields[endpointKey] as string | null | undefined)
    if (typeof key === 'string') this.#known.addKey(kind, key, id)
    this.#requireUnique(entity, { id, fields })
    this.identified.push({ entity, id, existing: this.#present.get(kind, id), references })
  }

  #resolveAll(entity: FileEntity): Record<string, ForeignKey | null> {
    const resolved: Record<string, ForeignKey | null> = {}
    for (const [field, rule] of Object.entries(ENTITY_DEFINITIONS[entity.kind].foreignKeys)) {
      if (rule.isList === true) continue
      const reference = entity.references[field] ?? null
      if (reference === null) resolved[field] = null
      else if (reference.by === 'position') {
        const id = this.#ids[reference.position]
        resolved[field] = id === undefined ? null : { id }
      } else {
        const id = this.#known.resolve(reference, rule.kind)
        resolved[field] = id === null ? null : { id }
        if (id === null)
          this.#report(entity, [field], this.#known.leadsNowhere(reference, rule.kind))
      }
    }
    return resolved
  }

  /** Foreign keys have been looked up before; these are the ids that an entity has in lists and inside of its fields. */
  #requireParents({ entity, references, id }: Identified): void {
    for (const { kind, id: to, field } of parentsOf(entity.kind, { ...entity.fields, id })) {
      const isLookedUp = Object.hasOwn(references, field) || field === SPLIT_UPSTREAM_FIELD
      if (isLookedUp || this.#known.exists(kind, to)) continue
      const message = this.#known.leadsNowhere({ by: 'id', id: to }, kind)
      const listed = entity.fields[field]
      const place = Array.isArray(listed) ? [field, listed.indexOf(to)] : field.split('.')
      this.#report(entity, place, message)
    }
  }

  /** What is there already with these unique values, unless the file gives its id to another entity. */
  #match({ kind }: FileEntity, fields: Fields): string | null {
    for (const key of keysOf(kind, fields)) {
      const id = this.#present.idByKey(kind, key)
      if (id !== null && !this.#known.isInFile(kind, id)) return id
    }
    return null
  }

  #mint(entity: FileEntity, fields: Fields): string {
    const { kind } = entity
    const key = mintingKey(kind, fields) ?? this.#placeAmongSiblings(entity, fields)
    const isNameless = mintingKey(kind, fields) === null
    for (let attempt = 0; ; attempt++) {
      const id = stableId(kind, attempt === 0 ? key : `${key}\n${attempt}`)
      if (this.#known.isInFile(kind, id)) continue
      // Without a name, who had this place before is the same entity; with one, it was renamed and is another.
      if (isNameless || this.#present.get(kind, id) === null) return id
    }
  }

  /** Without a name: the how-manieth it is of what belongs to the same entities. */
  #placeAmongSiblings({ kind, references }: FileEntity, fields: Fields): string {
    const parents = Object.keys(references).map((field) => fields[field] ?? null)
    const family = `${kind} ${JSON.stringify(parents)}`
    const place = this.#siblings.get(family) ?? 0
    this.#siblings.set(family, place + 1)
    return `${JSON.stringify(parents)} ${place}`
  }

  #requireUnique(
    entity: FileEntity,
    { id, fields }: { readonly id: string; readonly fields: Fields },
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
      if (presentId === null || presentId === id || this.#known.isInFile(kind, presentId)) continue
      if (this.#present.isSurvivor(kind, presentId)) {
        this.#report(entity, [field], `must be unique, but ${presentId}, which stays, has it`)
      }
    }
  }

  #report(entity: FileEntity, field: FilePath, message: string): void {
    this.problems.push(problemOf(entity, field, message))
  }
}
