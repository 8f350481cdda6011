import { randomUUID } from 'node:crypto'
import type { ApisixRouteMatch } from '../src/model/apisix/route-match.ts'
import type { ParsedRequest } from '../src/model/request.ts'
import type { Route } from '../src/model/route.ts'
import { parseEntity } from '../src/model/validate.ts'
import { compileRouteVars } from '../src/proxy/route-vars.ts'
import {
  matchTables,
  NO_ROUTES,
  type RouteTables,
  tablesWith,
  tablesWithout,
} from '../src/routing/route-tables.ts'

/**
 * Processor time per match, in microseconds, median of several rounds. With one route (of a mixture: one
 * of each kind); with 10 000 and the same requests, which shows what the index costs; with requests for
 * 100 and for all 10 000 in turn, which shows what the processor pays on top for memory it has not seen
 * for long: the index does the same work in all three. Then what it costs to build and to change the
 * tables. What APISIX's rules match costs a look at Kong's table, which has nothing, on top.
 * `node bench/route-match.ts`, or with a word for the kinds that have it in their name.
 */

const ROUTE_COUNT = 10_000
const ROUNDS = 15
const BATCHES_PER_ROUND = 40
const REQUESTS_PER_BATCH = 500

/** What a request asks for; the rest is the same for all. */
type Asked = {
  readonly host?: string
  readonly path?: string
  readonly method?: string
  readonly port?: number
  readonly header?: string
}
type MadeRoute = { readonly route: Route; readonly asked: Asked }
type Kind = { readonly name: string; readonly make: (i: number) => MadeRoute }

const byPrefix: Kind = {
  name: 'by prefix',
  make: (i) =>
    made(
      { paths: [`/team-${i % 100}/service-${i}`] },
      { path: `/team-${i % 100}/service-${i}/orders/42` },
    ),
}
const byHost: Kind = {
  name: 'by host',
  make: (i) => made({ hosts: [`service-${i}.example.com`] }, { host: `service-${i}.example.com` }),
}
const byWildcard: Kind = {
  name: 'by wildcard host',
  make: (i) =>
    made({ hosts: [`*.service-${i}.example.com`] }, { host: `eu.service-${i}.example.com` }),
}
const byRegex: Kind = {
  name: 'by regex',
  make: (i) => made({ paths: [`~/service-${i}/users/\\d+$`] }, { path: `/service-${i}/users/42` }),
}
const onePlace = { hosts: ['example.com'], paths: ['/api'] }
const byHeader: Kind = {
  name: 'by header',
  make: (i) => made({ ...onePlace, headers: { 'X-Tenant': [`t${i}`] } }, { header: `t${i}` }),
}
const bySecondHeader: Kind = {
  name: 'by second header',
  make: (i) =>
    made(
      { ...onePlace, headers: { 'X-Stage': ['live'], 'X-Tenant': [`t${i}`] } },
      { header: `t${i}` },
    ),
}
const byMethod: Kind = {
  name: 'by method',
  make: (i) => made({ ...onePlace, methods: [`M${i}`] }, { method: `M${i}` }),
}
const byPort: Kind = {
  name: 'by port',
  make: (i) => made({ ...onePlace, hosts: [`example.com:${1 + i}`] }, { port: 1 + i }),
}
const mixed: Kind = {
  name: 'mixed',
  make: (i) => {
    const kinds = [byPrefix, byHost, byWildcard, byRegex]
    const other = kinds[i % kinds.length] ?? byPrefix
    return i % 8 === 4
      ? made(
          { hosts: [`h${i}.test`], paths: ['/a', '/b'], methods: ['GET'] },
          { host: `h${i}.test`, path: '/b/c' },
        )
      : other.make(i)
  },
}

const byUri: Kind = {
  name: 'APISIX, by prefix',
  make: (i) =>
    ofApisix(
      { uris: [`/team-${i % 100}/service-${i}/*`] },
      { path: `/team-${i % 100}/service-${i}/orders/42` },
    ),
}
const byHostAndUri: Kind = {
  name: 'APISIX, by host',
  make: (i) =>
    ofApisix(
      { uris: ['/', '/orders/*'] },
      { host: `service-${i}.example.com`, path: '/orders/42' },
      [`service-${i}.example.com`],
    ),
}
const byVars: Kind = {
  name: 'APISIX, with vars',
  make: (i) =>
    ofApisix(
      { uris: [`/service-${i}`], vars: [['http_x_stage', '==', 'live']] },
      { path: `/service-${i}` },
    ),
}

const ALL_KINDS = [
  ...[byPrefix, byHost, byWildcard, byRegex],
  ...[byHeader, bySecondHeader, byMethod, byPort, mixed],
  ...[byUri, byHostAndUri, byVars],
]
const KINDS = ALL_KINDS.filter(({ name }) => name.includes(process.argv[2] ?? ''))

const all = new Map(
  KINDS.map((kind) => [kind, Array.from({ length: ROUTE_COUNT }, (_, i) => kind.make(i))]),
)

