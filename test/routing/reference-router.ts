import type { ParsedRequest } from '../../src/model/request.ts'
import type { Route } from '../../src/model/route.ts'
import type { MatchedPath } from '../../src/routing/upstream-path.ts'

/**
 * The router's rules written down a second time, as plainly as can be: every host and path of every
 * route tried in turn. Patterns run on the built-in engine, so only harmless ones may be given.
 *
 * @param patterns RE2 source of each `~` path to the same pattern in JavaScript
 */
export function referenceMatch(
  routes: readonly Route[],
  request: ParsedRequest,
  patterns: ReadonlyMap<string, RegExp>,
): { routeId: string; matchedPath: MatchedPath } | null {
  const found = routes
    .filter((route) => route.protocols.includes('http') || route.protocols.includes('https'))
    .filter((route) => hostFits(route, request) && conditionsFit(route, request))
    .flatMap((route) => pathsOf(route).map((path, index) => ({ route, path, index })))
    .map((candidate) => ({
      ...candidate,
      match: matchPath(candidate.path, request.path, patterns),
    }))
    .filter(({ match }) => match !== undefined)
    .toSorted((a, b) => compare(sortKey(a), sortKey(b)))[0]
  return found === undefined ? null : { routeId: found.route.id, matchedPath: found.match ?? null }
}

function pathsOf(route: Route): readonly (string | null)[] {
  return route.paths ?? [null]
}

function hostFits(route: Route, request: ParsedRequest): boolean {
  if (route.hosts === null) return true
  return route.hosts.some((pattern) => {
    const [, name = '', port] = /^(.*?)(?::(\d+))?$/.exec(pattern.toLowerCase()) ?? []
    if (port !== undefined && Number(port) !== request.port) return false
    const source = name.replaceAll('.', '\\.').replace('*', '.+')
    return new RegExp(`^${source}$`).test(request.host)
  })
}

function conditionsFit(route: Route, request: ParsedRequest): boolean {
  if (route.methods !== null && !route.methods.includes(request.method as never)) return false
  if (route.snis !== null && request.scheme === 'https') {
    if (!route.snis.some((sni) => sni === request.sni)) return false
  }
  return Object.entries(route.headers ?? {}).every(([name, allowed]) =>
    request.fields.names.some(
      (sent, i) =>
        sent === name.toLowerCase() && valueFits(allowed, request.fields.values[i] ?? ''),
    ),
  )
}

/** Patterns run on the built-in engine here too. */
function valueFits(allowed: readonly string[], value: string): boolean {
  const [first = ''] = allowed
  if (allowed.length === 1 && first.startsWith('~*')) {
    return new RegExp(first.slice(2), 'i').test(value)
  }
  return allowed.some((candidate) => candidate.toLowerCase() === value.toLowerCase())
}

/** undefined: no match. */
function matchPath(
  path: string | null,
  requestPath: string,
  patterns: ReadonlyMap<string, RegExp>,
): MatchedPath | undefined {
  if (path === null) return null
  if (!path.startsWith('~')) {
    return requestPath.startsWith(path) ? { kind: 'prefix', prefix: path } : undefined
  }
  const pattern = patterns.get(path)
  if (pattern === undefined) throw new Error(`no JavaScript pattern for ${path}`)
  const match = new RegExp(`^(?:${pattern.source})`, pattern.flags).exec(requestPath)
  return match === null ? undefined : { kind: 'regex', length: match[0].length }
}

function sortKey({ route, path, index }: { route: Route; path: string | null; index: number }) {
  const kinds = [route.hosts, route.paths, route.methods, route.snis, route.headers]
  const isRegex = path?.startsWith('~') ?? false
  return [
    -kinds.filter((kind) => kind !== null).length,
    route.hosts?.every((host) => !host.includes('*')) ? 0 : 1,
    -Object.keys(route.headers ?? {}).length,
    isRegex ? 0 : 1,
    isRegex ? -(route.regex_priority ?? 0) : 0,
    isRegex ? 0 : -(path?.length ?? 0),
    route.created_at,
    route.id,
    index,
  ]
}

function compare(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  const at = a.findIndex((value, i) => value !== b[i])
  if (at === -1) return 0
  return (a[at] ?? 0) < (b[at] ?? 0) ? -1 : 1
}
