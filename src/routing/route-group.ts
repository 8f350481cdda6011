import type { ParsedRequest } from '../model/request.ts'
import { patternLength } from './path-pattern.ts'
import { emptyRadixTree, type RadixNode, radixStep, radixUpdate } from './radix-tree.ts'
import { fulfilsConditions } from './route-conditions.ts'
import type { RouteEntry, RouteMatch } from './route-entry.ts'
import { compareRanks } from './route-rank.ts'

/** Entries that share a host, by path prefix; at each node best rank first. */
export type RouteGroup = RadixNode<readonly RouteEntry[]>

export const EMPTY_GROUP: RouteGroup = emptyRadixTree<readonly RouteEntry[]>()

/** The group with one entry more. */
export function groupWith(group: RouteGroup, pathPrefix: string, entry: RouteEntry): RouteGroup {
  return radixUpdate(group, pathPrefix, (entries) => {
    if (entries === null) return [entry]
    return entries.toSpliced(positionOf(entries, entry), 0, entry)
  })
}

/** The group without the entries of a route at this prefix. */
export function groupWithout(group: RouteGroup, pathPrefix: string, routeId: string): RouteGroup {
  return radixUpdate(group, pathPrefix, (entries) => {
    if (entries === null) return null
    const kept = entries.filter((entry) => entry.rank.routeId !== routeId)
    if (kept.length === entries.length) return entries
    return kept.length === 0 ? null : kept
  })
}

/**
 * The better of `best` and what the group has for the request. One walk down the tree passes every
 * entry whose prefix begins the path; an entry that could not win is not tried.
 */
export function bestMatch(
  group: RouteGroup,
  request: ParsedRequest,
  best: RouteMatch | null,
): RouteMatch | null {
  const { path } = request
  let winner = best
  let offset = 0
  let node: RouteGroup | null = group
  while (node !== null) {
    if (node.value !== null) winner = bestOf(node.value, request, winner)
    if (offset === path.length) return winner
    node = radixStep(node, path, offset)
    if (node !== null) offset += node.label.length
  }
  return winner
}

function bestOf(
  entries: readonly RouteEntry[],
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

/** Cheap conditions first, the pattern last. */
function tryEntry(entry: RouteEntry, request: ParsedRequest): RouteMatch | null {
  if (entry.port !== null && entry.port !== request.port) return null
  if (!fulfilsConditions(entry.conditions, request)) return null
  const { route, rank, pathPattern } = entry
  if (pathPattern === null) return entry
  const length = patternLength(pathPattern, request.path)
  return length === -1 ? null : { route, rank, matchedPath: { kind: 'regex', length }, pathPattern }
}

/** Index at which the entry keeps the order; binary search, since a group may hold thousands at its root. */
function positionOf(entries: readonly RouteEntry[], entry: RouteEntry): number {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const other = entries[middle]
    if (other !== undefined && compareRanks(other.rank, entry.rank) <= 0) low = middle + 1
    else high = middle
  }
  return low
}
