import { type Area, proxy, put, type Row } from './conformance.ts'
import { NO_ROUTE, type RouteFields, routes, type SentRequest } from './route-cases.ts'
import { DOC, SPEC } from './sources.ts'

const HOST_MATCHES: readonly Row[] = [
  matches('host', { hosts: ['a.test'] }, ['GET /', { host: 'a.test' }], true),
  matches('host-other', { hosts: ['a.test'] }, ['GET /', { host: 'b.test' }], false),
  matches('host-second', { hosts: ['a.test', 'b.test'] }, ['GET /', { host: 'b.test' }], true),
  matches('host-case', { hosts: ['a.test'] }, ['GET /', { host: 'A.TEST' }], true),
  matches('host-any-port', { hosts: ['a.test'] }, ['GET /', { host: 'a.test:8080' }], true),
  matches('host-port', { hosts: ['a.test:8080'] }, ['GET /', { host: 'a.test:8080' }], true),
  matches('host-other-port', { hosts: ['a.test:8080'] }, ['GET /', { host: 'a.test:8081' }], false),
  matches('host-no-port', { hosts: ['a.test:8080'] }, ['GET /', { host: 'a.test' }], false),
  matches('host-subdomain', { hosts: ['a.test'] }, ['GET /', { host: 'www.a.test' }], false),
  matches('host-left', { hosts: ['*.a.test'] }, ['GET /', { host: 'www.a.test' }], true),
  matches('host-left-labels', { hosts: ['*.a.test'] }, ['GET /', { host: 'x.www.a.test' }], true),
  matches('host-left-bare', { hosts: ['*.a.test'] }, ['GET /', { host: 'a.test' }], false),
  matches('host-left-suffix', { hosts: ['*.a.test'] }, ['GET /', { host: 'xa.test' }], false),
  matches('host-left-port', { hosts: ['*.a.test'] }, ['GET /', { host: 'www.a.test:123' }], true),
  matches(
    'host-left-with-port',
    { hosts: ['*.a.test:8080'] },
    ['GET /', { host: 'www.a.test:8080' }],
    true,
  ),
  matches(
    'host-left-other-port',
    { hosts: ['*.a.test:8080'] },
    ['GET /', { host: 'www.a.test:9000' }],
    false,
  ),
  matches('host-right', { hosts: ['shop.*'] }, ['GET /', { host: 'shop.test' }], true),
  matches('host-right-labels', { hosts: ['shop.*'] }, ['GET /', { host: 'shop.co.uk' }], true),
  matches('host-right-prefix', { hosts: ['shop.*'] }, ['GET /', { host: 'ashop.test' }], false),
  matches('host-right-bare', { hosts: ['shop.*'] }, ['GET /', { host: 'shop' }], false),
]

const PATH_MATCHES: readonly Row[] = [
  matches('path', { paths: ['/a'] }, ['GET /a'], true),
  matches('path-below', { paths: ['/a'] }, ['GET /a/b'], true),
  matches('path-segment', { paths: ['/route'] }, ['GET /routereq'], true),
  matches('path-other', { paths: ['/a'] }, ['GET /b/a'], false),
  matches('path-case', { paths: ['/a'] }, ['GET /A'], false),
  matches('path-root', { paths: ['/'] }, ['GET /anything/at/all'], true),
  matches('path-slash', { paths: ['/a/'] }, ['GET /a'], false),
  matches('path-second', { paths: ['/a', '/b'] }, ['GET /b'], true),
  matches('path-query', { paths: ['/a'] }, ['GET /?x=/a'], false),
  matches('path-with-query', { paths: ['/a'] }, ['GET /a?x=1'], true),
  matches('path-dots', { paths: ['/a'] }, ['GET /b/../a'], true),
  matches('path-slashes', { paths: ['/a/b'] }, ['GET /a//b'], true),
  matches('path-escaped', { paths: ['/abc'] }, ['GET /%61bc'], true),
  matches('path-escaped-reserved', { paths: ['/a/b'] }, ['GET /a%2Fb'], false),
  matches('path-escape-case', { paths: ['/a%2Fb'] }, ['GET /a%2fb'], true),
  matches('regex', { paths: ['~/users/\\d+/profile'] }, ['GET /users/123/profile'], true),
  matches('regex-other', { paths: ['~/users/\\d+/profile'] }, ['GET /users/x/profile'], false),
  matches('regex-start', { paths: ['~/users/\\d+'] }, ['GET /v1/users/123'], false),
  matches('regex-open-end', { paths: ['~/users/\\d+'] }, ['GET /users/123/more'], true),
  matches('regex-end', { paths: ['~/users/\\d+$'] }, ['GET /users/123/more'], false),
  matches('regex-case', { paths: ['~/(?i)users'] }, ['GET /USERS'], true),
  matches('regex-query', { paths: ['~/a$'] }, ['GET /a?x=1'], true),
  matches('regex-alternatives', { paths: ['~/(a|b)/c'] }, ['GET /b/c'], true),
  matches('prefix-no-regex', { paths: ['/a.c'] }, ['GET /abc'], false),
]

