import { ENTITY_DEFINITIONS, ENTITY_KINDS } from '../model/entities.ts'
import type { EntityKind } from '../model/entity.ts'
import { isPlainObject } from '../model/plain-object.ts'
import { isUuid } from '../model/uuid.ts'
import type { Reference } from './file-entity.ts'
import type { FilePath } from './file-problem.ts'
import type { Report } from './read-header.ts'
import { type Nesting, nestingsOf } from './sections.ts'

/** An entity as the file gives it, taken out of what it was nested in. */
export interface RawEntity {
  readonly kind: EntityKind
  readonly path: FilePath
  /** What stands there, for its line. */
  readonly source: object
  /** Without what is nested in it and without references that could be read. */
  readonly fields: Readonly<Record<string, unknown>>
  readonly references: Readonly<Record<string, Reference | null>>
}

/** Every entity of a file, what is nested after what it is nested in. */
export function flatten(root: Readonly<Record<string, unknown>>, report: Report): RawEntity[] {
  const flat: RawEntity[] = []
  const walk = new Flattening(flat, report)
  for (const kind of ENTITY_KINDS) walk.list(root[kind], [kind], { kind })
  return flat
}

/** A list in the file, and what its elements belong to. */
interface ListPlace {
  readonly kind: EntityKind
  readonly parent?: { readonly nesting: Nesting; readonly position: number }
}

class Flattening {
  readonly #flat: RawEntity[]
  readonly #report: Report

  constructor(flat: RawEntity[], report: Report) {
    this.#flat = flat
    this.#report = report
  }

  list(given: unknown, path: FilePath, place: ListPlace): void {
    if (given === undefined || given === null) return
    if (!Array.isArray(given)) {
      this.#report(path, `expected a list of ${place.kind}`)
      return
    }
    for (const [index, element] of given.entries()) {
      this.#element(element, { path: [...path, index], place, list: given })
    }
  }

  #element(
    given: unknown,
    { path, place, list }: { path: FilePath; place: ListPlace; list: object },
  ): void {
    const { kind, parent } = place
    const named = typeof given === 'string' ? namedAlone(given, place) : given
    if (!isPlainObject(named)) {
      this.#report(path, 'expected a map of fields')
      return
    }
    const position = this.#flat.length
    const fields = new Map(Object.entries(named))
    const nested = nestingsOf(kind).flatMap((nesting) => {
      const children = fields.get(nesting.key)
      fields.delete(nesting.key)
      return children === undefined ? [] : [{ nesting, children }]
    })
    const references = takeReferences(kind, fields)
    if (parent !== undefined) {
      const { field, names } = parent.nesting
      if (Object.hasOwn(references, field) || fields.has(field)) {
        this.#report(
          [...path, field],
          'leave it out: the place in the file says what it belongs to',
        )
      }
      references[field] = { by: 'position', position: parent.position }
      if (names !== undefined) references[names] = takeKey(kind, names, fields)
    }
    const source = typeof given === 'string' ? list : named
    this.#flat.push({ kind, path, source, fields: Object.fromEntries(fields), references })
    for (const { nesting, children } of nested) {
      this.list(children, [...path, nesting.key], {
        kind: nesting.kind,
        parent: { nesting, position },
      })
    }
  }
}

/** Takes out the foreign keys that can be read; the others stay, for the schema to refuse. */
function takeReferences(
  kind: EntityKind,
  fields: Map<string, unknown>,
): Record<string, Reference | null> {
  const references: Record<string, Reference | null> = {}
  for (const [field, rule] of Object.entries(ENTITY_DEFINITIONS[kind].foreignKeys)) {
    if (rule.isList === true || !fields.has(field)) continue
    const given = fields.get(field)
    const reference = given === null ? null : readReference(given, rule.kind)
    if (reference === undefined) continue
    fields.delete(field)
    references[field] = reference
  }
  return references
}

/** `snis: [shop.example]` and `groups: [gold]`: an element that is its name alone. */
function namedAlone(name: string, { kind, parent }: ListPlace): unknown {
  if (parent?.nesting.names !== undefined) return { name }
  const { endpointKey } = ENTITY_DEFINITIONS[kind]
  return kind === 'snis' && endpointKey !== null ? { [endpointKey]: name } : name
}

/** `shop`, `{name: shop}` or an id in either form; undefined for everything else. */
function readReference(given: unknown, to: EntityKind): Reference | undefined {
  if (typeof given === 'string' && given !== '') return byIdOrKey(given)
  if (!isPlainObject(given)) return undefined
  const { id } = given
  if (isUuid(id)) return { by: 'id', id: id.toLowerCase() }
  const { endpointKey } = ENTITY_DEFINITIONS[to]
  const key = endpointKey === null ? undefined : given[endpointKey]
  const isAlone = Object.keys(given).length === 1
  return isAlone && typeof key === 'string' && key !== '' ? { by: 'key', key } : undefined
}

function byIdOrKey(text: string): Reference {
  return isUuid(text) ? { by: 'id', id: text.toLowerCase() } : { by: 'key', key: text }
}

/** The other end of a membership, which its element names: `{name: gold}`, `{username: anna}`, `{id: …}`. */
function takeKey(kind: EntityKind, names: string, fields: Map<string, unknown>): Reference | null {
  const to = ENTITY_DEFINITIONS[kind].foreignKeys[names]?.kind
  const endpointKey = to === undefined ? null : ENTITY_DEFINITIONS[to].endpointKey
  for (const field of ['id', endpointKey, 'name']) {
    const given = field === null ? undefined : fields.get(field)
    if (field === null || typeof given !== 'string') continue
    fields.delete(field)
    return byIdOrKey(given)
  }
  return null
}
