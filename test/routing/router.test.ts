import { describe, expect, it } from 'vitest'
import { LinearRegexError } from '../../src/model/linear-regex.ts'
import type { Route } from '../../src/model/route.ts'
import {
  emptyRouter,
  matchRoute,
  pathCaptures,
  type Router,
  routerWith,
  routerWithout,
} from '../../src/routing/router.ts'
import { exampleRequest, exampleRoute, type RequestFields } from './examples.ts'

type RouteFields = Partial<Route>

/** Routes named by position: `a`, `b`, … */
function routerOf(...routes: readonly RouteFields[]): Router {
  return routes.reduce<Router>(
    (router, fields, i) =>
      routerWith(router, exampleRoute({ id: String.fromCharCode(97 + i), ...fields })),
    emptyRouter(),
  )
}

function matchedId(router: Router, request: RequestFields): string | null {
  return matchRoute(router, exampleRequest(request))?.route.id ?? null
}

function matches(route: RouteFields, request: RequestFields): boolean {
  return matchedId(routerOf(route), request) !== null
}

describe('a route with hosts', () => {
  it.each([
    ['example.com', 'example.com', 80, true],
    ['Example.COM', 'example.com', 80, true],
    ['example.com', 'example.com', 8080, true],
    ['example.com', 'example.org', 80, false],
    ['example.com', 'www.example.com', 80, false],
    ['example.com', 'example.com.org', 80, false],
    ['example.com', '', 80, false],
    ['example.com:8080', 'example.com', 8080, true],
    ['example.com:8080', 'example.com', 80, false],
    ['example.com:80', 'example.com', 80, true],
    ['*.example.com', 'a.example.com', 80, true],
    ['*.example.com', 'a.b.example.com', 80, true],
    ['*.example.com', 'example.com', 80, false],
    ['*.example.com', '.example.com', 80, false],
    ['*.example.com', 'aexample.com', 80, false],
    ['*.example.com:8080', 'a.example.com', 8080, true],
    ['*.example.com:8080', 'a.example.com', 80, false],
    ['example.*', 'example.com', 80, true],
    ['example.*', 'example.co.uk', 80, true],
    ['example.*', 'example.', 80, false],
    ['example.*', 'example', 80, false],
    ['example.*', 'www.example.com', 80, false],
    ['example.*:81', 'example.com', 81, true],
    ['example.*:81', 'example.com', 80, false],
    ['[::1]:8000', '[::1]', 8000, true],
    ['[::1]', '[::1]', 8000, true],
  ])('%s, asked for %s port %i: %s', (pattern, host, port, expected) => {
    expect(matches({ hosts: [pattern] }, { host, port })).toBe(expected)
  })

  it('takes any one of its hosts', () => {
    const router = routerOf({ hosts: ['one.test', '*.two.test', 'three.*'] })
    expect(matchedId(router, { host: 'one.test' })).toBe('a')
    expect(matchedId(router, { host: 'x.two.test' })).toBe('a')
    expect(matchedId(router, { host: 'three.x' })).toBe('a')
    expect(matchedId(router, { host: 'four.test' })).toBeNull()
  })
})

describe('a route with paths', () => {
  it.each([
    ['/route', '/route', true],
    ['/route', '/route/', true],
    ['/route', '/routereq', true],
    ['/route', '/rout', false],
    ['/route', '/x/route', false],
    ['/route', '/Route', false],
    ['/route/', '/route', false],
    ['/', '/anything', true],
    ['/a%20b', '/a%20b/c', true],
    ['/café', '/caf%C3%A9', true],
    ['~/users/\\d+$', '/users/42', true],
    ['~/users/\\d+$', '/users/42/cart', false],
    ['~/users/\\d+', '/users/42/cart', true],
    ['~/users/\\d+', '/x/users/42', false],
    ['~/(a|b)', '/b', true],
    ['~/a|/b', '/b', true],
    ['~/ab?', '/a', true],
    ['~(?i)/users', '/USERS', true],
    ['~.*', '/x', true],
  ])('%s, asked for %s: %s', (pattern, path, expected) => {
    expect(matches({ paths: [pattern] }, { path })).toBe(expected)
  })

  it('tells which of its paths matched, and how much of the request', () => {
    const router = routerOf({ paths: ['/a', '/a/b', '~/users/(?<user>\\d+)'] })
    const match = (path: string) => matchRoute(router, exampleRequest({ path }))
    expect(match('/a/b/c')?.matchedPath).toEqual({ kind: 'prefix', prefix: '/a/b' })
    expect(match('/ab')?.matchedPath).toEqual({ kind: 'prefix', prefix: '/a' })
    expect(match('/users/42/cart')?.matchedPath).toEqual({ kind: 'regex', length: 9 })
    expect(matchRoute(routerOf({ methods: ['GET'] }), exampleRequest())?.matchedPath).toBeNull()
  })

  it('offers the groups of the pattern that matched', () => {
    const router = routerOf({ paths: ['~/users/(?<user>\\d+)/(cart|orders)', '/plain'] })
    const path = '/users/42/cart'
    const match = matchRoute(router, exampleRequest({ path }))
    if (match === null) throw new Error('no match')
    expect(pathCaptures(match, path)?.named.get('user')).toBe('42')
    expect(pathCaptures(match, path)?.numbered).toEqual(['42', 'cart'])
    const plain = matchRoute(router, exampleRequest({ path: '/plain' }))
    if (plain === null) throw new Error('no match')
    expect(pathCaptures(plain, '/plain')).toBeNull()
  })

  it('refuses a pattern that no linear engine can run', () => {
    expect(() => routerOf({ paths: ['~/(a)\\1'] })).toThrow(LinearRegexError)
  })
})

