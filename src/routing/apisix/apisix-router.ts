import { Map as ImmutableMap } from 'immutable'
import type { ParsedRequest } from '../../model/request.ts'
import { parseHostPattern } from '../host-pattern.ts'
import {
  emptyRadixTree,
  type RadixNode,
  radixGet,
  radixStepBack,
  radixUpdate,
} from '../radix-tree.ts'
import { reversed } from '../reversed.ts'
import type { RouteMatch } from '../route-entry.ts'
import { type ApisixRoute, type CompileVars, compileUris, type UriEntry } from './apisix-entry.ts'
import {
  EMPTY_URI_GROUP,
  matchUri,
  type UriGroup,
  uriGroupWith,
  uriGroupWithout,
} from './uri-group.ts'

/**
 * The routes that APISIX's rules match (its router `radixtree_host_uri`), indexed by host, then by path. Immutable: a
 * change makes a new router that shares all that it does not touch.
 */
export interface ApisixRouter {
  readonly placedByRoute: ImmutableMap<string, PlacedUris>
  readonly exactHosts: RadixNode<UriGroup>
  /** By the text after the `*`, reversed. */
  readonly hostSuffixes: RadixNode<UriGroup>
  readonly anyHost: UriGroup
}

interface PlacedUris {
  /** Empty: any host. Each once, in lower case. */
  readonly hosts: readonly string[]
  readonly uris: readonly UriEntry[]
}

export const EMPTY_APISIX_ROUTER: ApisixRouter = {
  placedByRoute: ImmutableMap(),
  exactHosts: emptyRadixTree(),
  hostSuffixes: emptyRadixTree(),
  anyHost: EMPTY_URI_GROUP,
}

/**
 * The router with this route, in place of one with the same id. Costs as much as the route has hosts times uris.
 * Throws as `compileVars` does, and LinearRegexError for `headers`.
 */
export function apisixRouterWith(
  router: ApisixRouter,
  route: ApisixRoute,
  compileVars: CompileVars,
): ApisixRouter {
  const uris = compileUris(route, compileVars)
  const hosts = [...new Set((route.hosts ?? []).map((host) => host.toLowerCase()))]
  const rest = apisixRouterWithout(router, route.id)
  const next = changed(rest, { hosts, uris }, (group, uri) =>
    uriGroupWith(group ?? EMPTY_URI_GROUP, uri),
  )
  return { ...next, placedByRoute: next.placedByRoute.set(route.id, { hosts, uris }) }
}

/** The router without this route; the same router when it has no such route. */
export function apisixRouterWithout(router: ApisixRouter, routeId: string): ApisixRouter {
  const placed = router.placedByRoute.get(routeId)
  if (placed === undefined) return router
  const next = changed(router, placed, (group, uri) =>
    group === null ? null : uriGroupWithout(group, uri),
  )
  return { ...next, placedByRoute: next.placedByRoute.delete(routeId) }
}

/**
 * The route that APISIX would take (reference apisix.md, d1), or null: exact host, then the longest wildcard, then no
 * host; there the exact path, then the longest prefix; there the highest priority. What fails a condition falls
 * through to the next, to shorter prefixes and to less specific hosts.
 */
export function matchApisixRoute(router: ApisixRouter, request: ParsedRequest): RouteMatch | null {
  const { exactHosts, hostSuffixes, anyHost } = router
  if (exactHosts.children.length > 0) {
    const group = radixGet(exactHosts, request.host)
    const match = group === null ? null : matchUri(group, request)
    if (match !== null) return match
  }
  if (hostSuffixes.children.length > 0) {
    const match = matchBySuffix(hostSuffixes, request)
    if (match !== null) return match
  }
  return matchUri(anyHost, request)
}

/** The `*` stands for one character at least. */
function matchBySuffix(root: RadixNode<UriGroup>, request: ParsedRequest): RouteMatch | null {
  const { host } = request
  const passed: UriGroup[] = []
  let end = host.length
  let node = radixStepBack(root, host, end)
  while (node !== null) {
    end -= node.label.length
    if (end <= 0) break
    if (node.value !== null) passed.push(node.value)
    node = radixStepBack(node, host, end)
  }
  for (let i = passed.length - 1; i >= 0; i -= 1) {
    const match = matchUri(passed[i] as UriGroup, request)
    if (match !== null) return match
  }
  return null
}

type ChangeGroup = (group: UriGroup | null, uri: UriEntry) => UriGroup | null

/** The router after the change of every group in which a route is. */
function changed(
  router: ApisixRouter,
  { hosts, uris }: PlacedUris,
  change: ChangeGroup,
): ApisixRouter {
  const ofAll = (group: UriGroup | null) =>
    uris.reduce<UriGroup | null>((changing, uri) => change(changing, uri), group)
  if (hosts.length === 0) return { ...router, anyHost: ofAll(router.anyHost) ?? EMPTY_URI_GROUP }
  let { exactHosts, hostSuffixes } = router
  for (const { kind, text } of hosts.map(parseHostPattern)) {
    if (kind === 'suffix') hostSuffixes = radixUpdate(hostSuffixes, reversed(text), ofAll)
    else exactHosts = radixUpdate(exactHosts, text, ofAll)
  }
  return { ...router, exactHosts, hostSuffixes }
}
