import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Route } from '../../src/model/route.ts'
import {
  type EntrySet,
  isEntryIndex,
  type SetsByValue,
  setsOf,
} from '../../src/routing/entry-set.ts'
import { type RadixNode, radixValues } from '../../src/routing/radix-tree.ts'
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

/** Many routes for few hosts and paths, told apart by all the rest; some by nothing. */
const crowdedFields = fc.record<Partial<Route>>({
  hosts: fc.constantFrom(
    null,
    null,
    null,
    null,
    ['a.test'],
    ['a.test:81', 'a.test'],
    ['a.test:81'],
  ),
  paths: fc.constantFrom(null, ['/'], ['/'], ['/'], ['/', '/a'], ['~/a|/b'], ['~/.*b$']),
  methods: fc.option(some('GET', 'PUT', 'POST'), { freq: 1 }),
  headers: fc.option(
    fc.dictionary(
      fc.constantFrom('x', 'x', 'Y', 'X'),
      fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom(['1'], ['1'], ['Two'], ['1', 'two', 'Two']) },
        { weight: 1, arbitrary: fc.constantFrom(['~*^t'], ['~*O$'], ['~*^t', '1']) },
      ),
      { minKeys: 1, noNullPrototype: true },
    ),
    { freq: 5 },
  ),
  snis: fc.option(some('a.test', 'b.test'), { freq: 1 }),
  regex_priority: fc.constantFrom(0, 0, 1),
  created_at: fc.integer({ min: 1, max: 2 }),
})

const CROWD_IDS = Array.from({ length: 40 }, (_, i) => String(i))
const crowdedRoute = fc
  .tuple(fc.constantFrom(...CROWD_IDS), crowdedFields)
  .map(([id, fields]) => exampleRoute({ ...fields, id }))

const crowdedRequest = fc
  .record({
    host: fc.constantFrom('a.test', 'other'),
    port: fc.constantFrom(80, 81),
    path: fc.constantFrom('/', '/a', '/b', '/a/b'),
    method: fc.constantFrom('GET', 'PUT', 'HEAD'),
    scheme: fc.constantFrom('http' as const, 'https' as const),
    sni: fc.constantFrom('a.test', 'b.test', undefined),
    headers: fc.array(fc.tuple(fc.constantFrom('x', 'y'), fc.constantFrom('1', 'TWO', 'three')), {
      maxLength: 5,
    }),
  })
  .map(({ sni, ...fields }) => exampleRequest(sni === undefined ? fields : { ...fields, sni }))

type Change = { readonly add: Route } | { readonly remove: string }
const changesOf = (added: fc.Arbitrary<Route>, ids: readonly string[], maxLength: number) =>
  fc.array(
    fc.oneof(
      { weight: 3, arbitrary: added.map((add): Change => ({ add })) },
      { weight: 1, arbitrary: fc.constantFrom(...ids).map((remove): Change => ({ remove })) },
    ),
    { maxLength, size: 'max' },
  )

const tables = [
  { name: 'of all kinds', route, request, ids: [...'abcdefghij'], least: 0, runs: 2000 },
  {
    name: 'for few hosts and paths',
    route: crowdedRoute,
    request: crowdedRequest,
    ids: CROWD_IDS,
    least: 25,
    runs: 1000,
  },
]

describe.each(tables)(
  'the router, with routes $name,',
  ({ route: any, request: asked, ...table }) => {
    it('finds what trying every route in turn finds', () => {
      let matchCount = 0
      fc.assert(
        fc.property(
          fc.uniqueArray(any, {
            selector: ({ id }) => id,
            minLength: table.least,
            maxLength: table.ids.length,
            size: 'max',
          }),
          fc.array(asked, { minLength: 5, maxLength: 5 }),
          (routes, requests) => {
            const router = routes.reduce(routerWith, emptyRouter())
            for (const sent of requests) {
              const found = matchRoute(router, sent)
              if (found !== null) matchCount += 1
              expect(found && { routeId: found.route.id, matchedPath: found.matchedPath }).toEqual(
                referenceMatch(routes, sent, PATTERNS),
              )
            }
          },
        ),
        { numRuns: table.runs },
      )
      expect(matchCount).toBeGreaterThan(1000)
    })

    it('is, after any changes, what one built afresh would be', () => {
      fc.assert(
        fc.property(changesOf(any, table.ids, table.ids.length * 2), (changes) => {
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
          expect([...routes.keys()].reduce(routerWithout, router)).toEqual(emptyRouter())
        }),
        { numRuns: 500 },
      )
    })
  },
)

it('tables for few hosts and paths have sets divided twice and more', () => {
  let deepCount = 0
  const routes = fc.uniqueArray(crowdedRoute, {
    selector: ({ id }) => id,
    minLength: 25,
    maxLength: 40,
    size: 'max',
  })
  for (const table of fc.sample(routes, { numRuns: 100, seed: 1 })) {
    const router = table.reduce(routerWith, emptyRouter())
    if (depthOf(router.anyHost) >= 2) deepCount += 1
  }
  expect(deepCount).toBeGreaterThan(50)
})

/** All that decides, without the compiled patterns, which differ by identity. */
function shapeOf(router: Router) {
  const group = (tree: RouteGroup) => outline(tree, setOutline)
  return {
    ids: [...router.entriesByRoute.keys()].toSorted(),
    exactHosts: outline(router.exactHosts, group),
    hostPrefixes: outline(router.hostPrefixes, group),
    hostSuffixes: outline(router.hostSuffixes, group),
    anyHost: group(router.anyHost),
  }
}

function setOutline(set: EntrySet): unknown {
  if (!isEntryIndex(set)) return set.map(({ rank, conditions: { port } }) => ({ rank, port }))
  const sets = (byValue: SetsByValue | null) => byValue && outline(byValue, setOutline)
  return {
    size: set.size,
    unkeyed: setOutline(set.unkeyed),
    headers: set.headers && outline(set.headers, sets),
    methods: sets(set.methods),
    ports: sets(set.ports),
    serverNames: sets(set.serverNames),
  }
}

/** How many indexes deep the sets of a group go. */
function depthOf(group: RouteGroup): number {
  const ofSet = (set: EntrySet): number => {
    if (!isEntryIndex(set)) return 0
    return 1 + Math.max(0, ...setsOf(set).map(ofSet))
  }
  return Math.max(0, ...radixValues(group).map(ofSet))
}

function outline<V>(node: RadixNode<V>, ofValue: (value: V) => unknown): unknown {
  return {
    label: node.label,
    firstCode: node.firstCode,
    value: node.value === null ? null : ofValue(node.value),
    children: node.children.map((child) => (child === null ? null : outline(child, ofValue))),
  }
}