describe('a route with other conditions', () => {
  const header = (...values: string[]) => ({ headers: { 'X-Version': values } })
  const sent = (...values: string[]) => ({
    headers: [['accept', '*/*'], ...values.map((value) => ['x-version', value] as const)] as const,
  })
  it.each<[string, RouteFields, RequestFields, boolean]>([
    ['method', { methods: ['GET', 'HEAD'] }, { method: 'HEAD' }, true],
    ['other method', { methods: ['GET', 'HEAD'] }, { method: 'POST' }, false],
    ['method in other case', { methods: ['GET'] }, { method: 'get' }, false],
    ['header', header('v1', 'v2'), sent('v2'), true],
    ['header in other case', header('V2'), sent('v2'), true],
    ['header value in other case', header('v2'), sent('V2'), true],
    ['other header value', header('v1'), sent('v2'), false],
    ['part of a header value', header('v1'), sent('v1.5'), false],
    ['no header', header('v1'), sent(), false],
    ['repeated header', header('v1'), sent('v3', 'v1'), true],
    ['header pattern', header('~*^v[12]$'), sent('v2'), true],
    ['header pattern in other case', header('~*^V[12]$'), sent('v2'), true],
    ['header pattern inside the value', header('~*chrome|edge'), sent('Mozilla Edge/1'), true],
    ['header pattern that fails', header('~*^v[12]$'), sent('v3'), false],
    ['pattern among several values is text', header('~*^v', 'x'), sent('v1'), false],
    [
      'all of several headers',
      { headers: { a: ['1'], b: ['2'] } },
      {
        headers: [
          ['a', '1'],
          ['b', '2'],
        ],
      },
      true,
    ],
    [
      'one of several headers',
      { headers: { a: ['1'], b: ['2'] } },
      { headers: [['a', '1']] },
      false,
    ],
    ['server name', { snis: ['a.test'] }, { scheme: 'https', sni: 'a.test' }, true],
    ['server name with final dot', { snis: ['A.test.'] }, { scheme: 'https', sni: 'a.test' }, true],
    ['other server name', { snis: ['a.test'] }, { scheme: 'https', sni: 'b.test' }, false],
    ['no server name', { snis: ['a.test'] }, { scheme: 'https' }, false],
    ['server name, plain http', { snis: ['a.test'] }, { scheme: 'http' }, true],
    ['https only, plain http', { protocols: ['https'], paths: ['/'] }, { scheme: 'http' }, true],
    ['http only, https', { protocols: ['http'], paths: ['/'] }, { scheme: 'https' }, true],
    ['grpc', { protocols: ['grpc', 'grpcs'], paths: ['/'] }, {}, false],
    ['tls', { protocols: ['tls'], snis: ['a.test'] }, {}, false],
    [
      'all kinds',
      { hosts: ['h'], paths: ['/p'], methods: ['PUT'] },
      { host: 'h', path: '/p', method: 'PUT' },
      true,
    ],
    [
      'all but one',
      { hosts: ['h'], paths: ['/p'], methods: ['PUT'] },
      { host: 'h', path: '/p' },
      false,
    ],
  ])('%s', (_, route, request, expected) => {
    expect(matches(route, request)).toBe(expected)
  })
})

