import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  joinUpstreamPath,
  type MatchedPath,
  strippedPrefix,
} from '../../src/routing/upstream-path.ts'

const prefix = (path: string | null): MatchedPath =>
  path === null ? null : { kind: 'prefix', prefix: path }

type Row = readonly [
  service: string | null,
  route: string | null,
  request: string,
  v0Strip: string,
  v0Keep: string,
  v1Strip: string,
  v1Keep: string,
]

// Every service path × route path × matching request. Where Kong Gateway 3.9 publishes a result
// (spec/fixtures/router_path_handling_tests.lua), it is this one.
const GRID: readonly Row[] = [
  [null, null, '/', '/', '/', '/', '/'],
  [null, null, '/route', '/route', '/route', '/route', '/route'],
  [null, null, '/route/', '/route/', '/route/', '/route/', '/route/'],
  [null, null, '/routereq', '/routereq', '/routereq', '/routereq', '/routereq'],
  [null, null, '/route/req', '/route/req', '/route/req', '/route/req', '/route/req'],
  [null, '/', '/', '/', '/', '/', '/'],
  [null, '/', '/route', '/route', '/route', '/route', '/route'],
  [null, '/', '/route/', '/route/', '/route/', '/route/', '/route/'],
  [null, '/', '/routereq', '/routereq', '/routereq', '/routereq', '/routereq'],
  [null, '/', '/route/req', '/route/req', '/route/req', '/route/req', '/route/req'],
  [null, '/route', '/route', '/', '/route', '/', '/route'],
  [null, '/route', '/route/', '/', '/route/', '/', '/route/'],
  [null, '/route', '/routereq', '/req', '/routereq', '/req', '/routereq'],
  [null, '/route', '/route/req', '/req', '/route/req', '/req', '/route/req'],
  [null, '/route/', '/route/', '/', '/route/', '/', '/route/'],
  [null, '/route/', '/route/req', '/req', '/route/req', '/req', '/route/req'],

  ['/service', null, '/', '/service', '/service', '/service', '/service'],
  [
    '/service',
    null,
    '/route',
    '/service/route',
    '/service/route',
    '/serviceroute',
    '/serviceroute',
  ],
  [
    '/service',
    null,
    '/route/',
    '/service/route/',
    '/service/route/',
    '/serviceroute/',
    '/serviceroute/',
  ],
  [
    '/service',
    null,
    '/routereq',
    '/service/routereq',
    '/service/routereq',
    '/serviceroutereq',
    '/serviceroutereq',
  ],
  [
    '/service',
    null,
    '/route/req',
    '/service/route/req',
    '/service/route/req',
    '/serviceroute/req',
    '/serviceroute/req',
  ],
  ['/service', '/', '/', '/service', '/service', '/service', '/service'],
  ['/service', '/', '/route', '/service/route', '/service/route', '/serviceroute', '/serviceroute'],
  [
    '/service',
    '/',
    '/route/',
    '/service/route/',
    '/service/route/',
    '/serviceroute/',
    '/serviceroute/',
  ],
  [
    '/service',
    '/',
    '/routereq',
    '/service/routereq',
    '/service/routereq',
    '/serviceroutereq',
    '/serviceroutereq',
  ],
  [
    '/service',
    '/',
    '/route/req',
    '/service/route/req',
    '/service/route/req',
    '/serviceroute/req',
    '/serviceroute/req',
  ],
  ['/service', '/route', '/route', '/service', '/service/route', '/service', '/serviceroute'],
  ['/service', '/route', '/route/', '/service/', '/service/route/', '/service/', '/serviceroute/'],
  [
    '/service',
    '/route',
    '/routereq',
    '/service/req',
    '/service/routereq',
    '/servicereq',
    '/serviceroutereq',
  ],
  [
    '/service',
    '/route',
    '/route/req',
    '/service/req',
    '/service/route/req',
    '/service/req',
    '/serviceroute/req',
  ],
  ['/service', '/route/', '/route/', '/service/', '/service/route/', '/service', '/serviceroute/'],
  [
    '/service',
    '/route/',
    '/route/req',
    '/service/req',
    '/service/route/req',
    '/servicereq',
    '/serviceroute/req',
  ],

  ['/service/', null, '/', '/service/', '/service/', '/service/', '/service/'],
  [
    '/service/',
    null,
    '/route',
    '/service/route',
    '/service/route',
    '/service/route',
    '/service/route',
  ],
  [
    '/service/',
    null,
    '/route/',
    '/service/route/',
    '/service/route/',
    '/service/route/',
    '/service/route/',
  ],
  [
    '/service/',
    null,
    '/routereq',
    '/service/routereq',
    '/service/routereq',
    '/service/routereq',
    '/service/routereq',
  ],
  [
    '/service/',
    null,
    '/route/req',
    '/service/route/req',
    '/service/route/req',
    '/service/route/req',
    '/service/route/req',
  ],
  ['/service/', '/', '/', '/service/', '/service/', '/service/', '/service/'],
  [
    '/service/',
    '/',
    '/route',
    '/service/route',
    '/service/route',
    '/service/route',
    '/service/route',
  ],
  [
    '/service/',
    '/',
    '/route/',
    '/service/route/',
    '/service/route/',
    '/service/route/',
    '/service/route/',
  ],
  [
    '/service/',
    '/',
    '/routereq',
    '/service/routereq',
    '/service/routereq',
    '/service/routereq',
    '/service/routereq',
  ],
  [
    '/service/',
    '/',
    '/route/req',
    '/service/route/req',
    '/service/route/req',
    '/service/route/req',
    '/service/route/req',
  ],
  ['/service/', '/route', '/route', '/service', '/service/route', '/service/', '/service/route'],
  [
    '/service/',
    '/route',
    '/route/',
    '/service/',
    '/service/route/',
    '/service/',
    '/service/route/',
  ],
  [
    '/service/',
    '/route',
    '/routereq',
    '/service/req',
    '/service/routereq',
    '/service/req',
    '/service/routereq',
  ],
  [
    '/service/',
    '/route',
    '/route/req',
    '/service/req',
    '/service/route/req',
    '/service/req',
    '/service/route/req',
  ],
  [
    '/service/',
    '/route/',
    '/route/',
    '/service/',
    '/service/route/',
    '/service/',
    '/service/route/',
  ],
  [
    '/service/',
    '/route/',
    '/route/req',
    '/service/req',
    '/service/route/req',
    '/service/req',
    '/service/route/req',
  ],

  ['/srv', '/rou', '/roureq', '/srv/req', '/srv/roureq', '/srvreq', '/srvroureq'],
  ['/srv/', '/rou', '/rou', '/srv', '/srv/rou', '/srv/', '/srv/rou'],
]

