import { GatewayError } from '../../model/errors.ts'
import { MAX_DEPTH, MAX_VALUES } from './refuse-hostile-input.ts'

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

/**
 * Reads `application/x-www-form-urlencoded` text as `formTree` does its fields.
 * Fails with unparsable_body when it is nested too deep or has too many fields.
 */
export function parseFormTree(text: string): FormTree {
  refuseTooMany(text)
  return formTree(new URLSearchParams(text))
}

/**
 * Fields by Kong's nested keys: `config.percentage=10`, `hosts[]=a`, `hosts[1]=a`, `headers[region]=north`,
 * `headers.region=north`, repeated keys. Commas are not split. Fails with unparsable_body when it is nested too deep.
 */
export function formTree(fields: Iterable<readonly [key: string, value: string]>): FormTree {
  const root = emptyTree()
  for (const [key, value] of fields) {
    let node = root
    for (const segment of keySegments(key)) node = childOf(node, segment)
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
  if (segments.length > MAX_DEPTH) {
    throw refusal(`it is nested more than ${MAX_DEPTH} levels deep`)
  }
  return segments
}

/** Counted before anything is made of them: a separator costs one byte, a field some hundred. */
function refuseTooMany(text: string): void {
  let count = 1
  for (let at = text.indexOf('&'); at !== -1; at = text.indexOf('&', at + 1)) count++
  if (count > MAX_VALUES) throw refusal(`it holds more than ${MAX_VALUES} values`)
}

function refusal(reason: string): GatewayError {
  return new GatewayError('unparsable_body', `Cannot accept the body: ${reason}`)
}

function endOfName(key: string, start: number): number {
  for (let i = start; i < key.length; i++) if (key[i] === '.' || key[i] === '[') return i
  return key.length
}

function childOf(node: GrowingTree, segment: string): GrowingTree {
  const known = node.children.get(segment)
  if (known !== undefined) return known
  const child = emptyTree()
  node.children.set(segment, child)
  return child
}

function emptyTree(): GrowingTree {
  return { values: [], children: new Map() }
}
