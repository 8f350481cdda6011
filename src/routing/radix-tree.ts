/**
 * A persistent radix tree: strings to values, in which all keys that begin a text lie on one walk.
 * A change copies the nodes on its way and shares the rest. Equal content has equal shape,
 * whatever the order of the changes.
 */
export interface RadixNode<V> {
  /** Text on the edge to this node; `''` at the root and nowhere else. */
  readonly label: string
  readonly value: V | null
  /** Character code of `children[0]`. */
  readonly firstCode: number
  /** Indexed by first character of the label minus `firstCode`: a step costs the same among 1 or 90. */
  readonly children: readonly (RadixNode<V> | null)[]
}

export function emptyRadixTree<V>(): RadixNode<V> {
  return node<V>('', null, 0, NO_CHILDREN)
}

/**
 * The tree after `change` was applied to the value at `key` (null: none, also as its answer).
 * Returns the same tree when the value stays the same.
 */
export function radixUpdate<V>(
  root: RadixNode<V>,
  key: string,
  change: (value: V | null) => V | null,
): RadixNode<V> {
  if (key === '') {
    const value = change(root.value)
    return value === root.value ? root : node(root.label, value, root.firstCode, root.children)
  }
  const code = key.charCodeAt(0)
  const child = childByCode(root, code)
  const next = child === null ? newLeaf(key, change) : updateChild(child, key, change)
  return next === child ? root : withChild(root, code, next)
}

/** The value at exactly `key`, or null. */
export function radixGet<V>(root: RadixNode<V>, key: string): V | null {
  let at: RadixNode<V> | null = root
  let offset = 0
  while (offset < key.length) {
    at = radixStep(at, key, offset)
    if (at === null) return null
    offset += at.label.length
  }
  return at.value
}

/** The tree, or null when it is empty. */
export function occupied<V>(root: RadixNode<V>): RadixNode<V> | null {
  return root.value === null && root.children.length === 0 ? null : root
}

/** All values, in the order of their keys. */
export function radixValues<V>(root: RadixNode<V>): V[] {
  const below = root.children.flatMap((child) => (child === null ? [] : radixValues(child)))
  return root.value === null ? below : [root.value, ...below]
}

/** The child whose label continues `text` at `offset`, or null. */
export function radixStep<V>(at: RadixNode<V>, text: string, offset: number): RadixNode<V> | null {
  const child = childByCode(at, text.charCodeAt(offset))
  if (child === null) return null
  const { label } = child
  // A label is shorter than a call of startsWith is worth, and its first character is known.
  for (let i = 1; i < label.length; i += 1) {
    if (label.charCodeAt(i) !== text.charCodeAt(offset + i)) return null
  }
  return child
}

/** As radixStep in a tree of reversed keys: reads `text` backwards from `end` (exclusive). */
export function radixStepBack<V>(at: RadixNode<V>, text: string, end: number): RadixNode<V> | null {
  const child = childByCode(at, text.charCodeAt(end - 1))
  if (child === null) return null
  const { label } = child
  for (let i = 1; i < label.length; i += 1) {
    if (label.charCodeAt(i) !== text.charCodeAt(end - 1 - i)) return null
  }
  return child
}

function childByCode<V>(at: RadixNode<V>, code: number): RadixNode<V> | null {
  const index = code - at.firstCode
  // NaN (past the end of a text) fails both comparisons.
  return index >= 0 && index < at.children.length ? (at.children[index] ?? null) : null
}

/** `key` begins with the first character of `child.label`. Null: nothing is left of the child. */
function updateChild<V>(
  child: RadixNode<V>,
  key: string,
  change: (value: V | null) => V | null,
): RadixNode<V> | null {
  const { label } = child
  const common = commonLength(label, key)
  const rest = key.slice(common)
  if (common === label.length) return compact(radixUpdate(child, rest, change))
  const value = change(null)
  if (value === null) return child
  const lower = node(label.slice(common), child.value, child.firstCode, child.children)
  const fork = node<V>(label.slice(0, common), null, lower.label.charCodeAt(0), [lower])
  if (rest === '') return node(fork.label, value, fork.firstCode, fork.children)
  return withChild(fork, rest.charCodeAt(0), node(rest, value, 0, NO_CHILDREN))
}

function newLeaf<V>(label: string, change: (value: V | null) => V | null): RadixNode<V> | null {
  const value = change(null)
  return value === null ? null : node(label, value, 0, NO_CHILDREN)
}

/** A node without value is kept only where ways part. */
function compact<V>(at: RadixNode<V>): RadixNode<V> | null {
  if (at.value !== null || at.children.length > 1) return at
  const only = at.children[0] ?? null
  if (only === null) return null
  return node(at.label + only.label, only.value, only.firstCode, only.children)
}

function withChild<V>(at: RadixNode<V>, code: number, child: RadixNode<V> | null): RadixNode<V> {
  const isFirst = at.children.length === 0
  const low = isFirst ? code : Math.min(at.firstCode, code)
  const high = isFirst ? code : Math.max(at.firstCode + at.children.length - 1, code)
  const children: (RadixNode<V> | null)[] = []
  for (let c = low; c <= high; c += 1) children.push(c === code ? child : childByCode(at, c))
  const used = children.findIndex((entry) => entry !== null)
  if (used === -1) return node(at.label, at.value, 0, NO_CHILDREN)
  const end = children.findLastIndex((entry) => entry !== null) + 1
  const trimmed = end - used === children.length ? children : children.slice(used, end)
  return node(at.label, at.value, low + used, trimmed)
}

function commonLength(a: string, b: string): number {
  const end = Math.min(a.length, b.length)
  let i = 0
  while (i < end && a.charCodeAt(i) === b.charCodeAt(i)) i += 1
  return i
}

/** One array for all leaves: thousands of empty ones would only push each other out of the cache. */
const NO_CHILDREN: readonly never[] = []

/** Every node is made here, so that all have one hidden class. */
function node<V>(
  label: string,
  value: V | null,
  firstCode: number,
  children: readonly (RadixNode<V> | null)[],
): RadixNode<V> {
  return { label, value, firstCode, children }
}
