import type { ParsedRequest } from '../model/request.ts'
import { METHOD_FIELD, NO_TLS, PORT_FIELD, SERVER_NAME_FIELD } from './entry-keys.ts'
import { type EntryIndex, type EntryList, type EntrySet, isEntryIndex } from './entry-set.ts'
import { patternLength } from './path-pattern.ts'
import { radixGet } from './radix-tree.ts'
import { fulfilsConditions } from './route-conditions.ts'
import type { RouteEntry, RouteMatch } from './route-entry.ts'
import { compareRanks } from './route-rank.ts'

/**
 * The better of `best` and what the set has for a request whose host and path fit. An entry that
 * could not win is not tried.
 */
export function bestEntry(
  set: EntrySet,
  request: ParsedRequest,
  best: RouteMatch | null,
): RouteMatch | null {
  return isEntryIndex(set) ? bestOfIndex(set, request, best) : bestOfList(set, request, best)
}

function bestOfList(
  entries: EntryList,
  request: ParsedRequest,
  best: RouteMatch | null,
): RouteMatch | null {
  for (const entry of entries) {
    if (best !== null && compareRanks(entry.rank, best.rank) >= 0) return best
    const match = tryEntry(entry, request)
    if (match !== null) return match
  }
  return best
}

/** Asks the sets of every value that the request has in a field of the index. */
function bestOfIndex(
  { unkeyed, fields }: EntryIndex,
  request: ParsedRequest,
  best: RouteMatch | null,
): RouteMatch | null {
  const { names, values } = request.fields
  let winner = bestOfList(unkeyed, request, best)
  for (let i = 0; i < names.length; i += 1) {
    const byValue = radixGet(fields, names[i] ?? '')
    if (byValue === null) continue
    const set = radixGet(byValue, (values[i] ?? '').toLowerCase())
    if (set !== null) winner = bestEntry(set, request, winner)
  }
  for (const field of PSEUDO_FIELDS) {
    const byValue = radixGet(fields, field)
    const value = byValue === null ? null : pseudoValue(field, request)
    const set = byValue === null || value === null ? null : radixGet(byValue, value)
    if (set !== null) winner = bestEntry(set, request, winner)
  }
  return winner
}

const PSEUDO_FIELDS = [METHOD_FIELD, PORT_FIELD, SERVER_NAME_FIELD] as const

function pseudoValue(field: (typeof PSEUDO_FIELDS)[number], request: ParsedRequest): string | null {
  switch (field) {
    case METHOD_FIELD:
      return request.method
    case PORT_FIELD:
      return String(request.port)
    case SERVER_NAME_FIELD:
      return request.scheme === 'https' ? (request.sni ?? null) : NO_TLS
  }
}

/** Cheap conditions first, the pattern last. */
function tryEntry(entry: RouteEntry, request: ParsedRequest): RouteMatch | null {
  if (!fulfilsConditions(entry.conditions, request)) return null
  const { route, rank, pathPattern } = entry
  if (pathPattern === null) return entry
  const length = patternLength(pathPattern, request.path)
  return length === -1 ? null : { route, rank, matchedPath: { kind: 'regex', length }, pathPattern }
}
