import { type Area, proxy, put, type Row } from './conformance.ts'
import { DOC, SPEC } from './sources.ts'

/** Service path, route path (null: matched by host), request path, and the upstream path for each way. */
type Case = readonly [
  service: string | null,
  route: string | null,
  request: string,
  v0Strip: string,
  v0Keep: string,
  v1Strip: string,
  v1Keep: string,
]

const GRID: readonly Case[] = [
  ['/', '/', '/', '/', '/', '/', '/'],
  ['/', '/', '/route', '/route', '/route', '/route', '/route'],
  ['/', '/', '/route/', '/route/', '/route/', '/route/', '/route/'],
  ['/', '/', '/routereq', '/routereq', '/routereq', '/routereq', '/routereq'],
  ['/', '/', '/route/req', '/route/req', '/route/req', '/route/req', '/route/req'],
  ['/', '/route', '/route', '/', '/route', '/', '/route'],
  ['/', '/route', '/route/', '/', '/route/', '/', '/route/'],
  ['/', '/route', '/routereq', '/req', '/routereq', '/req', '/routereq'],
  ['/', '/route/', '/route/', '/', '/route/', '/', '/route/'],
  ['/', '/route/', '/route/req', '/req', '/route/req', '/req', '/route/req'],
  ['/srv', '/rou', '/roureq', '/srv/req', '/srv/roureq', '/srvreq', '/srvroureq'],
  ['/srv/', '/rou', '/rou', '/srv', '/srv/rou', '/srv/', '/srv/rou'],
  ['/service', '/', '/', '/service', '/service', '/service', '/service'],
  ['/service', '/', '/route', '/service/route', '/service/route', '/serviceroute', '/serviceroute'],
  ['/service', '/', '/route/', '/service/route/', '/service/route/', '/serviceroute/', '/serviceroute/'],
  ['/service', '/', '/routereq', '/service/routereq', '/service/routereq', '/serviceroutereq', '/serviceroutereq'],
  ['/service', '/', '/route/req', '/service/route/req', '/service/route/req', '/serviceroute/req', '/serviceroute/req'],
  ['/service', '/route', '/route', '/service', '/service/route', '/service', '/serviceroute'],
  ['/service', '/route', '/route/', '/service/', '/service/route/', '/service/', '/serviceroute/'],
  ['/service', '/route', '/routereq', '/service/req', '/service/routereq', '/servicereq', '/serviceroutereq'],
  ['/service', '/route/', '/route/', '/service/', '/service/route/', '/service', '/serviceroute/'],
  ['/service', '/route/', '/route/req', '/service/req', '/service/route/req', '/servicereq', '/serviceroute/req'],
  ['/service/', '/', '/', '/service/', '/service/', '/service/', '/service/'],
  ['/service/', '/', '/route', '/service/route', '/service/route', '/service/route', '/service/route'],
  ['/service/', '/', '/route/', '/service/route/', '/service/route/', '/service/route/', '/service/route/'],
  ['/service/', '/', '/routereq', '/service/routereq', '/service/routereq', '/service/routereq', '/service/routereq'],
  ['/service/', '/', '/route/req', '/service/route/req', '/service/route/req', '/service/route/req', '/service/route/req'],
  ['/service/', '/route', '/route', '/service', '/service/route', '/service/', '/service/route'],
  ['/service/', '/route', '/route/', '/service/', '/service/route/', '/service/', '/service/route/'],
  ['/service/', '/route', '/routereq', '/service/req', '/service/routereq', '/service/req', '/service/routereq'],
  ['/service/', '/route/', '/route/', '/service/', '/service/route/', '/service/', '/service/route/'],
  ['/service/', '/route/', '/route/req', '/service/req', '/service/route/req', '/service/req', '/service/route/req'],
  ['/', null, '/', '/', '/', '/', '/'],
  ['/', null, '/route', '/route', '/route', '/route', '/route'],
  ['/', null, '/route/', '/route/', '/route/', '/route/', '/route/'],
  ['/service', null, '/', '/service', '/service', '/service', '/service'],
  ['/service', null, '/route', '/service/route', '/service/route', '/serviceroute', '/serviceroute'],
  ['/service', null, '/route/', '/service/route/', '/service/route/', '/serviceroute/', '/serviceroute/'],
  ['/service/', null, '/route', '/service/route', '/service/route', '/service/route', '/service/route'],
  ['/service/', null, '/route/', '/service/route/', '/service/route/', '/service/route/', '/service/route/'],
  [null, '/route', '/route', '/', '/route', '/', '/route'],
  [null, '/route', '/route/', '/', '/route/', '/', '/route/'],
  [null, '/route', '/route/req', '/req', '/route/req', '/req', '/route/req'],
]

