import { type Area, type Call, type HeaderList, post, proxy, put, type Row } from './conformance.ts'
import { DOC, SPEC } from './sources.ts'

type Weights = Readonly<Record<string, number>>

function balanced(
  weights: Weights,
  upstream: Readonly<Record<string, unknown>> = {},
  route: Readonly<Record<string, unknown>> = { paths: ['/'] },
): readonly Call[] {
  return [
    post('/upstreams', { name: 'blue', ...upstream }),
    ...Object.entries(weights).map(([name, weight]) =>
      post('/upstreams/blue/targets', { target: `127.0.0.1:{${name}}`, weight }),
    ),
    put('/services/shop', { host: 'blue' }),
    put('/services/shop/routes/all', route),
  ]
}

const WHEELS: readonly (readonly [string, Weights, number, Weights])[] = [
  ['equal', { one: 10, two: 10 }, 20, { one: 10, two: 10 }],
  ['three', { one: 10, two: 10, three: 5 }, 25, { one: 10, two: 10, three: 5 }],
  ['default', { one: 100, two: 100, three: 100 }, 30, { one: 10, two: 10, three: 10 }],
  ['quarter', { one: 75, two: 25 }, 40, { one: 30, two: 10 }],
  ['two-thirds', { one: 100, two: 50 }, 30, { one: 20, two: 10 }],
  ['one-percent', { one: 99, two: 1 }, 100, { one: 99, two: 1 }],
  ['zero', { one: 100, two: 0 }, 10, { one: 10 }],
  ['single', { one: 1 }, 5, { one: 5 }],
]

const EVEN = { one: 100, two: 100, three: 100 } as const

interface Hashing {
  readonly id: string
  readonly title: string
  readonly upstream: Readonly<Record<string, unknown>>
  readonly line?: string
  readonly sent?: HeaderList
  readonly route?: Readonly<Record<string, unknown>>
  readonly more?: readonly Call[]
}

const STICKY: readonly Hashing[] = [
  { id: 'ip', title: 'The client address keeps its target', upstream: { hash_on: 'ip' } },
  {
    id: 'header',
    title: 'A header value keeps its target',
    upstream: { hash_on: 'header', hash_on_header: 'x-user' },
    sent: { 'x-user': 'anna' },
  },
  {
    id: 'header-capitals',
    title: 'A header is found whatever its capitals',
    upstream: { hash_on: 'header', hash_on_header: 'X-Session' },
    sent: { 'x-session': 'anna' },
  },
  {
    id: 'cookie',
    title: 'A cookie value keeps its target',
    upstream: { hash_on: 'cookie', hash_on_cookie: 'sid' },
    sent: { cookie: 'a=1; sid=anna; b=2' },
  },
  { id: 'path', title: 'A path keeps its target', upstream: { hash_on: 'path' }, line: 'GET /a/b' },
  {
    id: 'query',
    title: 'A query argument keeps its target',
    upstream: { hash_on: 'query_arg', hash_on_query_arg: 'user' },
    line: 'GET /?x=1&user=anna',
  },
  {
    id: 'query-order',
    title: 'Repeated query arguments keep their target',
    upstream: { hash_on: 'query_arg', hash_on_query_arg: 'user' },
    line: 'GET /?user=b&user=a',
  },
  {
    id: 'query-valueless',
    title: 'A query argument without a value keeps its target',
    upstream: { hash_on: 'query_arg', hash_on_query_arg: 'user' },
    line: 'GET /?user',
  },
  {
    id: 'capture',
    title: 'A capture of the route path keeps its target',
    upstream: { hash_on: 'uri_capture', hash_on_uri_capture: 'user' },
    route: { paths: ['~/users/(?<user>\\w+)'] },
    line: 'GET /users/anna',
  },
  {
    id: 'consumer',
    title: 'A consumer keeps its target',
    upstream: { hash_on: 'consumer' },
    more: [
      post('/plugins', { name: 'key-auth' }),
      put('/consumers/bob'),
      post('/consumers/bob/key-auth', { key: 'k1' }),
    ],
    sent: { apikey: 'k1' },
  },
  {
    id: 'fallback',
    title: 'Where the header is missing the fallback keeps the target',
    upstream: { hash_on: 'header', hash_on_header: 'x-user', hash_fallback: 'ip' },
  },
  {
    id: 'fallback-header',
    title: 'The fallback may be another header',
    upstream: {
      hash_on: 'header',
      hash_on_header: 'x-user',
      hash_fallback: 'header',
      hash_fallback_header: 'x-group',
    },
    sent: { 'x-group': 'g1' },
  },
  {
    id: 'fallback-query',
    title: 'The fallback may be a query argument',
    upstream: {
      hash_on: 'consumer',
      hash_fallback: 'query_arg',
      hash_fallback_query_arg: 'user',
    },
    line: 'GET /?user=anna',
  },
]

