import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ApisixRoute } from '../../../src/routing/apisix/apisix-entry.ts'
import {
  type ApisixRouter,
  apisixRouterWith,
  apisixRouterWithout,
  EMPTY_APISIX_ROUTER,
  matchApisixRoute,
} from '../../../src/routing/apisix/apisix-router.ts'
import type { UriGroup } from '../../../src/routing/apisix/uri-group.ts'
import { type EntrySet, isEntryIndex, setsOf } from '../../../src/routing/entry-set.ts'
import type { RadixNode } from '../../../src/routing/radix-tree.ts'
import { exampleRequest } from '../examples.ts'
import { apisixRoute, headerEquals } from './examples.ts'
import { referenceApisixMatch } from './reference-apisix.ts'

const IDS = [...'abcdefghijklmnop']

const some = <T>(...values: readonly T[]) =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 })

const uris = fc.oneof(
  some('/', '/a', '/a/', '/a/b', '/a/b/c', '/*', '/a*', '/a/*', '/a/b*', '/a/*/b', '*'),
  some('/*/b', '/a/*/b/*', '/*/*', '/a/*/c*', '/a*b/c', '/a/x*/b', '/*/b/*/c', '/a/*/*/b', '/a/**'),
)

const route = fc
  .record({
    id: fc.constantFrom(...IDS),
    hosts: fc.option(some('a.test', 'b.a.test', '*.a.test', '*.test', '*.B.a.test', 'A.test'), {
      freq: 2,
    }),
    uris,
    priority: fc.constantFrom(0, 0, 1, 10, -1),
    methods: fc.option(some('GET', 'PUT', 'POST'), { freq: 1 }),
    vars: fc.constantFrom(null, null, null, [], [['x', '==', '1']], [['x', '==', '2']]),
    addresses: fc.option(some('192.0.2.0/24', '198.51.100.1', '::1'), { freq: 1 }),
    created_at: fc.integer({ min: 1, max: 2 }),
  })
  .map(({ uris, priority, vars, addresses, ...fields }) =>
    apisixRoute({ ...fields, apisix: { uris, priority, vars, remote_addrs: addresses } }),
  )

const request = fc
  .record({
    host: fc.constantFrom('a.test', 'b.a.test', 'c.b.a.test', 'x.b.a.test', 'other', 'test', ''),
    path: fc
      .array(fc.constantFrom('/', 'a', 'b', '/a', '/b', '/c', '/x', '/b/c'), { maxLength: 6 })
      .map((parts) => `/${parts.join('')}`.replaceAll(/\/+/g, '/')),
    method: fc.constantFrom('GET', 'PUT', 'HEAD'),
    clientAddress: fc.constantFrom('192.0.2.7', '198.51.100.1', '203.0.113.1', '::1'),
    headers: fc.constantFrom([], [['x', '1'] as const], [['x', '2'] as const]),
  })
  .map((fields) => exampleRequest(fields))

const routes = fc.uniqueArray(route, {
  selector: ({ id }) => id,
  maxLength: IDS.length,
  size: 'max',
})

const add = (router: ApisixRouter, added: ApisixRoute) =>
  apisixRouterWith(router, added, headerEquals)

describe('the table of routes of APISIX', () => {
  it('finds what the rules, followed sentence by sentence, find', () => {
    let matchCount = 0
    fc.assert(
      fc.property(routes, fc.array(request, { minLength: 5, maxLength: 5 }), (table, requests) => {
        const router = table.reduce(add, EMPTY_APISIX_ROUTER)
        for (const sent of requests) {
          const found = matchApisixRoute(router, sent)?.route.id ?? null
          if (found !== null) matchCount += 1
          const holds = (vars: readonly unknown[]) => vars.length === 0 || headerEquals(vars)(sent)
          expect(found).toEqual(referenceApisixMatch(table, sent, holds))
        }
      }),
      { numRuns: 2000 },
    )
    expect(matchCount).toBeGreaterThan(2000)
  })

  it('is, after any changes, what one built afresh would be', () => {
    const change = fc.oneof(
      { weight: 3, arbitrary: route },
      { weight: 1, arbitrary: fc.constantFrom(...IDS) },
    )
    fc.assert(
      fc.property(fc.array(change, { maxLength: 2 * IDS.length, size: 'max' }), (changes) => {
        const kept = new Map<string, ApisixRoute>()
        let router = EMPTY_APISIX_ROUTER
        for (const next of changes) {
          if (typeof next === 'string') {
            router = apisixRouterWithout(router, next)
            kept.delete(next)
          } else {
            router = add(router, next)
            kept.set(next.id, next)
          }
        }
        const afresh = [...kept.values()].toReversed().reduce(add, EMPTY_APISIX_ROUTER)
        expect(shapeOf(router)).toEqual(shapeOf(afresh))
        expect([...kept.keys()].reduce(apisixRouterWithout, router)).toEqual(EMPTY_APISIX_ROUTER)
      }),
      { numRuns: 500 },
    )
  })
})

/** All that decides, without the compiled tests, which differ by identity. */
function shapeOf({ placedByRoute, exactHosts, hostSuffixes, anyHost }: ApisixRouter) {
  const group = ({ exact, prefixes }: UriGroup) => ({
    exact: outline(exact, setOutline),
    prefixes: outline(prefixes, setOutline),
  })
  return {
    ids: [...placedByRoute.keys()].toSorted(),
    exactHosts: outline(exactHosts, group),
    hostSuffixes: outline(hostSuffixes, group),
    anyHost: group(anyHost),
  }
}

function setOutline(set: EntrySet): unknown {
  if (!isEntryIndex(set)) return set.map(({ rank }) => rank)
  return { size: set.size, unkeyed: setOutline(set.unkeyed), sets: setsOf(set).map(setOutline) }
}

function outline<V>(node: RadixNode<V>, ofValue: (value: V) => unknown): unknown {
  return {
    label: node.label,
    value: node.value === null ? null : ofValue(node.value),
    children: node.children.map((child) => (child === null ? null : outline(child, ofValue))),
  }
}
