import { Map as ImmutableMap } from 'immutable'
import type { Captures } from '../model/linear-regex.ts'
import type { ParsedRequest } from '../model/request.ts'
import type { Route } from '../model/route.ts'
import type { HostPattern } from './host-pattern.ts'
import { patternCaptures } from './path-pattern.ts'
import {
  emptyRadixTree,
  occupied,
  type RadixNode,
  radixGet,
  radixStep,
  radixStepBack,
  radixUpdate,
} from './radix-tree.ts'
import { reversed } from './reversed.ts'
import { compileRoute, type PlacedEntry, type RouteMatch } from './route-entry.ts'
import { bestMatch, EMPTY_GROUP, groupWith, groupWithout, type RouteGroup } from './route-group.ts'

/**
 * All routes, compiled and indexed by host, then by path. Immutable: a change makes a new router that
 * shares all that it does not touch.
 */
export interface Router {
  readonly entriesByRoute: ImmutableMap<string, readonly PlacedEntry[]>
  readonly exactHosts: RadixNode<RouteGroup>
  /** By the text before the `*`. */
  readonly hostPrefixes: RadixNode<RouteGroup>
  /** By the text after the `*`, reversed. */
  readonly hostSuffixes: RadixNode<RouteGroup>
  readonly anyHost: RouteGroup
}

export function emptyRouter(): Router {
  return {
    entriesByRoute: ImmutableMap(),
    exactHosts: emptyRadixTree(),
    hostPrefixes: emptyRadixTree(),
    hostSuffixes: emptyRadixTree(),
    anyHost: EMPTY_GROUP,
  }
}

/**
 * The router with this route, in place of one with the same id. Costs as much as the route has hosts
 * times paths. Throws LinearRegexError for a pattern that does not compile.
 */
export function routerWith(router: Router, route: Route): Router {
  const placed = compileRoute(route)
  let next = routerWithout(router, route.id)
  for (const { host, pathPrefix, entry } of placed) {
    next = withGroup(next, host, (group) => groupWith(group, pathPrefix, entry))
  }
  return { ...next, entriesByRoute: next.entriesByRoute.set(route.id, placed) }
}

/** The router without this route; the same router when it has no such route. */
export function routerWithout(router: Router, routeId: string): Router {
  const placed = router.entriesByRoute.get(routeId)
  if (placed === undefined) return router
  let next = router
  for (const { host, pathPrefix, entry } of placed) {
    next = withGroup(next, host, (group) => groupWithout(group, pathPrefix, entry))
  }
  return { ...next, entriesByRoute: next.entriesByRoute.delete(routeId) }
}

/**
 * The best-ranked route all of whose conditions the request fulfils, or null
 * (Kong Gateway 3.9, router flavour `traditional_compatible`).
 * A better-ranked route that matches only in part never hides one that matches in full.
 */
export function matchRoute(router: Router, request: ParsedRequest): RouteMatch | null {
  const { host } = request
  const { exactHosts, hostPrefixes, hostSuffixes } = router
  let best: RouteMatch | null = null
  if (exactHosts.children.length > 0) {
    const group = radixGet(exactHosts, host)
    if (group !== null) best = bestMatch(group, request, best)
  }
  if (hostSuffixes.children.length > 0) best = bestBySuffix(hostSuffixes, request, best)
  if (hostPrefixes.children.length > 0) best = bestByPrefix(hostPrefixes, request, best)
  return bestMatch(router.anyHost, request, best)
}

/** Groups of the pattern that matched the path, worked out only when asked for; null without one. */
export function pathCaptures(match: RouteMatch, path: string): Captures | null {
  return match.pathPattern === null ? null : patternCaptures(match.pathPattern, path)
}

/** The `*` stands for one character at least: a group at the very end of the walk is not asked. */
function bestByPrefix(
  root: RadixNode<RouteGroup>,
  request: ParsedRequest,
  best: RouteMatch | null,
): RouteMatch | null {
  const { host } = request
  let winner = best
  let offset = 0
  let node = radixStep(root, host, 0)
  while (node !== null) {
    offset += node.label.length
    if (offset >= host.length) return winner
    if (node.value !== null) winner = bestMatch(node.value, request, winner)
    node = radixStep(node, host, offset)
  }
  return winner
}

function bestBySuffix(
  root: RadixNode<RouteGroup>,
  request: ParsedRequest,
  best: RouteMatch | null,
): RouteMatch | null {
  const { host } = request
  let winner = best
  let end = host.length
  let node = radixStepBack(root, host, end)
  while (node !== null) {
    end -= node.label.length
    if (end <= 0) return winner
    if (node.value !== null) winner = bestMatch(node.value, request, winner)
    node = radixStepBack(node, host, end)
  }
  return winner
}

function withGroup(
  router: Router,
  host: HostPattern | null,
  change: (group: RouteGroup) => RouteGroup,
): Router {
  if (host === null) return { ...router, anyHost: change(router.anyHost) }
  const inTree = (tree: RadixNode<RouteGroup>, key: string) =>
    radixUpdate(tree, key, (group) => occupied(change(group ?? EMPTY_GROUP)))
  switch (host.kind) {
    case 'exact':
      return { ...router, exactHosts: inTree(router.exactHosts, host.text) }
    case 'prefix':
      return { ...router, hostPrefixes: inTree(router.hostPrefixes, host.text) }
    case 'suffix':
      return { ...router, hostSuffixes: inTree(router.hostSuffixes, reversed(host.text)) }
  }
}