const WAYS = [
  ['v0', true, 3],
  ['v0', false, 4],
  ['v1', true, 5],
  ['v1', false, 6],
] as const

interface Way {
  readonly id: string
  readonly title: string
  readonly source?: string
  readonly service: string | null
  readonly route: Readonly<Record<string, unknown>>
  readonly request: string
  readonly url: string
}

function upstreamUrl({ id, title, source = SPEC.pathHandling, service, route, request, url }: Way): Row {
  return {
    id,
    source,
    title,
    given: [
      put('/services/shop', { host: '127.0.0.1', port: '{one}', path: service }),
      put('/services/shop/routes/all', route),
    ],
    request: proxy(`GET ${request}`, { host: 'a.test' }),
    expect: { status: 200, upstream: { url } },
  }
}

const STRIP_ROUTE = { paths: ['/route'] }

const MORE: readonly Way[] = (
  [
    ['traversal', '/service', STRIP_ROUTE, '/route../req', '/service/req'],
    ['traversal-escaped', '/service', STRIP_ROUTE, '/route%2E%2E/req', '/service/req'],
    ['traversal-single', '/service', STRIP_ROUTE, '/route./req', '/service/req'],
    ['traversal-end', '/service', STRIP_ROUTE, '/route..', '/service'],
    ['no-traversal', '/service', STRIP_ROUTE, '/route.x', '/service/.x'],
    ['regex', '/srv', { paths: ['~/users/\\d+'] }, '/users/42/cart', '/srv/cart'],
    ['regex-all', '/srv', { paths: ['~/users/\\d+'] }, '/users/42', '/srv'],
    ['regex-keep', '/srv', { paths: ['~/users/\\d+'], strip_path: false }, '/users/42', '/srv/users/42'],
    ['query', '/srv', STRIP_ROUTE, '/route/a?x=1&y=%20', '/srv/a?x=1&y=%20'],
    ['query-empty', '/srv', STRIP_ROUTE, '/route/a?', '/srv/a?'],
    ['query-slash', '/srv', STRIP_ROUTE, '/route?x=/route', '/srv?x=/route'],
    ['longest', null, { paths: ['/a', '/a/b'] }, '/a/b/c', '/c'],
  ] as const
).map(([id, service, route, request, url]) => ({
  id,
  title: `Service path ${service}, route ${JSON.stringify(route)}, request ${request}: ${url}`,
  source: id.startsWith('traversal') || id === 'no-traversal' ? SPEC.router : DOC.proxy,
  service,
  route,
  request,
  url,
}))

const NORMAL_FORMS = [
  ['/a/./b', '/a/b'],
  ['/a/../b', '/b'],
  ['/../a', '/a'],
  ['/a/b/..', '/a/'],
  ['/a/.', '/a/'],
  ['//a///b', '/a/b'],
  ['/%61%62', '/ab'],
  ['/%7Euser', '/~user'],
  ['/a%2fb', '/a%2Fb'],
  ['/a%20b', '/a%20b'],
  ['/a%2e%2e/b', '/a../b'],
  ['/a/%2e%2e/b', '/b'],
  ['/a%25b', '/a%25b'],
  ['/caf%c3%a9', '/caf%C3%A9'],
  ['/a;b=c,d@e!$', '/a;b=c,d@e!$'],
  ['/a/b/', '/a/b/'],
] as const

/** The path sent upstream: every service path, route path, way of joining and request. */
export const PATH_HANDLING: Area = {
  name: 'path-handling',
  title: 'Proxy: path handling and normalisation',
  rows: [
    ...GRID.flatMap((grid, index) =>
      WAYS.map(([handling, isStripped, column]) =>
        upstreamUrl({
          id: `grid-${index + 1}-${handling}-${isStripped ? 'strip' : 'keep'}`,
          title: `Service path ${grid[0]}, ${grid[1] === null ? 'route by host' : `route path ${grid[1]}`}, ${handling}, strip_path ${isStripped}, request ${grid[2]}: ${grid[column]}`,
          service: grid[0],
          route: {
            ...(grid[1] === null ? { hosts: ['a.test'] } : { paths: [grid[1]] }),
            path_handling: handling,
            strip_path: isStripped,
          },
          request: grid[2],
          url: grid[column],
        }),
      ),
    ),
    ...MORE.map(upstreamUrl),
    ...NORMAL_FORMS.map(([request, url], index) =>
      upstreamUrl({
        id: `normal-${index + 1}`,
        title: `The request path ${request} goes upstream as ${url}`,
        source: SPEC.uriEncoding,
        service: null,
        route: { paths: ['/'], strip_path: false },
        request,
        url,
      }),
    ),
  ],
}
