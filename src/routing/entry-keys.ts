import type { RouteConditions } from './route-conditions.ts'

/**
 * A condition in a form in which it can be looked up: a request that fulfils it has one of `values`
 * in `field`.
 */
export interface EntryKey {
  /** Name of a header field, lower-case, or one of the pseudo fields below. */
  readonly field: string
  /** Without repetition. */
  readonly values: readonly string[]
}

export const METHOD_FIELD = ':method'
export const PORT_FIELD = ':port'
export const SERVER_NAME_FIELD = ':sni'

/** Value of SERVER_NAME_FIELD for a plain http request, of which no server name is asked. */
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
    if (test.kind === 'values') keys.push({ field: name, values: [...test.values] })
  }
  if (snis !== null) keys.push({ field: SERVER_NAME_FIELD, values: [...snis, NO_TLS] })
  if (port !== null) keys.push({ field: PORT_FIELD, values: [String(port)] })
  if (methods !== null) keys.push({ field: METHOD_FIELD, values: [...methods] })
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
