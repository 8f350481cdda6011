import { ENTITY_DEFINITIONS, ENTITY_KINDS } from '../model/entities.ts'
import type { EntityKind, StoredEntity } from '../model/entity.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { foreignKeyId } from '../model/unique-keys.ts'
import { isUuid } from '../model/uuid.ts'
import { type Nesting, nestingsOf } from './sections.ts'
import { sortedByKey } from './sorted.ts'
import { withoutDefaults } from './without-defaults.ts'
import { yamlItem, yamlText } from './write-yaml.ts'

type Fields = Readonly<Record<string, unknown>>

/**
 * A configuration as a file of decK's form, in pieces of text. Applied to an empty gateway it makes the same entities,
 * with their ids and creation times; it is the same text whenever the configuration is the same. With select tags, only
 * what has all of them. Yields between entities.
 */
export function* dumpFile(
  snapshot: Snapshot,
  selectTags: readonly string[],
): Generator<string, void> {
  yield '_format_version: "3.0"\n'
  if (selectTags.length > 0) yield yamlText({ _info: { select_tags: selectTags } })
  const dump = new Dump(snapshot, selectTags)
  yield* dump.group()
  for (const kind of ENTITY_KINDS) yield* dump.list(kind)
}

/** Entities that stand in one list of the file; `nesting` says what they belong to, null at the top level. */
interface EntityList {
  readonly key: string
  readonly entities: readonly StoredEntity[] | undefined
  readonly nesting: Nesting | null
}

class Dump {
  readonly #snapshot: Snapshot
  readonly #selectTags: readonly string[]
  readonly #children = new Map<string, StoredEntity[]>()
  readonly #topLevel = new Map<EntityKind, StoredEntity[]>()

  constructor(snapshot: Snapshot, selectTags: readonly string[]) {
    this.#snapshot = snapshot
    this.#selectTags = selectTags
  }