describe('joinUpstreamPath', () => {
  describe.each(GRID)(
    'service %s, route %s, request %s',
    (service, route, request, v0Strip, v0Keep, v1Strip, v1Keep) => {
      it.each([
        ['v0', true, v0Strip],
        ['v0', false, v0Keep],
        ['v1', true, v1Strip],
        ['v1', false, v1Keep],
      ] as const)('%s, strip %s: %s', (pathHandling, stripPath, expected) => {
        expect(
          joinUpstreamPath({
            servicePath: service,
            routePath: prefix(route),
            stripPath,
            pathHandling,
            requestPath: request,
          }),
        ).toBe(expected)
      })
    },
  )

  it('takes a service without path for one with the path "/"', () => {
    for (const [service, route, request, ...expected] of GRID.filter((row) => row[0] === null)) {
      expect(service).toBeNull()
      const results = (['v0', 'v1'] as const).flatMap((pathHandling) =>
        [true, false].map((stripPath) =>
          joinUpstreamPath({
            servicePath: '/',
            routePath: prefix(route),
            stripPath,
            pathHandling,
            requestPath: request,
          }),
        ),
      )
      expect(results).toEqual(expected)
    }
  })

  it.each([
    ['/route../req', '/service/req'],
    ['/route./req', '/service/req'],
    ['/route..', '/service'],
    ['/route.', '/service'],
    ['/route../', '/service/'],
    ['/route...', '/service/...'],
    ['/route..x/y', '/service/..x/y'],
    ['/route.x', '/service/.x'],
  ])('cuts a leftover dot segment of %s: %s', (requestPath, expected) => {
    const input = { servicePath: '/service', routePath: prefix('/route'), stripPath: true }
    expect(joinUpstreamPath({ ...input, pathHandling: 'v0', requestPath })).toBe(expected)
  })

  it('cuts a leftover dot segment in v1 too', () => {
    expect(
      joinUpstreamPath({
        servicePath: '/service/',
        routePath: prefix('/route'),
        stripPath: true,
        pathHandling: 'v1',
        requestPath: '/route../req',
      }),
    ).toBe('/service/req')
  })

  it.each([
    [6, true, '/users/42/cart', '/srv/42/cart'],
    [7, true, '/users/42', '/srv/42'],
    [9, true, '/users/42', '/srv'],
    [0, true, '/users/42', '/srv/users/42'],
    [9, false, '/users/42', '/srv/users/42'],
  ])(
    'strips the %i characters that a regex matched: %s %s',
    (length, stripPath, requestPath, expected) => {
      const routePath = { kind: 'regex', length } as const
      expect(
        joinUpstreamPath({
          servicePath: '/srv',
          routePath,
          stripPath,
          pathHandling: 'v0',
          requestPath,
        }),
      ).toBe(expected)
    },
  )

  it('always gives an absolute path without empty or dot segments (v0)', () => {
    const segment = fc.constantFrom('a', 'b.', '..b', '...', 'a%2E', 'route')
    const path = fc
      .tuple(fc.array(segment, { maxLength: 4 }), fc.boolean())
      .map(([parts, slash]) => `/${parts.join('/')}${slash && parts.length > 0 ? '/' : ''}`)
    fc.assert(
      fc.property(
        path,
        path,
        fc.nat(),
        fc.boolean(),
        (servicePath, requestPath, cut, stripPath) => {
          const routePath = { kind: 'regex', length: cut % (requestPath.length + 1) } as const
          const joined = joinUpstreamPath({
            servicePath,
            routePath,
            stripPath,
            pathHandling: 'v0',
            requestPath,
          })
          expect(joined).toMatch(/^\//)
          expect(joined).not.toMatch(/\/\/|\/\.\.?(\/|$)/)
        },
      ),
    )
  })
})

describe('strippedPrefix', () => {
  it.each([
    [prefix('/route'), true, '/route/req', '/route'],
    [prefix('/route/'), true, '/route/req', '/route/'],
    [prefix('/'), true, '/route', null],
    [null, true, '/route', null],
    [prefix('/route'), false, '/route/req', null],
    [{ kind: 'regex', length: 9 } as const, true, '/users/42/cart', '/users/42'],
    [{ kind: 'regex', length: 0 } as const, true, '/users/42/cart', null],
  ])('of %o, strip %s, on %s is %s', (routePath, stripPath, requestPath, expected) => {
    expect(strippedPrefix({ routePath, stripPath, requestPath })).toBe(expected)
  })
})