describe('priority: the first route wins whatever the order in which both were added', () => {
  const host = { hosts: ['h.test'] }
  it.each<[string, RouteFields, RouteFields]>([
    ['host and path over path', { ...host, paths: ['/'] }, { paths: ['/path/long'] }],
    ['host and method over longer path', { ...host, methods: ['GET'] }, { paths: ['/path/long'] }],
    ['path and method over regex', { paths: ['/'], methods: ['GET'] }, { paths: ['~/path/.*'] }],
    ['plain host over wildcard host', host, { hosts: ['*.test'] }],
    ['all hosts plain over some wildcard', host, { hosts: ['h.test', '*.test'] }],
    [
      'plain host over more headers',
      { ...host, headers: { a: ['1'] } },
      { hosts: ['*.test'], headers: { a: ['1'], b: ['2'] } },
    ],
    ['host alone over path alone', host, { paths: ['/path/long'] }],
    ['host alone over headers alone', host, { headers: { a: ['1'], b: ['2'] } }],
    [
      'more headers over longer path',
      { headers: { a: ['1'], b: ['2'] }, paths: ['/'] },
      { headers: { a: ['1'] }, paths: ['/path/long'] },
    ],
    [
      'more headers over regex',
      { headers: { a: ['1'], b: ['2'] }, paths: ['/'] },
      { headers: { a: ['1'] }, paths: ['~/path'] },
    ],
    ['header alone over long path', { headers: { a: ['1'] } }, { paths: ['/path/long'] }],
    ['regex over longer prefix', { paths: ['~/pa'] }, { paths: ['/path/long'] }],
    ['higher regex_priority', { paths: ['~/p'], regex_priority: 1 }, { paths: ['~/path/long$'] }],
    [
      'zero over negative regex_priority',
      { paths: ['~/p'] },
      { paths: ['~/path'], regex_priority: -1 },
    ],
    ['longer over shorter prefix', { paths: ['/path/l'] }, { paths: ['/path'], regex_priority: 9 }],
    ['path over method', { paths: ['/'] }, { methods: ['GET'] }],
    ['older over newer', { paths: ['/path'], created_at: 5 }, { paths: ['/path'], created_at: 6 }],
    [
      'older regex over longer',
      { paths: ['~/p'], created_at: 5 },
      { paths: ['~/path/long'], created_at: 6 },
    ],
    ['lower id', { paths: ['/path'], id: 'a' }, { paths: ['/path'], id: 'b' }],
  ])('%s', (_, first, second) => {
    const request: RequestFields = {
      host: 'h.test',
      path: '/path/long',
      headers: [
        ['a', '1'],
        ['b', '2'],
      ],
    }
    const winner = { ...first, id: 'a' }
    const loser = { ...second, id: 'b' }
    for (const other of [winner, loser]) expect(matches(other, request)).toBe(true)
    expect(matchedId(routerOf(winner, loser), request)).toBe('a')
    expect(matchedId(routerOf(loser, winner), request)).toBe('a')
  })

  it('ranks a route with several paths by the path that matches', () => {
    const router = routerOf({ paths: ['/p', '~/regex'] }, { paths: ['/pa'] })
    expect(matchedId(router, { path: '/path' })).toBe('b')
    expect(matchedId(router, { path: '/regex' })).toBe('a')
  })

  it('does not let a better route that matches in part hide one that matches in full', () => {
    const router = routerOf(
      { hosts: ['h.test'], paths: ['/api'], methods: ['POST'] },
      { hosts: ['h.test'], paths: ['~/api/\\d+$'] },
      { paths: ['/api'] },
    )
    const request = { host: 'h.test', path: '/api/x' }
    expect(matchedId(router, { ...request, method: 'POST' })).toBe('a')
    expect(matchedId(router, { ...request, path: '/api/1' })).toBe('b')
    expect(matchedId(router, request)).toBe('c')
  })
})

describe('a router', () => {
  it('matches nothing when empty', () => {
    expect(matchRoute(emptyRouter(), exampleRequest())).toBeNull()
  })

  it('replaces a route of the same id, old hosts and paths included', () => {
    const router = routerOf({ id: 'a', hosts: ['old.test'] }, { id: 'a', paths: ['/new'] })
    expect(matchedId(router, { host: 'old.test' })).toBeNull()
    expect(matchedId(router, { path: '/new' })).toBe('a')
  })

  it('is unchanged by a change made from it', () => {
    const before = routerOf({ paths: ['/a'] })
    const after = routerWithout(routerWith(before, exampleRoute({ id: 'z', paths: ['/z'] })), 'a')
    expect(matchedId(before, { path: '/a' })).toBe('a')
    expect(matchedId(before, { path: '/z' })).toBeNull()
    expect(matchedId(after, { path: '/a' })).toBeNull()
    expect(matchedId(after, { path: '/z' })).toBe('z')
  })

  it('is the same router when a route that it does not have is taken out', () => {
    const router = routerOf({ paths: ['/a'] })
    expect(routerWithout(router, 'other')).toBe(router)
  })

  it('is empty again when everything was taken out', () => {
    const routes: RouteFields[] = [
      { hosts: ['a.test', '*.b.test', 'c.*', 'a.test:81'], paths: ['/a', '/ab', '~/x|/y'] },
      { methods: ['GET'] },
      { paths: ['/', '/a'] },
    ]
    const router = ['a', 'b', 'c'].reduce(routerWithout, routerOf(...routes))
    expect(router).toEqual(emptyRouter())
  })

  it('shares what a change does not touch', () => {
    const before = routerOf({ hosts: ['a.test'], paths: ['/a'] }, { paths: ['/b'] })
    const after = routerWith(before, exampleRoute({ id: 'z', paths: ['/z'] }))
    expect(after.exactHosts).toBe(before.exactHosts)
    expect(after.anyHost).not.toBe(before.anyHost)
  })
})
