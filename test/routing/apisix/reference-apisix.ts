import type { ApisixRouteMatch } from '../../../src/model/apisix/route-match.ts'
import { compileIpSet } from '../../../src/model/ip-set.ts'
import type { ParsedRequest } from '../../../src/model/request.ts'
import type { Route } from '../../../src/model/route.ts'

/**
 * The rules of apisix.md, d1, written down a second time, sentence by sentence: every route sorted and tried in turn.
 *
 * @param holds tells of `vars` that are not null
 */
export function referenceApisixMatch(
  routes: readonly Route[],
  request: ParsedRequest,
  holds: (vars: readonly unknown[], request: ParsedRequest) => boolean,
): string | null {
  // "exact host before longest wildcard before routes without host"
  for (const fitting of hostLevels(routes, request.host)) {
    // "Exact beats prefix, longest prefix first", "Same path: higher priority first"
    const candidates = fitting
      .flatMap((route) => asked(route).uris.map((uri, index) => ({ route, uri, index })))
      .filter(({ uri }) => uriFits(uri, request.path))
      .toSorted((a, b) => compare(sortKey(a), sortKey(b)))
    // "then the other conditions; a failing candidate falls through to the next one, also to shorter prefixes"
    const found = candidates.find(({ route }) => conditionsFit(route, request, holds))
    // "If the host's routes do not match path/conditions, less specific hosts and then host-less routes are tried."
    if (found !== undefined) return found.route.id
  }
  return null
}

function asked({ apisix }: Route): ApisixRouteMatch {
  if (apisix === undefined || apisix === null) throw new Error('no route of APISIX')
  return apisix
}

function hostLevels(routes: readonly Route[], host: string): readonly (readonly Route[])[] {
  const patterns = new Set(routes.flatMap(({ hosts }) => lowerCase(hosts ?? [])))
  const wildcards = [...patterns]
    .filter((pattern) => pattern.startsWith('*.'))
    .filter((pattern) => host.endsWith(pattern.slice(1)) && host.length >= pattern.length)
    .toSorted((a, b) => b.length - a.length)
  return [
    ...[host, ...wildcards].map((pattern) =>
      routes.filter(({ hosts }) => lowerCase(hosts ?? []).includes(pattern)),
    ),
    routes.filter(({ hosts }) => hosts === null),
  ]
}

function lowerCase(hosts: readonly string[]): readonly string[] {
  return hosts.map((host) => host.toLowerCase())
}

function uriFits(uri: string, path: string): boolean {
  return new RegExp(`^${patternOf(uri)}$`).test(path)
}

/** "`*` as a whole middle segment matches any text, slashes included; elsewhere it cuts the pattern to a prefix" */
function patternOf(uri: string): string {
  const ANY = '[^]*'
  const segments = uri.split('/')
  const odd = segments.findIndex((segment) => segment !== '*' && segment.includes('*'))
  const kept = odd === -1 ? segments : segments.slice(0, odd)
  const source = kept.map((segment) => (segment === '*' ? ANY : escaped(segment)))
  if (odd !== -1) source.push(escaped((segments[odd] ?? '').replace(/\*.*/, '')) + ANY)
  return source.join('/')
}

function escaped(text: string): string {
  return text.replaceAll(/[^\w/]/g, (character) => `\\${character}`)
}

function conditionsFit(
  route: Route,
  request: ParsedRequest,
  holds: (vars: readonly unknown[], request: ParsedRequest) => boolean,
): boolean {
  const { vars, remote_addrs: addresses } = asked(route)
  if (route.methods !== null && !route.methods.includes(request.method as never)) return false
  if (addresses !== null && !compileIpSet(addresses).has(request.clientAddress)) return false
  return vars === null || holds(vars, request)
}

function sortKey({ route, uri, index }: { route: Route; uri: string; index: number }) {
  const star = uri.indexOf('*')
  return [
    star === -1 ? 0 : 1,
    star === -1 ? 0 : -star,
    -asked(route).priority,
    // What APISIX leaves open: the more of it is written out, then the older route.
    -patternOf(uri).replaceAll('[^]*', '').replaceAll('\\', '').length,
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
