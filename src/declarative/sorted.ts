/** So many are sorted at once, in less than a millisecond. */
const RUN = 500
/** And merged. */
const MERGED_AT_ONCE = 2000

/**
 * The items in the order of their keys; those of equal keys stay as they are. Keys are made once for each. Yields every
 * now and then: the thread that forwards requests may have to sort a hundred thousand.
 */
export function* sortedByKey<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
): Generator<void, readonly T[]> {
  const keyed: Keyed<T>[] = []
  for (const item of items) {
    yield
    keyed.push({ item, key: keyOf(item) })
  }
  let runs: (readonly Keyed<T>[])[] = []
  for (let start = 0; start < keyed.length; start += RUN) {
    yield
    runs.push(keyed.slice(start, start + RUN).sort(byKey))
  }
  while (runs.length > 1) {
    const merged: (readonly Keyed<T>[])[] = []
    for (let at = 0; at < runs.length; at += 2) {
      merged.push(yield* merge(runs[at] ?? [], runs[at + 1] ?? []))
    }
    runs = merged
  }
  return (runs[0] ?? []).map(({ item }) => item)
}

interface Keyed<T> {
  readonly item: T
  readonly key: string
}

function* merge<T>(
  left: readonly Keyed<T>[],
  right: readonly Keyed<T>[],
): Generator<void, readonly Keyed<T>[]> {
  const merged: Keyed<T>[] = []
  let at = 0
  for (const one of left) {
    for (let other = right[at]; other !== undefined && other.key < one.key; other = right[++at]) {
      merged.push(other)
    }
    if (merged.push(one) % MERGED_AT_ONCE === 0) yield
  }
  return merged.concat(right.slice(at))
}

function byKey<T>(a: Keyed<T>, b: Keyed<T>): number {
  if (a.key === b.key) return 0
  return a.key < b.key ? -1 : 1
}