/** Which target serves a request. */
export const BALANCING: Area = {
  name: 'balancing',
  title: 'Proxy: load balancing',
  rows: [
    ...WHEELS.map(
      ([id, weights, times, spread]): Row => ({
        id: `round-robin-${id}`,
        source: SPEC.roundRobin,
        title: `Of ${times} requests weights ${JSON.stringify(weights)} give exactly ${JSON.stringify(spread)}`,
        given: balanced(weights),
        request: proxy('GET /', { host: 'a.test' }),
        times,
        expect: { status: 200, spread },
      }),
    ),
    {
      id: 'direct',
      source: DOC.loadBalancing,
      title: 'A host that is no upstream is called directly, at the port of the service',
      given: [
        put('/services/shop', { host: '127.0.0.1', port: '{two}' }),
        put('/services/shop/routes/all', { paths: ['/'] }),
      ],
      request: proxy('GET /', { host: 'a.test' }),
      expect: { status: 200, upstream: { name: 'two' } },
    },
    {
      id: 'port-ignored',
      source: DOC.service,
      title: 'For an upstream the port of the service is ignored',
      given: [
        ...balanced({ one: 100 }),
        put('/services/shop', { host: 'blue', port: '{two}' }),
        put('/services/shop/routes/all', { paths: ['/'] }),
      ],
      request: proxy('GET /', { host: 'a.test' }),
      expect: { status: 200, upstream: { name: 'one' } },
    },
    {
      id: 'target-added',
      source: SPEC.roundRobin,
      title: 'A new target takes its share',
      given: [
        ...balanced({ one: 10, two: 10 }),
        post('/upstreams/blue/targets', { target: '127.0.0.1:{three}', weight: 10 }),
      ],
      request: proxy('GET /', { host: 'a.test' }),
      times: 30,
      expect: { status: 200, spread: { one: 10, two: 10, three: 10 } },
    },
    {
      id: 'target-removed',
      source: SPEC.roundRobin,
      title: 'A deleted target gets no more requests',
      given: [
        ...balanced({ one: 10, two: 10 }),
        {
          to: 'admin',
          method: 'DELETE',
          path: '/upstreams/blue/targets/127.0.0.1:{two}',
          headers: {},
          body: null,
        },
      ],
      request: proxy('GET /', { host: 'a.test' }),
      times: 10,
      expect: { status: 200, spread: { one: 10 } },
    },
    {
      id: 'weight-changed',
      source: SPEC.roundRobin,
      title: 'A weight that is changed to 0 takes the target out',
      given: [
        ...balanced({ one: 10, two: 10 }),
        {
          to: 'admin',
          method: 'PATCH',
          path: '/upstreams/blue/targets/127.0.0.1:{two}',
          headers: {},
          body: { kind: 'json', value: { weight: 0 } },
        },
      ],
      request: proxy('GET /', { host: 'a.test' }),
      times: 10,
      expect: { status: 200, spread: { one: 10 } },
    },
    ...STICKY.map(
      ({
        id,
        title,
        upstream,
        line = 'GET /',
        sent = {},
        route = { paths: ['/'] },
        more = [],
      }): Row => ({
        id: `hash-${id}`,
        source: SPEC.consistentHashing,
        title,
        given: [...balanced(EVEN, upstream, route), ...more],
        request: proxy(line, { host: 'a.test', ...sent }),
        times: 12,
        expect: { status: 200, isSticky: true },
      }),
    ),
    {
      id: 'hash-zero',
      source: SPEC.consistentHashing,
      title: 'A target of weight 0 is never hashed to',
      given: balanced({ one: 100, two: 0, three: 0 }, { hash_on: 'path' }),
      request: proxy('GET /a/b/c', { host: 'a.test' }),
      times: 5,
      expect: { status: 200, spread: { one: 5 } },
    },
    {
      id: 'cookie-issued',
      source: SPEC.consistentHashing,
      title: 'A missing cookie is issued',
      given: balanced(EVEN, { hash_on: 'cookie', hash_on_cookie: 'sid' }),
      request: proxy('GET /', { host: 'a.test' }),
      expect: {
        status: 200,
        headers: { 'set-cookie': /^sid=[0-9a-f-]{36}; Path=\/;.*HttpOnly/ },
      },
    },
    {
      id: 'cookie-path',
      source: SPEC.consistentHashing,
      title: 'The cookie has the path of the upstream',
      given: balanced(EVEN, {
        hash_on: 'cookie',
        hash_on_cookie: 'sid',
        hash_on_cookie_path: '/shop',
      }),
      request: proxy('GET /', { host: 'a.test' }),
      expect: { status: 200, headers: { 'set-cookie': /; Path=\/shop;/ } },
    },
    {
      id: 'cookie-sent',
      source: SPEC.consistentHashing,
      title: 'A cookie that was sent is not issued again',
      given: balanced(EVEN, { hash_on: 'cookie', hash_on_cookie: 'sid' }),
      request: proxy('GET /', { host: 'a.test', cookie: 'sid=anna' }),
      expect: { status: 200, headers: { 'set-cookie': null } },
    },
    {
      id: 'least-connections',
      source: DOC.loadBalancing,
      title: 'least-connections serves from all targets of weight',
      given: balanced({ one: 100, two: 0 }, { algorithm: 'least-connections' }),
      request: proxy('GET /', { host: 'a.test' }),
      times: 4,
      expect: { status: 200, spread: { one: 4 } },
    },
    {
      id: 'latency',
      source: DOC.loadBalancing,
      title: 'latency never picks a target of weight 0',
      given: balanced({ one: 100, two: 0 }, { algorithm: 'latency' }),
      request: proxy('GET /', { host: 'a.test' }),
      times: 4,
      expect: { status: 200, spread: { one: 4 } },
    },
  ],
}
