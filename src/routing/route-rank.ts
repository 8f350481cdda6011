import type { Route } from '../model/route.ts'

/**
 * How a route ranks with one of its paths, in the order of Kong's router flavour
 * `traditional_compatible`: number of attribute kinds, hosts all plain, header names, regex path,
 * regex_priority, prefix length. Then the older route, which Kong leaves open, and at last the id,
 * so that every node decides alike. In APISIX's table it orders routes with one host and one path.
 */
export interface RouteRank {
  /** Kinds, plain hosts, header names and regex path in one number, most significant first; APISIX: `priority`. */
  readonly shape: number
  /**
   * `regex_priority` of a regex path, else the length of the prefix; comparable within one shape. APISIX, which
   * leaves it open: the length of what stands in the uri beside `*`.
   */
  readonly precedence: number
  /** Epoch seconds. */
  readonly createdAt: number
  readonly routeId: string
  /** Position among the paths of the route. */
  readonly pathIndex: number
}

export interface RankedPath {
  readonly index: number
  readonly isRegex: boolean
  /** Length of the prefix; 0 for a regex and for a route without paths. */
  readonly prefixLength: number
}

/** The rank of a route with this path. More than 255 header names count as 255, as in Kong. */
export function rankOf(route: Route, path: RankedPath): RouteRank {
  const headerNames = route.headers === null ? 0 : Object.keys(route.headers).length
  const kinds =
    countOf(route.hosts) +
    countOf(route.paths) +
    countOf(route.methods) +
    countOf(route.snis) +
    Math.min(headerNames, 1)
  const hasOnlyPlainHosts = countOf(route.hosts) === 1 && !route.hosts?.some(isWildcard)
  return {
    shape:
      ((kinds * 2 + Number(hasOnlyPlainHosts)) * 256 + Math.min(headerNames, 255)) * 2 +
      Number(path.isRegex),
    precedence: path.isRegex ? (route.regex_priority ?? 0) : path.prefixLength,
    createdAt: route.created_at,
    routeId: route.id,
    pathIndex: path.index,
  }
}

/** Below 0 when `a` is asked before `b`; 0 only for one path of one route. */
export function compareRanks(a: RouteRank, b: RouteRank): number {
  if (a.shape !== b.shape) return b.shape - a.shape
  if (a.precedence !== b.precedence) return b.precedence - a.precedence
  if (a.createdAt !== b.createdAt) return a.createdAt - b.createdAt
  if (a.routeId !== b.routeId) return a.routeId < b.routeId ? -1 : 1
  return a.pathIndex - b.pathIndex
}

function countOf(values: readonly string[] | null): number {
  return values === null || values.length === 0 ? 0 : 1
}

function isWildcard(host: string): boolean {
  return host.includes('*')
}
