import { isAlias, isMap, isScalar, isSeq, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml'
import { FORBIDDEN_KEYS } from '../model/forbidden-keys.ts'
import type { FilePath, FileProblem } from './file-problem.ts'
import type { Place } from './positions.ts'
import type { ReadText } from './read-yaml.ts'

export const MAX_DEPTH = 64
/** Maps, lists and scalars of the whole file: fifty times what a thousand services with all that is theirs take. */
export const MAX_VALUES = 1_000_000
/** The same for what aliases stand for: a few lines could become gigabytes. */
const MAX_ALIASED_VALUES = 100_000
const MAX_PROBLEMS = 100

/** Nothing that comes after it would be worth its time. */
class TooMuch extends Error {}

interface Here {
  readonly path: FilePath
  /** Where aliases lead to is walked with the line of the alias's source. */
  readonly isAliased: boolean
}

/** Makes plain values of the nodes of one document. Good for one use. */
export class YamlWalk {
  readonly #lineAtOffset: (offset: number) => number
  readonly #positions = new WeakMap<object, Place>()
  readonly #problems: FileProblem[] = []
  readonly #anchors = new Map<string, unknown>()
  /** Nodes that the walk is inside of, to notice one that holds itself. */
  readonly #open = new Set<unknown>()
  #values = 0
  #aliased = 0

  constructor(lineAtOffset: (offset: number) => number) {
    this.#lineAtOffset = lineAtOffset
  }

  read(contents: unknown): ReadText {
    try {
      const value = this.#valueOf(contents, { path: [], isAliased: false })
      if (this.#problems.length === 0) return { kind: 'value', value, positions: this.#positions }
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error
    }
    return { kind: 'wrong', problems: this.#problems }
  }

  #valueOf(node: unknown, here: Here): unknown {
    this.#count(node, here)
    if (isAlias(node)) return this.#behindAlias(node.source, node, here)
    this.#noteAnchor(node, here)
    if (isScalar(node)) return this.#scalar(node, here)
    if (!isMap(node) && !isSeq(node)) return null
    if (here.path.length >= MAX_DEPTH) {
      this.#stop(node, here, `it is nested more than ${MAX_DEPTH} levels deep`)
    }
    if (this.#open.has(node)) {
      this.#report(node, here, 'it contains itself by an alias')
      return null
    }
    this.#open.add(node)
    const value = isMap(node) ? this.#map(node, here) : this.#list(node, here)
    this.#open.delete(node)
    return value
  }

  #behindAlias(name: string, node: unknown, { path }: Here): unknown {
    const source = this.#anchors.get(name)
    if (source === undefined) {
      this.#report(node, { path, isAliased: true }, `there is no anchor &${name} before this alias`)
      return null
    }
    return this.#valueOf(source, { path, isAliased: true })
  }

  #list(node: YAMLSeq, here: Here): unknown[] {
    const keys = new Map<number, number>()
    const list = node.items.map((item, index) => {
      keys.set(index, this.#lineOf(item) ?? this.#lineOf(node) ?? 1)
      return this.#valueOf(item, { ...here, path: [...here.path, index] })
    })
    this.#positions.set(list, { line: this.#lineOf(node) ?? 1, keys })
    return list
  }

  #map(node: YAMLMap, here: Here): Record<string, unknown> {
    const own = new Map<string, unknown>()
    const merged = new Map<string, unknown>()
    const keys = new Map<string, number>()
    for (const { key, value } of node.items) {
      const name = this.#keyName(key, here)
      if (name === null) continue
      const inside = { ...here, path: [...here.path, name] }
      if (name === '<<') {
        for (const [field, content] of this.#mergedFields(value, inside)) {
          if (!merged.has(field)) merged.set(field, content)
        }
        continue
      }
      if (own.has(name)) this.#report(key, inside, 'this key stands here twice')
      keys.set(name, this.#lineOf(key) ?? 1)
      own.set(name, this.#valueOf(value, inside))
    }
    // Unlike assignment, fromEntries gives no key a meaning of its own.
    const map: Record<string, unknown> = Object.fromEntries([...merged, ...own])
    this.#positions.set(map, { line: this.#lineOf(node) ?? 1, keys })
    return map
  }

  /** Of `<<: *defaults` and `<<: [*a, *b]`; the first of equal names wins (yaml.org/type/merge.html). */
  #mergedFields(node: unknown, here: Here): [string, unknown][] {
    const value = this.#valueOf(node, here)
    const maps = Array.isArray(value) ? value.toReversed() : [value]
    if (maps.some((map) => typeof map !== 'object' || map === null || Array.isArray(map))) {
      this.#report(node, here, 'expected a map, or a list of maps, to merge')
      return []
    }
    return Object.entries(Object.assign(Object.create(null), ...maps))
  }

  #keyName(key: unknown, here: Here): string | null {
    const content = isScalar(key) ? (key.value === null ? null : (key.source ?? key.value)) : null
    const name = typeof content === 'object' || content === undefined ? null : String(content)
    if (name === null) this.#report(key, here, 'a key must be a text')
    else if (FORBIDDEN_KEYS.has(name)) this.#report(key, here, `the key '${name}' is not allowed`)
    else return this.#text(key, name, here)
    return null
  }

  #scalar(node: Scalar, here: Here): unknown {
    const { value } = node
    if (typeof value === 'string') return this.#text(node, value, here)
    if (value === null || typeof value === 'boolean' || Number.isFinite(value)) return value
    this.#report(node, here, 'expected a text, a finite number, a boolean or null')
    return null
  }

  #text(node: unknown, text: string, here: Here): string {
    if (text.includes('\0')) this.#report(node, here, 'it contains a NUL character')
    if (!text.isWellFormed()) this.#report(node, here, 'it contains half of a surrogate pair')
    return text
  }

  #noteAnchor(node: unknown, { isAliased }: Here): void {
    if (isAliased || typeof node !== 'object' || node === null || !('anchor' in node)) return
    if (typeof node.anchor === 'string') this.#anchors.set(node.anchor, node)
  }

  #count(node: unknown, here: Here): void {
    if (++this.#values > MAX_VALUES) {
      this.#stop(node, here, `the file has more than ${MAX_VALUES} values`)
    }
    if (here.isAliased && ++this.#aliased > MAX_ALIASED_VALUES) {
      this.#stop(node, here, `aliases stand for more than ${MAX_ALIASED_VALUES} values`)
    }
  }

  #report(node: unknown, { path }: Here, message: string): void {
    this.#problems.push({ line: this.#lineOf(node), path, message, entity: null })
    if (this.#problems.length >= MAX_PROBLEMS) throw new TooMuch()
  }

  #stop(node: unknown, here: Here, message: string): never {
    this.#report(node, here, message)
    throw new TooMuch()
  }

  #lineOf(node: unknown): number | null {
    const range =
      typeof node === 'object' && node !== null && 'range' in node
        ? (node.range as readonly number[] | null | undefined)
        : null
    const [start] = range ?? []
    return start === undefined ? null : this.#lineAtOffset(start)
  }
}
