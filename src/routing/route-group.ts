import type { ParsedRequest } from '../model/request.ts'
import { bestEntry } from './best-entry.ts'
import { type EntrySet, entrySetWith, entrySetWithout } from './entry-set.ts'
import { emptyRadixTree, type RadixNode, radixStep, radixUpdate } from './radix-tree.ts'
import type { RouteEntry, RouteMatch } from './route-entry.ts'

/** Entries that share a host, by path prefix. */
export type RouteGroup = RadixNode<EntrySet>

export const EMPTY_GROUP: RouteGroup = emptyRadixTree<EntrySet>()

/** The group with one entry more. */
export function groupWith(group: RouteGroup, pathPrefix: string, entry: RouteEntry): RouteGroup {
  return radixUpdate(group, pathPrefix, (entries) => entrySetWith(entries, entry))
}

/** The group without an entry that was added at this prefix. */
export function groupWithout(group: RouteGroup, pathPrefix: string, entry: RouteEntry): RouteGroup {
  return radixUpdate(group, pathPrefix, (entries) =>
    entries === null ? null : entrySetWithout(entries, entry),
  )
}

/**
 * The better of `best` and what the group has for the request. One walk down the tree passes every
 * entry whose prefix begins the path.
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
    if (node.value !== null) winner = bestEntry(node.value, request, winner)
    if (offset === path.length) return winner
    node = radixStep(node, path, offset)
    if (node !== null) offset += node.label.length
  }
  return winner
}
