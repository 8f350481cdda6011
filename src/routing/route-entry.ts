import { normalizePath } from '../model/normalize-path.ts'
import type { Route } from '../model/route.ts'
import { type EntryKey, entryKeys } from './entry-keys.ts'
import { type HostPattern, parseHostPattern } from './host-pattern.ts'
import { compilePathPattern, type PathPattern } from './path-pattern.ts'
import { compileConditions, conditionsAtPort, type RouteConditions } from './route-conditions.ts'
import { type RouteRank, rankOf } from './route-rank.ts'
import type { MatchedPath } from './upstream-path.ts'

/** The route that serves a request, and what its path matched. */
export interface RouteMatch {
  readonly route: Route
  readonly rank: RouteRank
  readonly matchedPath: MatchedPath
  /** The pattern that matched, for its captures; null for a prefix and for no path. */
  readonly pathPattern: PathPattern | null
}

/**
 * A route with one of its paths, and one of the ports that its hosts name: what is looked up, once for
 * all hosts. It is its own match, the same for every request, unless it has a pattern, which matches a
 * length of its own each time.
 */
export interface RouteEntry extends RouteMatch {
  readonly conditions: RouteConditions
  readonly keys: readonly EntryKey[]
}

/** Where in the router an entry belongs. */
export interface PlacedEntry {
  /** null: any host. */
  readonly host: HostPattern | null
  /** Every path that the entry matches begins with this. */
  readonly pathPrefix: string
  readonly entry: RouteEntry
}

/**
 * All entries of a route, compiled; none when no protocol of the route is http or https, since
 * gRPC and stream routes never serve a plain HTTP request. Throws LinearRegexError.
 */
export function compileRoute(route: Route): readonly PlacedEntry[] {
  if (!route.protocols.some((protocol) => protocol === 'http' || protocol === 'https')) return []
  const conditions = compileConditions(route)
  const paths = compilePaths(route)
  const hosts = uniqueHosts(route.hosts ?? [])
  const byPort = Map.groupBy(hosts.length === 0 ? [null] : hosts, (host) => host?.port ?? null)
  return [...byPort].flatMap(([port, hostsOfPort]) => {
    const entries = entriesOf(route, paths, conditionsAtPort(conditions, port))
    return hostsOfPort.flatMap((host) => entries.map((entry) => ({ host, ...entry })))
  })
}

function entriesOf(
  route: Route,
  paths: readonly CompiledPath[],
  conditions: RouteConditions,
): readonly Omit<PlacedEntry, 'host'>[] {
  const keys = entryKeys(conditions)
  return paths.map(({ pathPrefix, rank, matchedPath, pathPattern }) => ({
    pathPrefix,
    entry: { route, rank, matchedPath, pathPattern, conditions, keys },
  }))
}

/** Hosts are given in any case, so one may be there twice. */
function uniqueHosts(hosts: readonly string[]): readonly HostPattern[] {
  const patterns = hosts.map(parseHostPattern)
  return [
    ...new Map(patterns.map((host) => [`${host.kind} ${host.text} ${host.port}`, host])).values(),
  ]
}

interface CompiledPath extends Pick<RouteMatch, 'rank' | 'matchedPath' | 'pathPattern'> {
  readonly pathPrefix: string
}

function compilePaths(route: Route): readonly CompiledPath[] {
  if (route.paths === null || route.paths.length === 0) {
    const rank = rankOf(route, { index: 0, isRegex: false, prefixLength: 0 })
    return [{ pathPrefix: '', rank, matchedPath: null, pathPattern: null }]
  }
  return route.paths.map((path, index) =>
    path.startsWith('~')
      ? regexPath(route, index, compilePathPattern(path.slice(1)))
      : prefixPath(route, index, normalPrefix(path)),
  )
}

function regexPath(route: Route, index: number, pathPattern: PathPattern): CompiledPath {
  const rank = rankOf(route, { index, isRegex: true, prefixLength: 0 })
  const matchedPath = { kind: 'regex', length: 0 } as const
  return { pathPrefix: pathPattern.literal, rank, matchedPath, pathPattern }
}

function prefixPath(route: Route, index: number, prefix: string): CompiledPath {
  const rank = rankOf(route, { index, isRegex: false, prefixLength: prefix.length })
  return { pathPrefix: prefix, rank, matchedPath: { kind: 'prefix', prefix }, pathPattern: null }
}

/** Requests are matched by their normal form, so the prefix takes the same form; text is UTF-8 there. */
function normalPrefix(path: string): string {
  const normal = normalizePath(Buffer.from(path, 'utf8').toString('latin1'))
  return normal.kind === 'ok' ? normal.path : path
}