const OTHER_MATCHES: readonly Row[] = [
  matches('method', { methods: ['GET'] }, ['GET /'], true),
  matches('method-other', { methods: ['GET'] }, ['POST /'], false),
  matches('method-second', { methods: ['GET', 'POST'] }, ['POST /'], true),
  matches('header', { headers: { region: ['north'] } }, ['GET /', { region: 'north' }], true),
  matches('header-absent', { headers: { region: ['north'] } }, ['GET /'], false),
  matches(
    'header-other',
    { headers: { region: ['north'] } },
    ['GET /', { region: 'south' }],
    false,
  ),
  matches('header-name', { headers: { Region: ['north'] } }, ['GET /', { rEGION: 'north' }], true),
  matches('header-value', { headers: { region: ['NORTH'] } }, ['GET /', { region: 'north' }], true),
  matches(
    'header-part',
    { headers: { region: ['north'] } },
    ['GET /', { region: 'northern' }],
    false,
  ),
  matches(
    'header-second',
    { headers: { region: ['north', 'south'] } },
    ['GET /', { region: 'south' }],
    true,
  ),
  matches(
    'header-repeated',
    { headers: { region: ['north'] } },
    ['GET /', { region: ['south', 'north'] }],
    true,
  ),
  matches(
    'header-both',
    { headers: { region: ['north'], tier: ['gold'] } },
    ['GET /', { region: 'north', tier: 'gold' }],
    true,
  ),
  matches(
    'header-one-of-two',
    { headers: { region: ['north'], tier: ['gold'] } },
    ['GET /', { region: 'north' }],
    false,
  ),
  matches(
    'header-regex',
    { headers: { agent: ['~*^curl/'] } },
    ['GET /', { agent: 'curl/8' }],
    true,
  ),
  matches(
    'header-regex-other',
    { headers: { agent: ['~*^curl/'] } },
    ['GET /', { agent: 'my curl/8' }],
    false,
  ),
  matches(
    'all-kinds',
    { hosts: ['a.test'], paths: ['/a'], methods: ['GET'], headers: { tier: ['gold'] } },
    ['GET /a', { host: 'a.test', tier: 'gold' }],
    true,
  ),
  matches(
    'all-kinds-wrong-method',
    { hosts: ['a.test'], paths: ['/a'], methods: ['GET'] },
    ['PUT /a', { host: 'a.test' }],
    false,
  ),
  matches(
    'all-kinds-wrong-host',
    { hosts: ['a.test'], paths: ['/a'], methods: ['GET'] },
    ['GET /a', { host: 'b.test' }],
    false,
  ),
  matches(
    'all-kinds-wrong-path',
    { hosts: ['a.test'], paths: ['/a'], methods: ['GET'] },
    ['GET /b', { host: 'a.test' }],
    false,
  ),
]

/** Which requests a route takes. */
export const ROUTING: Area = {
  name: 'routing',
  title: 'Proxy: matching of routes',
  rows: [
    ...HOST_MATCHES,
    ...PATH_MATCHES,
    ...OTHER_MATCHES,
    {
      id: 'no-route',
      source: SPEC.routing,
      title: 'Without any route the answer is 404',
      request: proxy('GET /', { host: 'a.test' }),
      expect: NO_ROUTE,
    },
    {
      id: 'no-service',
      source: SPEC.serviceless,
      title: 'A route without a service answers 503',
      given: [put('/routes/bare', { paths: ['/'] })],
      request: proxy('GET /', { host: 'a.test' }),
      expect: { status: 503, body: { message: 'no Service found with those values' } },
    },
    {
      id: 'disabled-service',
      source: SPEC.routing,
      title: 'Routes of a disabled service match nothing',
      given: [
        put('/services/shop', { host: '127.0.0.1', port: '{one}', enabled: false }),
        put('/services/shop/routes/all', { paths: ['/'] }),
      ],
      request: proxy('GET /', { host: 'a.test' }),
      expect: NO_ROUTE,
    },
    {
      id: 'disabled-service-other',
      source: SPEC.routing,
      title: 'Where a service is disabled the next route takes over',
      given: [
        ...routes({ paths: ['/'] }),
        put('/services/shop', { host: '127.0.0.1', port: '{two}', enabled: false }),
        put('/services/shop/routes/all', { paths: ['/a'] }),
      ],
      request: proxy('GET /a', { host: 'a.test' }),
      expect: { status: 200, upstream: { name: 'one' } },
    },
    {
      id: 'debug-header-off',
      source: DOC.configuration,
      title: 'Kong-Debug is not answered unless it was switched on',
      given: routes({ paths: ['/'] }),
      request: proxy('GET /', { host: 'a.test', 'kong-debug': '1' }),
      expect: {
        status: 200,
        headers: { 'kong-route-id': null, 'kong-route-name': null, 'kong-service-id': null },
      },
    },
  ],
}

/** One route, a request, and whether the route takes it. */
function matches(id: string, route: RouteFields, sent: SentRequest, isMatch: boolean): Row {
  const [line, headers = {}] = sent
  const asked = `${line}${headers.host === undefined ? '' : ` of ${headers.host}`}`
  return {
    id,
    source: SPEC.router,
    title: `A route with ${JSON.stringify(route)} ${isMatch ? 'takes' : 'does not take'} ${asked}${others(headers)}`,
    given: routes(route),
    request: proxy(line, { host: 'localhost', ...headers }),
    expect: isMatch ? { status: 200, upstream: { name: 'one' } } : NO_ROUTE,
  }
}

function others({ host: _, ...headers }: NonNullable<SentRequest[1]>): string {
  return Object.keys(headers).length === 0 ? '' : ` with ${JSON.stringify(headers)}`
}
