import type { RouteConditions } from './route-conditions.ts'

/**
 * A condition in a form in which it can be looked up: a request that fulfils it has one of `values`
 * in this part.
 */
export interface EntryKey {
  readonly part: 'headers' | 'methods' | 'ports' | 'serverNames'
  /** Name of the header field, lower-case; `''` for the other parts. */
  readonly name: string
  /** Without repetition. */
  readonly values: readonly string[]
}

/** Value of the part `serverNames` for a plain http request, of which no server name is asked. */
export const NO_TLS = ''

/**
 * The keys of an entry, in the order in which they are used: those with few values first, since an
 * entry has a place in the index for each of them. Keys that would make many places are left out, and
 * so are patterns; `fulfilsConditions` has the last word anyway.
 */
export function entryKeys(conditions: RouteConditions): readonly EntryKey[] {
  const { headers, snis, port, methods } = conditions
  const keys: EntryKey[] = []
  for (const { name, test } of headers ?? []) {
    if (test.kind === 'values') keys.push({ part: 'headers', name, values: [...test.values] })
  }
  if (snis !== null) keys.push({ part: 'serverNames', name: '', values: [...snis, NO_TLS] })
  if (port !== null) keys.push({ part: 'ports', name: '', values: [String(port)] })
  if (methods !== null) keys.push({ part: 'methods', name: '', values: [...methods] })
  return keys.length === 0 ? NO_KEYS : withinPlaces(keys)
}

const NO_KEYS: readonly EntryKey[] = []

/** Most places of one entry in the index, unless its first key alone takes more. */
const MAX_PLACES = 64

function withinPlaces(keys: readonly EntryKey[]): readonly EntryKey[] {
  const sorted = keys.toSorted((a, b) => a.values.length - b.values.length)
  let places = 1
  const tooMany = sorted.findIndex(({ values }, i) => {
    places *= values.length
    return i > 0 && places > MAX_PLACES
  })
  return tooMany === -1 ? sorted : sorted.slice(0, tooMany)
}