  /** Finds out what is nested in what. Must be run to its end first. */
  *group(): Generator<string, void> {
    for (const kind of ENTITY_KINDS) {
      for (const stored of this.#snapshot.tables[kind].values() as Iterable<StoredEntity>) {
        yield ''
        if (!this.#isSelected(stored)) continue
        const parent = this.#parentOf(stored)
        if (parent === null) append(this.#topLevel, kind, stored)
        else append(this.#children, parent, stored)
      }
    }
  }

  /** All of a kind that belong to nothing, with what belongs to them. */
  *list(kind: EntityKind): Generator<string, void> {
    yield* this.#lines({ key: kind, entities: this.#topLevel.get(kind), nesting: null }, '')
  }

  /** Piece by piece, for an entity may have thousands of others. */
  *#lines({ key, entities, nesting }: EntityList, indent: string): Generator<string, void> {
    if (entities === undefined) return
    yield `${indent}${key}:\n`
    const inside = indent === '' ? '' : `${indent}  `
    for (const stored of yield* silently(sortedByKey(entities, sortKey))) {
      if (nesting?.names !== undefined) {
        yield yamlItem(this.#member(stored, nesting.names), inside)
        continue
      }
      yield yamlItem(this.#document(stored, nesting?.field ?? null), inside)
      for (const one of nestingsOf(stored.kind)) {
        const own = this.#children.get(`${stored.kind} ${stored.entity.id} ${one.key}`)
        yield* this.#lines({ key: one.key, entities: own, nesting: one }, `${inside}  `)
      }
    }
  }

  /** Without what belongs to it. `parentField` is the foreign key that the place in the file stands for. */
  #document(stored: StoredEntity, parentField: string | null): Fields {
    const { kind } = stored
    const { id, created_at, updated_at: _, ...fields } = fieldsOf(stored)
    const written = withoutDefaults(kind, fields)
    const { endpointKey, foreignKeys } = ENTITY_DEFINITIONS[kind]
    const document = new Map<string, unknown>()
    for (const field of ['name', endpointKey, ...Object.keys(written)]) {
      if (field === null || !(field in written) || field === parentField) continue
      const rule = foreignKeys[field]
      const value = written[field]
      document.set(field, rule === undefined ? value : this.#reference(value, rule.kind))
    }
    document.set('tags', this.#otherTags(fields.tags))
    if (document.get('tags') === undefined) document.delete('tags')
    document.set('id', id).set('created_at', created_at)
    return Object.fromEntries(document)
  }

  #member(membership: StoredEntity, names: string): Fields {
    const rule = ENTITY_DEFINITIONS[membership.kind].foreignKeys[names]
    const other = rule === undefined ? null : this.#named(fieldsOf(membership)[names], rule.kind)
    const tags = this.#otherTags(membership.entity.tags)
    return { ...other, ...(tags === undefined ? {} : { tags }) }
  }

  /** Lists of ids stay as they are. */
  #reference(value: unknown, kind: EntityKind): unknown {
    return foreignKeyId(value) === null ? value : this.#named(value, kind)
  }

  /** `{name: shop}`, or the id where there is no name, or one that could be taken for an id. */
  #named(reference: unknown, kind: EntityKind): Fields {
    const id = foreignKeyId(reference) ?? ''
    const { endpointKey } = ENTITY_DEFINITIONS[kind]
    const stored = this.#snapshot.tables[kind].get(id)
    const name = endpointKey === null || !stored ? null : fieldsOf(stored)[endpointKey]
    if (endpointKey === null || typeof name !== 'string' || isUuid(name)) return { id }
    return { [endpointKey]: name }
  }

  #isSelected({ entity }: StoredEntity): boolean {
    const tags: readonly string[] = entity.tags ?? []
    return this.#selectTags.every((tag) => tags.includes(tag))
  }

  #otherTags(tags: unknown): readonly string[] | undefined {
    if (!Array.isArray(tags)) return undefined
    const others = tags.filter((tag) => !this.#selectTags.includes(tag))
    return others.length > 0 || tags.length === 0 ? others : undefined
  }

  /** `kind id list` of the one entity that this one belongs to; null when it belongs to none, or to several. */
  #parentOf(stored: StoredEntity): string | null {
    const { kind } = stored
    if (kind === 'services' || kind === 'upstreams') return null
    const fields = fieldsOf(stored)
    const rules = Object.entries(ENTITY_DEFINITIONS[kind].foreignKeys)
    const given = rules.filter(([field]) => foreignKeyId(fields[field]) !== null)
    const [only] = kind === 'consumer_group_consumers' ? given.toReversed() : given
    if (only === undefined || (given.length > 1 && kind !== 'consumer_group_consumers')) return null
    const [field, rule] = only
    const id = foreignKeyId(fields[field]) ?? ''
    const parent = this.#snapshot.tables[rule.kind].get(id)
    if (parent === undefined || !this.#isSelected(parent)) return null
    const nesting = nestingsOf(rule.kind)
      .toReversed()
      .find((one) => one.kind === kind && one.field === field)
    return nesting === undefined ? null : `${rule.kind} ${id} ${nesting.key}`
  }
}

function append<K>(lists: Map<K, StoredEntity[]>, key: K, stored: StoredEntity): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [stored])
  else list.push(stored)
}

function sortKey(stored: StoredEntity): string {
  const { name, username, target, group, consumer, consumer_group } = fieldsOf(stored)
  const words = [name, username, target, group].filter((word) => typeof word === 'string')
  // A membership is written without its id.
  const ends = [foreignKeyId(consumer), foreignKeyId(consumer_group)]
  const isMember = stored.kind === 'consumer_group_consumers'
  return JSON.stringify([...words, ...(isMember ? ends : [stored.entity.id])])
}

/** Gives way as often as the steps do. */
function* silently<T>(steps: Generator<void, T>): Generator<string, T> {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
    yield ''
  }
}

function fieldsOf({ entity }: StoredEntity): Fields {
  return entity as unknown as Fields
}
