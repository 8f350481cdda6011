import { randomUUID } from 'node:crypto'
import type { ParsedRequest } from '../src/model/request.ts'
import type { Route } from '../src/model/route.ts'
import { emptyRouter, matchRoute, type Router, routerWith } from '../src/routing/router.ts'

/**
 * Processor time per match, in microseconds, median of several rounds: with one route; with 10 000 and
 * the same requests, which shows what the index costs; with 10 000 all asked for in turn, which shows
 * what the processor pays on top for memory it has not seen for long. Then what it costs to build and
 * to change the router. `node bench/route-match.ts`
 */

const ROUTE_COUNT = 10_000
const ROUNDS = 15
const BATCHES_PER_ROUND = 40
const REQUESTS_PER_BATCH = 500

type MadeRoute = { readonly route: Route; readonly host: string; readonly path: string }
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

console.log(
  ['', '1 route', '10 000', 'all in turn']
    .map((title, i) => title.padEnd(i === 0 ? 20 : 14))
    .join(''),
)
for (const kind of [byPrefix, byHost, byWildcard, byRegex, mixed]) {
  const all = Array.from({ length: ROUTE_COUNT }, (_, i) => kind.make(i))
  const few = all.slice(ROUTE_COUNT >> 1, (ROUTE_COUNT >> 1) + (kind === mixed ? 8 : 1))
  const alone = few.map((only) => medianMatch([only], [only]))
  const one = alone.reduce((sum, median) => sum + median, 0) / alone.length
  const results = [one, medianMatch(all, few), medianMatch(all, all)]
  console.log(kind.name.padEnd(20) + results.map((median) => micros(median).padEnd(14)).join(''))
}

for (const kind of [byPrefix, byHost, byRegex, mixed]) {
  const all = Array.from({ length: ROUTE_COUNT }, (_, i) => kind.make(i))
  const build = medianOf(5, () => elapsedMicros(() => routerOf(all)))
  const router = routerOf(all)
  const extra = Array.from({ length: 200 }, (_, i) => kind.make(ROUTE_COUNT + i).route)
  const add = medianOf(5, () =>
    elapsedMicros(() => extra.forEach((route) => void routerWith(router, route))),
  )
  console.log(
    `${kind.name}: building ${ROUTE_COUNT} ${(build / 1000).toFixed(0)} ms, adding one ${(add / extra.length).toFixed(1)} µs`,
  )
}

function medianMatch(loaded: readonly MadeRoute[], asked: readonly MadeRoute[]): number {
  const router = routerOf(loaded)
  return medianOf(ROUNDS, () => roundMicros(router, asked))
}

/** Small batches of requests made of new strings, as a parser makes them: still warm, never looked up before. */
function roundMicros(router: Router, routes: readonly MadeRoute[]): number {
  let elapsed = 0
  for (let batch = 0; batch < BATCHES_PER_ROUND; batch += 1) {
    const requests = Array.from({ length: REQUESTS_PER_BATCH }, (_, i) => {
      const at = ((batch * REQUESTS_PER_BATCH + i) * 7919) % routes.length
      const { host, path } = routes[at] ?? { host: '', path: '/' }
      return requestFor(freshString(host), freshString(path))
    })
    elapsed += elapsedMicros(() => matchAll(router, requests))
  }
  return elapsed / (BATCHES_PER_ROUND * REQUESTS_PER_BATCH)
}

function matchAll(router: Router, requests: readonly ParsedRequest[]): void {
  for (const request of requests) {
    if (matchRoute(router, request) === null) throw new Error(`no route for ${request.path}`)
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

function routerOf(routes: readonly MadeRoute[]): Router {
  return routes.reduce((router, { route }) => routerWith(router, route), emptyRouter())
}

function freshString(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}

function micros(value: number): string {
  return `${value.toFixed(3)} µs`
}

function made(fields: Partial<Route>, { host = 'example.com', path = '/' }): MadeRoute {
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
  return { route, host, path }
}

function requestFor(host: string, path: string): ParsedRequest {
  return {
    method: 'GET',
    path,
    rawPath: path,
    query: '',
    httpVersion: '1.1',
    host,
    port: 80,
    authority: host,
    scheme: 'http',
    fields: { names: ['host', 'accept'], values: [host, '*/*'] },
    body: { kind: 'none' },
    peerAddress: '192.0.2.1',
    clientAddress: '192.0.2.1',
    isPeerTrusted: false,
    listenerPort: 8000,
  }
}
