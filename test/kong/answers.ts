import { type Area, type Call, post, proxy, put, type Row } from './conformance.ts'
import { DOC, SPEC } from './sources.ts'
import { REQUEST_ID } from './values.ts'

const SERVICE = put('/services/shop', { host: '127.0.0.1', port: '{one}' })
const ROUTE = put('/services/shop/routes/all', { paths: ['/'] })
const PROXIED = [SERVICE, ROUTE]
const DEAD = [
  put('/services/shop', { host: '127.0.0.1', port: '{dead}', retries: 0 }),
  ROUTE,
] satisfies readonly Call[]
const REQUEST = proxy('GET /', { host: 'a.test' })

const MADE_BY_GATEWAY = {
  'content-type': 'application/json; charset=utf-8',
  server: /./,
  'x-kong-response-latency': /^\d+$/,
  'x-kong-request-id': REQUEST_ID,
  via: null,
  'x-kong-upstream-latency': null,
  'x-kong-proxy-latency': null,
} as const

const FAILURES: readonly (readonly [
  id: string,
  cause: string,
  source: string,
  status: number,
  message: string,
  given: readonly Call[],
])[] = [
  ['no-route', 'no route', SPEC.errorHandlers, 404, 'no Route matched with those values', []],
  [
    'no-service',
    'a route without a service',
    SPEC.serviceless,
    503,
    'no Service found with those values',
    [put('/routes/bare', { paths: ['/'] })],
  ],
  [
    'refused',
    'a refused connection',
    SPEC.errorHandlers,
    502,
    'An invalid response was received from the upstream server',
    DEAD,
  ],
  [
    'no-targets',
    'an upstream without targets',
    SPEC.ringBalancer,
    503,
    'failure to get a peer from the ring-balancer',
    [post('/upstreams', { name: 'blue' }), put('/services/shop', { host: 'blue' }), ROUTE],
  ],
  [
    'weight-0',
    'an upstream whose targets have weight 0',
    SPEC.ringBalancer,
    503,
    'failure to get a peer from the ring-balancer',
    [
      post('/upstreams', { name: 'blue' }),
      post('/upstreams/blue/targets', { target: '127.0.0.1:{one}', weight: 0 }),
      put('/services/shop', { host: 'blue' }),
      ROUTE,
    ],
  ],
  [
    'unknown-name',
    'a name that does not resolve',
    DOC.loadBalancing,
    503,
    'name resolution failed',
    [put('/services/shop', { host: 'no-such-name.invalid', retries: 0 }), ROUTE],
  ],
  [
    'no-key',
    'a request without a key',
    SPEC.keyAuthAccess,
    401,
    'No API key found in request',
    [...PROXIED, post('/plugins', { name: 'key-auth' })],
  ],
]

const HOP_BY_HOP = ['keep-alive', 'proxy-connection', 'upgrade', 'te'] as const

