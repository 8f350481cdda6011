import { MAX_DEPTH, MAX_VALUES, tooDeep, tooManyValues } from './refuse-hostile-input.ts'

/** Form fields by their nested keys. A node may have values, children or, badly sent, both. */
export interface FormTree {
  /** Every value given for this very key, in order. */
  readonly values: readonly string[]
  /** By name; `''` stands for `[]`, digits for a position. */
  readonly children: ReadonlyMap<string, FormTree>
}

interface GrowingTree {
  values: string[]
  children: Map<string, GrowingTree>
}

/** A field of a form as it was sent, decoded. */
export type FormField = readonly [key: string, value: string]

/**
 * Fields by Kong's nested keys: `config.percentage=10`, `hosts[]=a`, `hosts[1]=a`, `headers[region]=north`,
 * `headers.region=north`, repeated keys. Commas are not split. Fails with unparsable_body when it is nested too deep or
 * comes to too many values; keys that begin alike are counted once where they do.
 */
export function formTree(fields: Iterable<FormField>): FormTree {
  const root = emptyTree()
  let nodeCount = 0
  for (const [key, value] of fields) {
    let node = root
    for (const segment of keySegments(key)) {
      const known = node.children.get(segment)
      if (known === undefined && ++nodeCount > MAX_VALUES) throw tooManyValues()
      node = known ?? addChild(node, segment)
    }
    node.values.push(value)
  }
  return root
}

/** `a.b[c][]` gives a, b, c and `''`. A key with brackets that do not pair is taken literally; so is an empty one. */
function keySegments(key: string): readonly string[] {
  // Without a segment the value would be that of the whole form.
  if (key === '') return ['']
  const segments: string[] = []
  let position = 0
  while (position < key.length) {
    if (segments.length === MAX_DEPTH) throw tooDeep()
    if (key[position] === '[') {
      const close = key.indexOf(']', position)
      if (close === -1) return [key]
      segments.push(key.slice(position + 1, close))
      position = close + 1
      if (key[position] === '.') position++
      continue
    }
    const end = endOfName(key, position)
    segments.push(key.slice(position, end))
    position = key[end] === '.' ? end + 1 : end
  }
  return segments
}

function endOfName(key: string, start: number): number {
  for (let i = start; i < key.length; i++) if (key[i] === '.' || key[i] === '[') return i
  return key.length
}

function addChild(node: GrowingTree, segment: string): GrowingTree {
  const child = emptyTree()
  node.children.set(segment, child)
  return child
}

function emptyTree(): GrowingTree {
  return { values: [], children: new Map() }
}
