import type { EntryKey } from './entry-keys.ts'
import { emptyRadixTree, occupied, type RadixNode, radixUpdate, radixValues } from './radix-tree.ts'
import type { RouteEntry } from './route-entry.ts'
import { compareRanks } from './route-rank.ts'

/**
 * Entries with one host and one path prefix. Persistent: a change copies its way and shares the rest;
 * equal content has equal shape, whatever the order of the changes.
 */
export type EntrySet = EntryList | EntryIndex

/** Short, tried in turn; best rank first. */
export type EntryList = readonly RouteEntry[]

/**
 * A set too long to be tried in turn, divided by the first key of each entry. What shares a value of
 * that key is a set again, divided by the second key if it is still too long, and so on.
 */
export interface EntryIndex {
  /** Entries in it, each counted once however many values its key has. */
  readonly size: number
  /** Entries that have no key left. */
  readonly unkeyed: EntryList
  /** By name of the field; null here and below: no entry has such a key. */
  readonly headers: RadixNode<SetsByValue> | null
  readonly methods: SetsByValue | null
  readonly ports: SetsByValue | null
  readonly serverNames: SetsByValue | null
}

export type SetsByValue = RadixNode<EntrySet>

/** Longest list that is tried in turn: about as fast as the look-ups that an index takes. */
const LONGEST_LIST = 4

const EMPTY_INDEX: EntryIndex = {
  size: 0,
  unkeyed: [],
  headers: null,
  methods: null,
  ports: null,
  serverNames: null,
}

/** True for a set that is divided. */
export function isEntryIndex(set: EntrySet): set is EntryIndex {
  return !Array.isArray(set)
}

/** The sets into which an index is divided. */
export function setsOf({ headers, methods, ports, serverNames }: EntryIndex): readonly EntrySet[] {
  const byValue = [...(headers === null ? [] : radixValues(headers)), methods, ports, serverNames]
  return byValue.flatMap((sets) => (sets === null ? [] : radixValues(sets)))
}

/**
 * The set with one entry more.
 *
 * @param keysUsed number of keys by which the sets around this one are divided
 */
export function entrySetWith(set: EntrySet | null, entry: RouteEntry, keysUsed = 0): EntrySet {
  if (set === null) return [entry]
  if (isEntryIndex(set)) return indexWith(set, entry, keysUsed)
  const list = listWith(set, entry)
  if (list.length <= LONGEST_LIST) return list
  return list.reduce((index, each) => indexWith(index, each, keysUsed), EMPTY_INDEX)
}

/** The set without an entry that is in it; null when nothing is left. */
export function entrySetWithout(set: EntrySet, entry: RouteEntry, keysUsed = 0): EntrySet | null {
  if (isEntryIndex(set)) {
    const rest = indexWithout(set, entry, keysUsed)
    return rest.size > LONGEST_LIST ? rest : listOf(rest)
  }
  const rest = listWithout(set, entry)
  return rest.length === 0 ? null : rest
}

function indexWith(index: EntryIndex, entry: RouteEntry, keysUsed: number): EntryIndex {
  const key = entry.keys[keysUsed]
  const size = index.size + 1
  if (key === undefined) return { ...index, size, unkeyed: listWith(index.unkeyed, entry) }
  const add = (set: EntrySet | null) => entrySetWith(set, entry, keysUsed + 1)
  return { ...withSets(index, key, add), size }
}

function indexWithout(index: EntryIndex, entry: RouteEntry, keysUsed: number): EntryIndex {
  const key = entry.keys[keysUsed]
  const size = index.size - 1
  if (key === undefined) return { ...index, size, unkeyed: listWithout(index.unkeyed, entry) }
  const takeOut = (set: EntrySet | null) =>
    set === null ? null : entrySetWithout(set, entry, keysUsed + 1)
  return { ...withSets(index, key, takeOut), size }
}

/** The index with `change` applied to the set at every value of the key. */
function withSets(
  index: EntryIndex,
  { part, name, values }: EntryKey,
  change: (set: EntrySet | null) => EntrySet | null,
): EntryIndex {
  const changed = (sets: SetsByValue | null) =>
    occupied(values.reduce((tree, value) => radixUpdate(tree, value, change), sets ?? NO_SETS))
  if (part !== 'headers') return { ...index, [part]: changed(index[part]) }
  const headers = radixUpdate(index.headers ?? NO_HEADERS, name, changed)
  return { ...index, headers: occupied(headers) }
}

const NO_SETS: SetsByValue = emptyRadixTree()
const NO_HEADERS: RadixNode<SetsByValue> = emptyRadixTree()

function listWith(list: EntryList, entry: RouteEntry): EntryList {
  return list.toSpliced(positionOf(list, entry), 0, entry)
}

function listWithout(list: EntryList, entry: RouteEntry): EntryList {
  return list.filter((other) => other !== entry)
}

function listOf(index: EntryIndex): EntryList {
  return [...new Set(entriesOf(index))].toSorted(compareEntries)
}

/** Once per place. */
function entriesOf(set: EntrySet): readonly RouteEntry[] {
  return isEntryIndex(set) ? [...set.unkeyed, ...setsOf(set).flatMap(entriesOf)] : set
}

/** By rank; then by port, for a route whose hosts differ in nothing else. */
function compareEntries(a: RouteEntry, b: RouteEntry): number {
  return compareRanks(a.rank, b.rank) || (a.conditions.port ?? -1) - (b.conditions.port ?? -1)
}

/** Index at which the entry keeps the order; binary search, since thousands may have no key. */
function positionOf(list: EntryList, entry: RouteEntry): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const other = list[middle]
    if (other !== undefined && compareEntries(other, entry) <= 0) low = middle + 1
    else high = middle
  }
  return low
}
