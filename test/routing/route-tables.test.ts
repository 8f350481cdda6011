import { expect, it } from 'vitest'
import type { Route } from '../../src/model/route.ts'
import {
  matchTables,
  NO_ROUTES,
  tablesWith,
  tablesWithout,
} from '../../src/routing/route-tables.ts'
import { apisixRoute, headerEquals } from './apisix/examples.ts'
import { exampleRequest, exampleRoute } from './examples.ts'

const ofKong = (id: string, paths: string[]) => exampleRoute({ id, paths })
const ofApisix = (id: string, uris: string[]) => apisixRoute({ id, apisix: { uris, priority: 99 } })
const tables = (...routes: readonly Route[]) =>
  routes.reduce((some, route) => tablesWith(some, route, headerEquals), NO_ROUTES)
const matched = (some: ReturnType<typeof tables>, path: string) =>
  matchTables(some, exampleRequest({ path }))?.route.id ?? null

it("Kong's rules are asked first, and APISIX's for what they leave", () => {
  const both = tables(ofApisix('a', ['/x/y', '/z']), ofKong('k', ['/x']))
  expect(matched(both, '/x/y')).toBe('k')
  expect(matched(both, '/z')).toBe('a')
  expect(matched(both, '/z/')).toBeNull()
})

it('a route that changes its dialect changes its table', () => {
  const toApisix = tables(ofKong('r', ['/x']), ofApisix('r', ['/y']))
  expect([matched(toApisix, '/x'), matched(toApisix, '/y')]).toEqual([null, 'r'])
  const back = tables(ofApisix('r', ['/y']), ofKong('r', ['/x']))
  expect([matched(back, '/x'), matched(back, '/y')]).toEqual(['r', null])
})

it('there is no table of APISIX without a route in it', () => {
  expect(tables(ofKong('k', ['/x'])).apisix).toBeNull()
  expect(tables(ofApisix('r', ['/y']), ofKong('r', ['/x'])).apisix).toBeNull()
  expect(tablesWithout(tables(ofApisix('r', ['/y'])), 'r')).toEqual(NO_ROUTES)
})