/** What the client gets: answers of the upstream, and those that the gateway makes. */
export const ANSWERS: Area = {
  name: 'answers',
  title: 'Proxy: answers to the client',
  rows: [
    {
      id: 'latencies',
      source: SPEC.serverTokens,
      title: 'A proxied answer carries both latencies in milliseconds',
      given: PROXIED,
      request: REQUEST,
      expect: {
        status: 200,
        headers: {
          'x-kong-upstream-latency': /^\d+$/,
          'x-kong-proxy-latency': /^\d+$/,
          'x-kong-response-latency': null,
        },
      },
    },
    {
      id: 'via',
      source: SPEC.via,
      title: 'A proxied answer names the gateway in Via',
      given: PROXIED,
      request: REQUEST,
      expect: { status: 200, headers: { via: /^1\.1 [\w.-]+(\/[\d.]+)?$/ } },
    },
    {
      id: 'via-appended',
      source: SPEC.via,
      title: 'The gateway is appended to the Via of the upstream',
      given: PROXIED,
      upstreamAnswer: { headers: [['Via', '1.0 inner']] },
      request: REQUEST,
      expect: { status: 200, headers: { via: /^1\.0 inner, 1\.1 / } },
    },
    {
      id: 'request-id',
      source: SPEC.requestId,
      title: 'A proxied answer carries the request id',
      given: PROXIED,
      request: REQUEST,
      expect: { status: 200, headers: { 'x-kong-request-id': REQUEST_ID } },
    },
    {
      id: 'server',
      source: SPEC.serverTokens,
      title: 'Server of the upstream is kept',
      given: PROXIED,
      upstreamAnswer: { headers: [['Server', 'inner/1']] },
      request: REQUEST,
      expect: { status: 200, headers: { server: 'inner/1' } },
    },
    {
      id: 'upstream-status',
      source: DOC.configuration,
      title: 'X-Kong-Upstream-Status is off unless it was switched on',
      given: PROXIED,
      request: REQUEST,
      expect: { status: 200, headers: { 'x-kong-upstream-status': null } },
    },
    ...[200, 201, 204, 301, 404, 418, 500, 503].map(
      (status): Row => ({
        id: `status-${status}`,
        source: DOC.proxy,
        title: `Status ${status} of the upstream is passed on`,
        given: PROXIED,
        upstreamAnswer: { status, body: status === 204 ? '' : 'x' },
        request: REQUEST,
        expect: { status, exactly: status === 204 ? '' : 'x' },
      }),
    ),
    {
      id: 'body',
      source: DOC.proxy,
      title: 'The body of the upstream is passed on with its type',
      given: PROXIED,
      upstreamAnswer: { headers: [['Content-Type', 'application/x-own']], body: 'größe' },
      request: REQUEST,
      expect: { status: 200, exactly: 'größe', headers: { 'content-type': 'application/x-own' } },
    },
    {
      id: 'cookies',
      source: SPEC.upstreamHeaders,
      title: 'Repeated fields of the upstream keep their order',
      given: PROXIED,
      upstreamAnswer: {
        headers: [
          ['Set-Cookie', 'a=1'],
          ['Set-Cookie', 'b=2'],
          ['Set-Cookie', 'a=3'],
        ],
      },
      request: REQUEST,
      expect: { status: 200, headers: { 'set-cookie': ['a=1', 'b=2', 'a=3'] } },
    },
    ...HOP_BY_HOP.map(
      (name): Row => ({
        id: `hop-${name}`,
        source: SPEC.upstreamHeaders,
        title: `${name} of the upstream ends at the gateway`,
        given: PROXIED,
        upstreamAnswer: { headers: [[name, 'x-own']] },
        request: REQUEST,
        expect: { status: 200, headers: { [name]: name === 'keep-alive' ? /^(?!x-own)/ : null } },
      }),
    ),
    {
      id: 'hop-named',
      source: SPEC.upstreamHeaders,
      title: 'Fields that Connection of the upstream names end at the gateway',
      given: PROXIED,
      upstreamAnswer: {
        headers: [
          ['Connection', 'x-one'],
          ['X-One', '1'],
          ['X-Two', '2'],
        ],
      },
      request: REQUEST,
      expect: { status: 200, headers: { 'x-one': null, 'x-two': '2' } },
    },
    {
      id: 'method-body',
      source: DOC.proxy,
      title: 'Method, path, query and body reach the upstream',
      given: PROXIED,
      request: proxy('PUT /a?x=1', { host: 'a.test' }, 'hello'),
      expect: { status: 200, upstream: { method: 'PUT', url: '/a?x=1', body: 'hello' } },
    },
    {
      id: 'head',
      source: DOC.proxy,
      title: 'HEAD reaches the upstream and is answered without a body',
      given: PROXIED,
      request: proxy('HEAD /', { host: 'a.test' }),
      expect: { status: 200, exactly: '', upstream: { method: 'HEAD' } },
    },
    ...FAILURES.map(
      ([id, cause, source, status, message, given]): Row => ({
        id: `error-${id}`,
        source,
        title: `For ${cause} the answer is ${status} ${message}, as JSON with the request id, the latency and no Via`,
        given,
        request: REQUEST,
        expect: {
          status,
          headers: MADE_BY_GATEWAY,
          exactly: { message, request_id: REQUEST_ID },
        },
      }),
    ),
    {
      id: 'error-head',
      source: DOC.proxy,
      title: 'An error answers HEAD without a body',
      request: proxy('HEAD /', { host: 'a.test' }),
      expect: { status: 404, exactly: '' },
    },
    {
      id: 'retry',
      source: DOC.loadBalancing,
      title: 'A target that refuses is followed by another',
      given: [
        post('/upstreams', { name: 'blue' }),
        post('/upstreams/blue/targets', { target: '127.0.0.1:{one}' }),
        post('/upstreams/blue/targets', { target: '127.0.0.1:{dead}' }),
        put('/services/shop', { host: 'blue' }),
        ROUTE,
      ],
      request: REQUEST,
      times: 6,
      expect: { status: 200, spread: { one: 6 } },
    },
    {
      id: 'no-retry-status',
      source: DOC.loadBalancing,
      title: 'A status is an answer: it is not tried again',
      given: PROXIED,
      upstreamAnswer: { status: 503 },
      request: REQUEST,
      expect: { status: 503, spread: { one: 1 } },
    },
  ],
}
