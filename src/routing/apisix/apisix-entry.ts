import { compileIpSet } from '../../model/ip-set.ts'
import type { ParsedRequest } from '../../model/request.ts'
import type { Route } from '../../model/route.ts'
import { entryKeys } from '../entry-keys.ts'
import { compileConditions, conditionsWith, type RequestTest } from '../route-conditions.ts'
import type { RouteEntry } from '../route-entry.ts'
import { parseUri, restFits, type UriPattern } from './uri-pattern.ts'

/** Compiles `vars` to a test of requests, of which it never asks more than the head. */
export type CompileVars = (vars: readonly unknown[]) => RequestTest

/** A route with one of its uris: where it belongs under each of its hosts, and what is looked up there. */
export interface UriEntry {
  readonly isExact: boolean
  /** The uri itself when it is exact, else what the paths that it matches begin with. */
  readonly text: string
  readonly entry: RouteEntry
}

/** A route that APISIX's rules match. */
export type ApisixRoute = Route & { readonly apisix: NonNullable<Route['apisix']> }

export function isApisixRoute(route: Route): route is ApisixRoute {
  return (route.apisix ?? null) !== null
}

/** An entry for each uri; none with `status: 0`. Throws as `compileVars` does, and LinearRegexError for `headers`. */
export function compileUris(route: ApisixRoute, compileVars: CompileVars): readonly UriEntry[] {
  const { status, uris, vars, remote_addrs: addresses } = route.apisix
  if (status === 0) return []
  const ofRoute = compileConditions(route)
  const tests = [
    addresses === null ? null : addressTest(addresses),
    vars === null || vars.length === 0 ? null : compileVars(vars),
  ]
  return uris.map((uri, index) => {
    const pattern = parseUri(uri)
    const conditions = conditionsWith(ofRoute, allOf([pathTest(pattern), ...tests]))
    const rank = {
      shape: route.apisix.priority,
      precedence: pattern.literalLength,
      createdAt: route.created_at,
      routeId: route.id,
      pathIndex: index,
    }
    return {
      isExact: pattern.rest === null,
      text: pattern.prefix,
      entry: {
        ...{ route, rank, conditions, keys: entryKeys(conditions) },
        // Nothing of the path is ever stripped, nor captured.
        ...{ matchedPath: null, pathPattern: null },
      },
    }
  })
}

/** Null when the prefix, which the index compares, is all that the pattern asks. */
function pathTest({ prefix, rest }: UriPattern): RequestTest | null {
  if (rest === null || (rest.length === 1 && rest[0] === '')) return null
  return ({ path }) => restFits(rest, path, prefix.length)
}

function addressTest(addresses: readonly string[]): RequestTest {
  const set = compileIpSet(addresses)
  return ({ clientAddress }) => set.has(clientAddress)
}

/** In their order, the cheapest first; null when there are none. */
function allOf(given: readonly (RequestTest | null)[]): RequestTest | null {
  const [first, ...others] = given.filter((test) => test !== null)
  if (first === undefined) return null
  return others.reduce(both, first)
}

function both(first: RequestTest, second: RequestTest): RequestTest {
  return (request: ParsedRequest) => first(request) && second(request)
}
