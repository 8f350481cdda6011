import type { ParsedRequest } from '../model/request.ts'
import { NO_TLS } from './entry-keys.ts'
import {
  type EntryIndex,
  type EntryList,
  type EntrySet,
  isEntryIndex,
  type SetsByValue,
} from './entry-set.ts'
import { patternLength } from './path-pattern.ts'
import { type RadixNode, radixGet } from './radix-tree.ts'
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

/** Asks the sets of every value that the request has in a part by which the index is divided. */
function bestOfIndex(
  index: EntryIndex,
  request: ParsedRequest,
  best: RouteMatch | null,
): RouteMatch | null {
  const { headers, methods, ports, serverNames } = index
  let winner = bestOfList(index.unkeyed, request, best)
  if (headers !== null) winner = bestByHeaders(headers, request, winner)
  if (methods !== null) winner = bestOfFound(radixGet(methods, request.method), request, winner)
  if (ports !== null) winner = bestOfFound(radixGet(ports, String(request.port)), request, winner)
  if (serverNames === null) return winner
  const serverName = request.scheme === 'https' ? request.sni : NO_TLS
  if (serverName === undefined) return winner
  return bestOfFound(radixGet(serverNames, serverName), request, winner)
}

function bestByHeaders(
  headers: RadixNode<SetsByValue>,
  request: ParsedRequest,
  best: RouteMatch | null,
): RouteMatch | null {
  const { names, values } = request.fields
  let winner = best
  for (let i = 0; i < names.length; i += 1) {
    const byValue = radixGet(headers, names[i] ?? '')
    if (byValue === null) continue
    winner = bestOfFound(radixGet(byValue, (values[i] ?? '').toLowerCase()), request, winner)
  }
  return winner
}

function bestOfFound(
  set: EntrySet | null,
  request: ParsedRequest,
  best: RouteMatch | null,
): RouteMatch | null {
  return set === null ? best : bestEntry(set, request, best)
}

/** Cheap conditions first, the pattern last. */
function tryEntry(entry: RouteEntry, request: ParsedRequest): RouteMatch | null {
  if (!fulfilsConditions(entry.conditions, request)) return null
  const { route, rank, pathPattern } = entry
  if (pathPattern === null) return entry
  const length = patternLength(pathPattern, request.path)
  return length === -1 ? null : { route, rank, matchedPath: { kind: 'regex', length }, pathPattern }
}
