import type { SchemaShape } from '../../model/schema-shape.ts'
import type { FormTree } from './form-tree.ts'

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

/**
 * A form value as the type its field has: numbers, true/false, lists, records; the empty text becomes null.
 * What does not fit is left as it is, for the schema to refuse with the right message. `shape` is undefined for a
 * field that does not exist.
 */
export function coerceForm(tree: FormTree, shape: SchemaShape | null | undefined): unknown {
  switch (shape?.type) {
    case 'array':
    case 'set':
      return coerceList(tree, shape.elements)
    case 'map':
      return coerceMembers(tree, () => shape.elements)
    case 'record':
    case 'foreign':
      return coerceMembers(tree, (name) => shape.fields.get(name))
    default:
      return coerceScalar(tree, shape)
  }
}

/** `a=1&a=2`, `a[]=1&a[]=2`, `a[1]=1&a[2]=2` and `a=1` are all lists; `a=` is null and `a[]=` the empty list. */
function coerceList(tree: FormTree, element: SchemaShape | null | undefined): unknown {
  const { values, children } = tree
  if (children.size === 0)
    return isBlank(values) ? null : values.map((text) => typed(text, element))
  const appended = children.get('')
  if (values.length === 0 && children.size === 1 && appended && isBlankLeaf(appended)) return []
  const positions = [...children.keys()].filter((key) => key !== '').sort(byPosition)
  if (positions.some((key) => !isPosition(key))) return coerceUntyped(tree)
  return [
    ...values.map((text) => typed(text, element)),
    ...(appended === undefined ? [] : elementsOf(appended, element)),
    ...positions.flatMap((key) => elementsOf(children.get(key), element)),
  ]
}

/** The values below one position; a position with fields of its own is one record. */
function elementsOf(
  tree: FormTree | undefined,
  element: SchemaShape | null | undefined,
): unknown[] {
  if (tree === undefined) return []
  if (tree.children.size > 0) return [coerceForm(tree, element)]
  return tree.values.map((text) => typed(text, element))
}

function coerceMembers(
  tree: FormTree,
  shapeOf: (name: string) => SchemaShape | null | undefined,
): unknown {
  if (tree.values.length > 0) return isBlank(tree.values) ? null : coerceUntyped(tree)
  return Object.fromEntries(
    [...tree.children].map(([name, child]) => [name, coerceForm(child, shapeOf(name))]),
  )
}

function coerceScalar(tree: FormTree, shape: SchemaShape | null | undefined): unknown {
  const [only] = tree.values
  if (only === undefined || tree.values.length > 1 || tree.children.size > 0) {
    return coerceUntyped(tree)
  }
  return typed(only, shape)
}

function typed(text: string, shape: SchemaShape | null | undefined): unknown {
  if (text === '') return null
  switch (shape?.type) {
    case 'number':
    case 'integer':
      return NUMBER.test(text) ? Number(text) : text
    case 'boolean':
      return text === 'true' || (text === 'false' ? false : text)
    default:
      return text
  }
}

/** As it was written: a text, a list of texts, or an object. */
function coerceUntyped({ values, children }: FormTree): unknown {
  if (children.size === 0) return values.length === 1 ? typed(values[0] ?? '', undefined) : values
  return Object.fromEntries([...children].map(([name, child]) => [name, coerceUntyped(child)]))
}

function isBlank(values: readonly string[]): boolean {
  return values.length === 1 && values[0] === ''
}

function isBlankLeaf(tree: FormTree): boolean {
  return tree.children.size === 0 && isBlank(tree.values)
}

function isPosition(key: string): boolean {
  return /^\d{1,9}$/.test(key)
}

function byPosition(a: string, b: string): number {
  return Number(a) - Number(b)
}