printRow('µs per match', ['1 route', '10 000', 'ratio', '100 in turn', 'all in turn'])
for (const [kind, routes] of all) {
  const middle = ROUTE_COUNT >> 1
  const few = routes.slice(middle, middle + (kind === mixed ? 8 : 1))
  const one = medianMatch(few, few)
  const same = medianMatch(routes, few)
  const inTurn = [100, ROUTE_COUNT].map((count) => medianMatch(routes, routes.slice(0, count)))
  printRow(kind.name, [micros(one), micros(same), (same / one).toFixed(2), ...inTurn.map(micros)])
}
console.log(
  'The ratio is the index; what the columns in turn add to it is cache misses, not work of the index.',
)

printRow('', ['build, ms', 'add one, µs', 'take out, µs'])
for (const [kind, routes] of all) {
  const build = medianOf(5, () => elapsedMicros(() => tablesOf(routes)))
  const tables = tablesOf(routes)
  const extra = Array.from({ length: 200 }, (_, i) => kind.make(ROUTE_COUNT + i).route)
  const add = medianOf(5, () =>
    elapsedMicros(() => extra.forEach((route) => void tablesWith(tables, route, compileRouteVars))),
  )
  const known = routes.slice(0, 200)
  const takeOut = medianOf(5, () =>
    elapsedMicros(() => known.forEach(({ route }) => void tablesWithout(tables, route.id))),
  )
  printRow(kind.name, [
    (build / 1000).toFixed(0),
    (add / extra.length).toFixed(1),
    (takeOut / known.length).toFixed(1),
  ])
}

function printRow(name: string, cells: readonly string[]): void {
  console.log(name.padEnd(20) + cells.map((cell) => cell.padEnd(14)).join(''))
}

function medianMatch(loaded: readonly MadeRoute[], requested: readonly MadeRoute[]): number {
  const tables = tablesOf(loaded)
  return medianOf(ROUNDS, () => roundMicros(tables, requested))
}

/** Small batches of requests made of new strings, as a parser makes them: still warm, never looked up before. */
function roundMicros(tables: RouteTables, routes: readonly MadeRoute[]): number {
  let elapsed = 0
  for (let batch = 0; batch < BATCHES_PER_ROUND; batch += 1) {
    const requests = Array.from({ length: REQUESTS_PER_BATCH }, (_, i) => {
      const at = ((batch * REQUESTS_PER_BATCH + i) * 7919) % routes.length
      return requestFor(routes[at]?.asked ?? {})
    })
    elapsed += elapsedMicros(() => matchAll(tables, requests))
  }
  return elapsed / (BATCHES_PER_ROUND * REQUESTS_PER_BATCH)
}

function matchAll(tables: RouteTables, requests: readonly ParsedRequest[]): void {
  for (const request of requests) {
    if (matchTables(tables, request) === null) throw new Error(`no route for ${request.path}`)
  }
}

function elapsedMicros(work: () => unknown): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return user + system
}

function medianOf(count: number, measure: () => number): number {
  const results = Array.from({ length: count }, measure).toSorted((a, b) => a - b)
  return results[count >> 1] ?? Number.NaN
}

function tablesOf(routes: readonly MadeRoute[]): RouteTables {
  return routes.reduce(
    (tables, { route }) => tablesWith(tables, route, compileRouteVars),
    NO_ROUTES,
  )
}

function freshString(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}

function micros(value: number): string {
  return value.toFixed(3)
}

const STAMPS = { id: randomUUID(), created_at: 1, updated_at: 1 }

function ofApisix(
  asked: Partial<ApisixRouteMatch>,
  request: Asked,
  hosts: readonly string[] | null = null,
): MadeRoute {
  const { apisix } = parseEntity('routes', { ...STAMPS, apisix: asked })
  return made({ hosts, strip_path: false, apisix }, request)
}

function made(fields: Partial<Route>, asked: Asked): MadeRoute {
  const route: Route = {
    id: randomUUID(),
    name: null,
    created_at: 1,
    updated_at: 1,
    protocols: ['http', 'https'],
    methods: null,
    hosts: null,
    paths: null,
    headers: null,
    snis: null,
    sources: null,
    destinations: null,
    https_redirect_status_code: 426,
    regex_priority: 0,
    strip_path: true,
    preserve_host: false,
    path_handling: 'v0',
    request_buffering: true,
    response_buffering: true,
    service: null,
    tags: null,
    ...fields,
  }
  return { route, asked }
}

function requestFor(asked: Asked): ParsedRequest {
  const host = freshString(asked.host ?? 'example.com')
  const path = freshString(asked.path ?? '/api')
  return {
    method: freshString(asked.method ?? 'GET'),
    path,
    rawPath: path,
    query: '',
    httpVersion: '1.1',
    host,
    port: asked.port ?? 80,
    authority: host,
    scheme: 'http',
    fields: {
      names: ['host', 'user-agent', 'accept', 'x-stage', 'x-tenant'],
      values: [host, 'curl/8.5.0', '*/*', 'live', freshString(asked.header ?? 'none')],
    },
    body: { kind: 'none' },
    peerAddress: '192.0.2.1',
    clientAddress: '192.0.2.1',
    isPeerTrusted: false,
    listenerPort: 8000,
  }
}
