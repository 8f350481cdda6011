import { describe, expect, it, test } from 'vitest'
import type { ApisixRouteMatch } from '../../../src/model/apisix/route-match.ts'
import type { Route } from '../../../src/model/route.ts'
import {
  apisixRouterWith,
  apisixRouterWithout,
  EMPTY_APISIX_ROUTER,
  matchApisixRoute,
} from '../../../src/routing/apisix/apisix-router.ts'
import { exampleRequest, type RequestFields } from '../examples.ts'
import { apisixRoute, headerEquals } from './examples.ts'

type Given = Partial<ApisixRouteMatch> & Partial<Pick<Route, 'hosts' | 'methods'>>

/** Name of the route that takes the request, or null. */
function taken(routes: Readonly<Record<string, Given>>, request: RequestFields): string | null {
  const router = Object.entries(routes)
    .map(([id, { hosts = null, methods = null, ...apisix }]) =>
      apisixRoute({ id, hosts, methods, apisix }),
    )
    .reduce((some, route) => apisixRouterWith(some, route, headerEquals), EMPTY_APISIX_ROUTER)
  return matchApisixRoute(router, exampleRequest(request))?.route.id ?? null
}

describe('a uri', () => {
  test.each([
    ['/foo', '/foo', true],
    ['/foo', '/foo/', false],
    ['/foo', '/foo/bar', false],
    ['/foo/', '/foo', false],
    ['/foo/*', '/foo', false],
    ['/foo/*', '/foo/', true],
    ['/foo/*', '/foo/a/b', true],
    ['/foo*', '/foo', true],
    ['/foo*', '/foobar/a', true],
    ['/*', '/', true],
    ['*', '/a', true],
    ['/a/*/b', '/a/x/b', true],
    ['/a/*/b', '/a/x/y/b', true],
    ['/a/*/b', '/a/b', false],
    ['/a/*/b', '/a/x/b/c', false],
    ['/a/*/b/*', '/a/x/b/c', true],
    ['/a/*/b/*/c', '/a/1/b/2/b/c', true],
    ['/a/x*y/b', '/a/x', true],
    ['/a/x*y/b', '/a/xz/c', true],
    ['/a/x*y/b', '/a/y', false],
    ['/user/:id', '/user/:id', true],
    ['/user/:id', '/user/1', false],
    ['/a b', '/a%20b', true],
    ['/ü*', '/%C3%BCber', true],
  ])('%s and the path %s: %s', (uri, path, fits) => {
    expect(taken({ it: { uris: [uri] } }, { path })).toBe(fits ? 'it' : null)
  })
})

