import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Route } from '../../src/model/route.ts'
import type { RadixNode } from '../../src/routing/radix-tree.ts'
import type { RouteGroup } from '../../src/routing/route-group.ts'
import {
  emptyRouter,
  matchRoute,
  type Router,
  routerWith,
  routerWithout,
} from '../../src/routing/router.ts'
import { exampleRequest, exampleRoute } from './examples.ts'
import { referenceMatch } from './reference-router.ts'

/** Paths in RE2 syntax, and the same for the reference. */
const PATTERNS = new Map<string, RegExp>([
  ['~/a', /\/a/],
  ['~/a/\\d+$', /\/a\/\d+$/],
  ['~/ab?', /\/ab?/],
  ['~/(a|ab)/', /\/(a|ab)\//],
  ['~/a|/b', /\/a|\/b/],
  ['~^/ab', /^\/ab/],
  ['~/.*b$', /\/.*b$/],
  ['~/[ab]+', /\/[ab]+/],
  ['~/a[|]?b', /\/a[|]?b/],
  ['~(?i)/A/b', /\/a\/b/i],
  ['~/a\\.b', /\/a\.b/],
  ['~/a\\Q.\\Eb', /\/a\.b/],
  ['~/b+(?i)?/', /\/(?:b+)?\//],
])

const orNull = <T>(values: fc.Arbitrary<T>) => fc.option(values, { freq: 2 })
const some = <T>(...values: readonly T[]) =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 })

const hosts = ['a.test', 'b.a.test', '*.a.test', '*.test', 'a.*', 'b.a.*', 'a.test:81', '*.test:81']
const prefixes = ['/', '/a', '/ab', '/a/', '/a/b', '/b']

const routeFields: fc.Arbitrary<Partial<Route>> = fc.record({
  hosts: orNull(some(...hosts, 'B.a.Test', 'a.*:81')),
  paths: orNull(some(...prefixes, ...PATTERNS.keys())),
  methods: orNull(some('GET', 'PUT')),
  headers: orNull(
    fc.dictionary(fc.constantFrom('x', 'Y', 'z'), some('1', 'Two', 'two'), {
      minKeys: 1,
      noNullPrototype: true,
    }),
  ),
  snis: orNull(some('a.test', 'b.test')),
  regex_priority: fc.constantFrom(0, 0, 1, -1),
  created_at: fc.integer({ min: 1, max: 2 }),
  protocols: fc.constantFrom<Route['protocols']>(['http', 'https'], ['https'], ['http'], ['grpc']),
})

const route = fc
  .tuple(fc.constantFrom(...'abcdefghij'), routeFields)
  .map(([id, fields]) => exampleRoute({ ...fields, id }))

const request = fc
  .record({
    host: fc.constantFrom('a.test', 'b.a.test', 'c.b.a.test', 'a.other', 'b.a.x.y', 'test', ''),
    port: fc.constantFrom(80, 81),
    path: fc
      .array(fc.constantFrom('/', 'a', 'b', '/a', '/b', '.', '1', '/1'), { maxLength: 5 })
      .map((parts) => `/${parts.join('')}`.replaceAll(/\/+/g, '/')),
    method: fc.constantFrom('GET', 'PUT', 'POST'),
    scheme: fc.constantFrom('http' as const, 'https' as const),
    sni: fc.constantFrom('a.test', 'b.test', undefined),
    headers: fc.array(
      fc.tuple(fc.constantFrom('x', 'y', 'z'), fc.constantFrom('1', 'TWO', 'three')),
      { maxLength: 4 },
    ),
  })
  .map(({ sni, ...fields }) => exampleRequest(sni === undefined ? fields : { ...fields, sni }))

type Change = { readonly add: Route } | { readonly remove: string }
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 3, arbitrary: route.map((add) => ({ add })) },
  { weight: 1, arbitrary: fc.constantFrom(...'abcdefghij').map((remove) => ({ remove })) },
)

describe('the router', () => {
  it('finds what trying every route in turn finds', () => {
    let matchCount = 0
    fc.assert(
      fc.property(
        fc.uniqueArray(route, { selector: ({ id }) => id, maxLength: 10 }),
        fc.array(request, { minLength: 5, maxLength: 5 }),
        (routes, requests) => {
          const router = routes.reduce(routerWith, emptyRouter())
          for (const asked of requests) {
            const found = matchRoute(router, asked)
            if (found !== null) matchCount += 1
            expect(found && { routeId: found.route.id, matchedPath: found.matchedPath }).toEqual(
              referenceMatch(routes, asked, PATTERNS),
            )
          }
        },
      ),
      { numRuns: 2000 },
    )
    expect(matchCount).toBeGreaterThan(1000)
  })

  it('is, after any changes, what one built afresh would be', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 25 }), (changes) => {
        const routes = new Map<string, Route>()
        let router = emptyRouter()
        for (const next of changes) {
          if ('add' in next) {
            router = routerWith(router, next.add)
            routes.set(next.add.id, next.add)
          } else {
            router = routerWithout(router, next.remove)
            routes.delete(next.remove)
          }
        }
        const afresh = [...routes.values()].toReversed().reduce(routerWith, emptyRouter())
        expect(shapeOf(router)).toEqual(shapeOf(afresh))
      }),
      { numRuns: 500 },
    )
  })
})

/** All that decides, without the compiled patterns, which differ by identity. */
function shapeOf(router: Router) {
  const group = (tree: RouteGroup) =>
    outline(tree, (entries) => entries.map(({ rank, port }) => ({ rank, port })))
  return {
    ids: [...router.entriesByRoute.keys()].toSorted(),
    regexUses: router.regexes.map(({ useCount }) => useCount).toObject(),
    exactHosts: outline(router.exactHosts, group),
    hostPrefixes: outline(router.hostPrefixes, group),
    hostSuffixes: outline(router.hostSuffixes, group),
    anyHost: group(router.anyHost),
  }
}

function outline<V>(node: RadixNode<V>, ofValue: (value: V) => unknown): unknown {
  return {
    label: node.label,
    firstCode: node.firstCode,
    value: node.value === null ? null : ofValue(node.value),
    children: node.children.map((child) => (child === null ? null : outline(child, ofValue))),
  }
}
