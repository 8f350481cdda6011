import { describe, expect, it } from 'vitest'
import type { Route } from '../../src/model/route.ts'
import { type EntrySet, isEntryIndex, setsOf } from '../../src/routing/entry-set.ts'
import { radixValues } from '../../src/routing/radix-tree.ts'
import {
  emptyRouter,
  matchRoute,
  type Router,
  routerWith,
  routerWithout,
} from '../../src/routing/router.ts'
import { exampleRequest, exampleRoute, type RequestFields } from './examples.ts'

const COUNT = 10_000

interface Kind {
  readonly name: string
  readonly route: (i: number) => Partial<Route>
  /** What only route `i` matches. */
  readonly request: (i: number) => RequestFields
}

const place = { hosts: ['example.com'], paths: ['/api'] }
const sent = (name: string, value: string): RequestFields => ({ headers: [[name, value]] })

const KINDS: readonly Kind[] = [
  {
    name: 'one header',
    route: (i) => ({ ...place, headers: { 'X-Tenant': [`T${i}`] } }),
    request: (i) => sent('x-tenant', `t${i}`),
  },
  {
    name: 'one header, pattern paths',
    route: (i) => ({ paths: ['~/api/\\d+$', '~/.*'], headers: { 'X-Tenant': [`T${i}`] } }),
    request: (i) => sent('x-tenant', `t${i}`),
  },
  {
    name: 'several values of one header',
    route: (i) => ({ ...place, headers: { 'X-Tenant': [`t${i}`, `u${i}`, `v${i}`] } }),
    request: (i) => sent('x-tenant', `u${i}`),
  },
  {
    name: 'the second of two headers',
    route: (i) => ({ ...place, headers: { 'X-A': ['live'], 'X-Tenant': [`t${i}`] } }),
    request: (i) => ({
      headers: [
        ['x-a', 'live'],
        ['x-tenant', `t${i}`],
      ],
    }),
  },
  {
    name: 'two headers together',
    route: (i) => ({ headers: { a: [`${i % 100}`], b: [`${Math.floor(i / 100)}`] } }),
    request: (i) => ({
      headers: [
        ['b', `${Math.floor(i / 100)}`],
        ['a', `${i % 100}`],
      ],
    }),
  },
  {
    name: 'a header beside one with a pattern',
    route: (i) => ({ ...place, headers: { 'X-A': ['~*^l'], 'X-Tenant': [`t${i}`] } }),
    request: (i) => ({
      headers: [
        ['x-a', 'live'],
        ['x-tenant', `t${i}`],
      ],
    }),
  },
  {
    name: 'name of the header',
    route: (i) => ({ ...place, headers: { [`X-${i}`]: ['1'] } }),
    request: (i) => sent(`x-${i}`, '1'),
  },
  {
    name: 'method',
    route: (i) => ({ ...place, methods: [`M${i}`] }),
    request: (i) => ({ method: `M${i}` }),
  },
  {
    name: 'header beside several methods',
    route: (i) => ({ methods: ['GET', 'PUT', 'POST'], headers: { 'X-Tenant': [`t${i}`] } }),
    request: (i) => sent('x-tenant', `t${i}`),
  },
  {
    name: 'port',
    route: (i) => ({ ...place, hosts: [`example.com:${i + 1}`] }),
    request: (i) => ({ port: i + 1 }),
  },
  {
    name: 'path on one host and port',
    route: (i) => ({ hosts: ['example.com:8443'], paths: [`/team-${i}/`] }),
    request: (i) => ({ port: 8443, path: `/team-${i}/x` }),
  },
]

describe.each(KINDS)(`${COUNT} routes told apart by $name`, ({ route, request }) => {
  const routes = Array.from({ length: COUNT }, (_, i) =>
    exampleRoute({ ...route(i), id: String(i) }),
  )
  const router = routes.reduce(routerWith, emptyRouter())

  it('are each found, and only a handful tried', () => {
    for (let i = 0; i < COUNT; i += 1) {
      const found = matchRoute(router, exampleRequest({ path: '/api', ...request(i) }))
      expect(found?.route.id).toBe(String(i))
    }
    const nobody = exampleRequest({ path: '/api', ...request(COUNT) })
    expect(matchRoute(router, nobody)).toBeNull()
    expect(longestList(router)).toBeLessThanOrEqual(4)
  })

  it('take in one and let go another, and leave the router that was as it was', () => {
    const idOf = (of: Router, i: number) =>
      matchRoute(of, exampleRequest({ path: '/api', ...request(i) }))?.route.id ?? null
    const added = routerWith(router, exampleRoute({ ...route(COUNT), id: 'new' }))
    const changed = routerWithout(added, '7')
    expect([idOf(changed, COUNT), idOf(changed, 7), idOf(changed, 8)]).toEqual(['new', null, '8'])
    expect([idOf(router, COUNT), idOf(router, 7), idOf(router, 8)]).toEqual([null, '7', '8'])
  })
})

it(`${COUNT} routes that differ only in server names are found over TLS, the best one without`, () => {
  const router = Array.from({ length: COUNT }, (_, i) =>
    exampleRoute({ ...place, snis: [`s${i}.test`], id: String(i).padStart(5, '0') }),
  ).reduce(routerWith, emptyRouter())
  const matched = (fields: RequestFields) =>
    matchRoute(router, exampleRequest({ path: '/api', ...fields }))?.route.id
  for (let i = 0; i < COUNT; i += 1) {
    expect(matched({ scheme: 'https', sni: `s${i}.test` })).toBe(String(i).padStart(5, '0'))
  }
  expect(matched({ scheme: 'https' })).toBeUndefined()
  expect(matched({ scheme: 'http' })).toBe('00000')
})

it('hosts by the thousand share the entries of their route', () => {
  const hosts = Array.from({ length: 3000 }, (_, i) =>
    [`h${i}.test`, `*.h${i}.test`, `h${i}.*`].flatMap((host) => [host, `${host}:81`]),
  )
  const route = exampleRoute({ hosts: hosts.flat(), paths: ['/a', '/b'], id: 'wide' })
  const router = routerWith(emptyRouter(), route)
  const placed = router.entriesByRoute.get('wide') ?? []
  expect(placed).toHaveLength(3000 * 6 * 2)
  expect(new Set(placed.map(({ entry }) => entry)).size).toBe(2 * 2)
  for (let i = 0; i < 3000; i += 1) {
    for (const host of [`h${i}.test`, `x.h${i}.test`, `h${i}.org`]) {
      expect(matchRoute(router, exampleRequest({ host, path: '/b' }))?.route.id).toBe('wide')
    }
  }
  expect(routerWithout(router, 'wide')).toEqual(emptyRouter())
})

/** The most entries that one request may have to try at one place. */
function longestList({ anyHost, exactHosts }: Router): number {
  const ofSet = (set: EntrySet): number =>
    isEntryIndex(set)
      ? setsOf(set).reduce((longest, below) => Math.max(longest, ofSet(below)), set.unkeyed.length)
      : set.length
  return [anyHost, ...radixValues(exactHosts)]
    .flatMap((group) => radixValues(group))
    .reduce((longest, set) => Math.max(longest, ofSet(set)), 0)
}