describe('of several routes', () => {
  const ofBlog = {
    all: { uris: ['/blog/foo/*'] },
    a: { uris: ['/blog/foo/a/*'] },
    c: { uris: ['/blog/foo/c/*'] },
    bar: { uris: ['/blog/foo/bar'] },
  }
  test.each([
    ['/blog/foo/bar', 'bar'],
    ['/blog/foo/a/b/c', 'a'],
    ['/blog/foo/c/d', 'c'],
    ['/blog/foo/gloo', 'all'],
    ['/blog/bar', null],
  ])("%s goes where APISIX's documentation says", (path, name) => {
    expect(taken(ofBlog, { path })).toBe(name)
  })

  const byHost = {
    exact: { hosts: ['a.foo.com'], uris: ['/a'] },
    near: { hosts: ['*.a.foo.com'], uris: ['/*'] },
    far: { hosts: ['*.foo.com'], uris: ['/*'], methods: ['GET'] },
    none: { uris: ['/a', '/b*'], priority: 100 },
  }
  test.each([
    ['exact host', 'a.foo.com', '/a', 'exact'],
    ['no path of the exact host fits', 'a.foo.com', '/b', 'far'],
    ['longest wildcard', 'b.a.foo.com', '/a', 'near'],
    ['any depth', 'c.b.a.foo.com', '/a', 'near'],
    ['shorter wildcard', 'b.foo.com', '/a', 'far'],
    ['not the name itself', 'foo.com', '/a', 'none'],
    ['no host', 'other', '/b', 'none'],
    ['nothing', 'other', '/c', null],
  ])('the host decides before path and priority: %s', (_, host, path, name) => {
    expect(taken(byHost, { host, path })).toBe(name)
  })

  it('goes on to less specific hosts and shorter prefixes when a condition fails', () => {
    const request = { host: 'a.foo.com', method: 'POST', path: '/b/c' }
    expect(taken(byHost, request)).toBe('none')
    const nested = {
      deep: { uris: ['/b/c'], methods: ['GET'] },
      middle: { uris: ['/b/*'], vars: [['x', '==', '1']] },
      far: { uris: ['/*'], remote_addrs: ['192.0.2.0/24'] },
    } satisfies Record<string, Given>
    expect(taken(nested, request)).toBe('far')
    expect(taken(nested, { ...request, headers: [['x', '1']] })).toBe('middle')
    expect(taken(nested, { ...request, method: 'GET' })).toBe('deep')
    expect(taken(nested, { ...request, clientAddress: '198.51.100.1' })).toBeNull()
  })

  it('the highest priority of one path is asked first, then the others', () => {
    const one = {
      low: { uris: ['/a'] },
      high: { uris: ['/a'], priority: 10, vars: [['x', '==', '1']] },
      below: { uris: ['/a'], priority: -1 },
    } satisfies Record<string, Given>
    expect(taken(one, { path: '/a', headers: [['x', '1']] })).toBe('high')
    expect(taken(one, { path: '/a' })).toBe('low')
  })

  it('a priority does not lift a prefix above an exact path or a longer prefix', () => {
    const paths = {
      exact: { uris: ['/a/b'] },
      long: { uris: ['/a/*'] },
      short: { uris: ['/*'], priority: 99 },
    }
    expect(taken(paths, { path: '/a/b' })).toBe('exact')
    expect(taken(paths, { path: '/a/c' })).toBe('long')
    expect(taken(paths, { path: '/b' })).toBe('short')
  })
})

it('a route with status 0 matches nothing, until it has another', () => {
  const off = apisixRoute({ id: 'r', apisix: { status: 0 } })
  const router = apisixRouterWith(EMPTY_APISIX_ROUTER, off, headerEquals)
  expect(matchApisixRoute(router, exampleRequest())).toBeNull()
  const on = apisixRouterWith(router, apisixRoute({ id: 'r', apisix: {} }), headerEquals)
  expect(matchApisixRoute(on, exampleRequest())?.route.id).toBe('r')
  expect(apisixRouterWithout(router, 'r')).toEqual(EMPTY_APISIX_ROUTER)
})

it('of a route with a new version nothing of the old one is left', () => {
  const before = apisixRoute({ id: 'r', hosts: ['a.test'], apisix: { uris: ['/a'] } })
  const after = apisixRoute({ id: 'r', apisix: { uris: ['/b'] } })
  const router = apisixRouterWith(
    apisixRouterWith(EMPTY_APISIX_ROUTER, before, headerEquals),
    after,
    headerEquals,
  )
  expect(matchApisixRoute(router, exampleRequest({ host: 'a.test', path: '/a' }))).toBeNull()
  expect(matchApisixRoute(router, exampleRequest({ path: '/b' }))?.route).toBe(after)
  expect(apisixRouterWithout(router, 'r')).toEqual(EMPTY_APISIX_ROUTER)
  expect(apisixRouterWithout(router, 'other')).toBe(router)
})

it('a thousand routes with one path are looked up by their method, not tried in turn', () => {
  let asked = 0
  const counting = () => () => {
    asked += 1
    return true
  }
  const router = Array.from({ length: 1000 }, (_, i) =>
    apisixRoute({ id: `${i}`, methods: [`M${i}`], apisix: { vars: [['x', '==', '1']] } }),
  ).reduce((some, route) => apisixRouterWith(some, route, counting), EMPTY_APISIX_ROUTER)
  expect(matchApisixRoute(router, exampleRequest({ method: 'M7' }))?.route.id).toBe('7')
  expect(asked).toBe(1)
})
