import { type Area, type Call, type HeaderList, post, proxy, put, type Row } from './conformance.ts'
import { DOC, SPEC } from './sources.ts'

const SERVICE = put('/services/shop', { host: '127.0.0.1', port: '{one}', path: '/srv' })
const ROUTE = put('/services/shop/routes/all', { paths: ['/a'] })

type Seen = Readonly<Record<string, string | RegExp | null>>

interface Case {
  readonly id: string
  readonly title: string
  readonly sent?: HeaderList
  readonly seen: Seen
  readonly source?: string
  readonly given?: readonly Call[]
  readonly line?: string
}

function rows(cases: readonly Case[]): readonly Row[] {
  return cases.map(
    ({ id, title, sent = {}, seen, source = SPEC.upstreamHeaders, given, line = 'GET /a/b' }) => ({
      id,
      source,
      title,
      given: given ?? [SERVICE, ROUTE],
      request: proxy(line, { host: 'a.test', ...sent }),
      expect: { status: 200, upstream: { headers: seen } },
    }),
  )
}

const HOP_BY_HOP = ['keep-alive', 'proxy', 'proxy-connection', 'upgrade', 'trailer'] as const

/** What the upstream is told, when the client is not trusted. */
export const UPSTREAM_HEADERS: Area = {
  name: 'upstream-headers',
  title: 'Proxy: headers to the upstream',
  rows: rows([
    {
      id: 'real-ip',
      title: 'X-Real-IP is the peer',
      seen: { 'x-real-ip': '127.0.0.1' },
    },
    {
      id: 'real-ip-forged',
      title: 'X-Real-IP of the client is replaced',
      sent: { 'x-real-ip': '10.0.0.1' },
      seen: { 'x-real-ip': '127.0.0.1' },
    },
    {
      id: 'forwarded-for',
      title: 'X-Forwarded-For is the peer',
      seen: { 'x-forwarded-for': '127.0.0.1' },
    },
    {
      id: 'forwarded-for-appended',
      title: 'The peer is appended to X-Forwarded-For',
      sent: { 'x-forwarded-for': '10.0.0.1' },
      seen: { 'x-forwarded-for': '10.0.0.1, 127.0.0.1' },
    },
    {
      id: 'forwarded-for-list',
      title: 'A list in X-Forwarded-For is kept before the peer',
      sent: { 'x-forwarded-for': '10.0.0.1, 10.0.0.2' },
      seen: { 'x-forwarded-for': '10.0.0.1, 10.0.0.2, 127.0.0.1' },
    },
    {
      id: 'forwarded-for-repeated',
      title: 'Repeated X-Forwarded-For fields are joined in order',
      sent: { 'x-forwarded-for': ['10.0.0.1', '10.0.0.2'] },
      seen: { 'x-forwarded-for': '10.0.0.1, 10.0.0.2, 127.0.0.1' },
    },
    {
      id: 'forwarded-proto',
      title: 'X-Forwarded-Proto is the scheme of the listener',
      seen: { 'x-forwarded-proto': 'http' },
    },
    {
      id: 'forwarded-proto-forged',
      title: 'X-Forwarded-Proto of the client is replaced',
      sent: { 'x-forwarded-proto': 'https' },
      seen: { 'x-forwarded-proto': 'http' },
    },
    {
      id: 'forwarded-host',
      title: 'X-Forwarded-Host is the host that was asked for',
      seen: { 'x-forwarded-host': 'a.test' },
    },
    {
      id: 'forwarded-host-forged',
      title: 'X-Forwarded-Host of the client is replaced',
      sent: { 'x-forwarded-host': 'evil.test' },
      seen: { 'x-forwarded-host': 'a.test' },
    },
    {
      id: 'forwarded-port',
      title: 'X-Forwarded-Port is a port, not what the client says',
      sent: { 'x-forwarded-port': '1' },
      seen: { 'x-forwarded-port': /^\d{4,5}$/ },
    },
    {
      id: 'forwarded-path',
      title: 'X-Forwarded-Path is the path that was asked for, without query',
      line: 'GET /a/b?x=1',
      seen: { 'x-forwarded-path': '/a/b' },
    },
    {
      id: 'forwarded-path-forged',
      title: 'X-Forwarded-Path of the client is replaced',
      sent: { 'x-forwarded-path': '/evil' },
      seen: { 'x-forwarded-path': '/a/b' },
    },
    {
      id: 'forwarded-prefix',
      title: 'X-Forwarded-Prefix is the prefix that was stripped',
      seen: { 'x-forwarded-prefix': '/a' },
    },
    {
      id: 'forwarded-prefix-forged',
      title: 'X-Forwarded-Prefix of the client is replaced',
      sent: { 'x-forwarded-prefix': '/evil' },
      seen: { 'x-forwarded-prefix': '/a' },
    },
    {
      id: 'forwarded-prefix-kept',
      title: 'Without strip_path there is no X-Forwarded-Prefix',
      given: [SERVICE, put('/services/shop/routes/all', { paths: ['/a'], strip_path: false })],
      sent: { 'x-forwarded-prefix': '/evil' },
      seen: { 'x-forwarded-prefix': null },
    },
    {
      id: 'forwarded-prefix-root',
      title: 'The root is no prefix',
      given: [SERVICE, put('/services/shop/routes/all', { paths: ['/'] })],
      seen: { 'x-forwarded-prefix': null },
    },
    {
      id: 'forwarded-prefix-regex',
      source: DOC.proxy,
      title: 'What a regex matched is the prefix',
      given: [SERVICE, put('/services/shop/routes/all', { paths: ['~/users/\\d+'] })],
      line: 'GET /users/42/cart',
      seen: { 'x-forwarded-prefix': '/users/42' },
    },
    {
      id: 'via',
      source: SPEC.via,
      title: 'Via names the gateway',
      seen: { via: /^1\.1 [\w.-]+(\/[\d.]+)?$/ },
    },
    {
      id: 'via-appended',
      source: SPEC.via,
      title: 'The gateway is appended to the Via of the client',
      sent: { via: '1.0 fred' },
      seen: { via: /^1\.0 fred, 1\.1 [\w.-]+(\/[\d.]+)?$/ },
    },
    {
      id: 'request-id',
      source: SPEC.requestId,
      title: 'X-Kong-Request-Id has 32 hexadecimal digits',
      seen: { 'x-kong-request-id': /^[0-9a-f]{32}$/ },
    },
    {
      id: 'request-id-forged',
      source: SPEC.requestId,
      title: 'X-Kong-Request-Id of the client is replaced',
      sent: { 'x-kong-request-id': 'mine' },
      seen: { 'x-kong-request-id': /^[0-9a-f]{32}$/ },
    },
    {
      id: 'host',
      title: 'Host is the address of the service with its port',
      seen: { host: '127.0.0.1:{one}' },
    },
    {
      id: 'host-preserved',
      title: 'With preserve_host Host is what the client sent',
      given: [SERVICE, put('/services/shop/routes/all', { paths: ['/a'], preserve_host: true })],
      seen: { host: 'a.test' },
    },
    {
      id: 'host-preserved-port',
      title: 'With preserve_host the port stays too',
      given: [SERVICE, put('/services/shop/routes/all', { paths: ['/a'], preserve_host: true })],
      sent: { host: 'a.test:8080' },
      seen: { host: 'a.test:8080' },
    },
    {
      id: 'host-upstream',
      source: DOC.upstream,
      title: 'host_header of an upstream is sent as Host',
      given: [
        post('/upstreams', { name: 'blue', host_header: 'inner.test' }),
        post('/upstreams/blue/targets', { target: '127.0.0.1:{one}' }),
        put('/services/shop', { host: 'blue' }),
        ROUTE,
      ],
      seen: { host: 'inner.test' },
    },
    {
      id: 'host-target',
      source: DOC.upstream,
      title: 'Without host_header the address of the target is sent as Host',
      given: [
        post('/upstreams', { name: 'blue' }),
        post('/upstreams/blue/targets', { target: '127.0.0.1:{one}' }),
        put('/services/shop', { host: 'blue' }),
        ROUTE,
      ],
      seen: { host: '127.0.0.1:{one}' },
    },
    {
      id: 'preserve-over-upstream',
      source: DOC.upstream,
      title: 'preserve_host beats host_header',
      given: [
        post('/upstreams', { name: 'blue', host_header: 'inner.test' }),
        post('/upstreams/blue/targets', { target: '127.0.0.1:{one}' }),
        put('/services/shop', { host: 'blue' }),
        put('/services/shop/routes/all', { paths: ['/a'], preserve_host: true }),
      ],
      seen: { host: 'a.test' },
    },
    ...HOP_BY_HOP.map((name) => ({
      id: `hop-${name}`,
      title: `${name} of the client ends at the gateway`,
      sent: { [name]: 'x' },
      seen: { [name]: null },
    })),
    {
      id: 'hop-named',
      title: 'Fields that Connection names end at the gateway',
      sent: { connection: 'keep-alive, x-one, X-Two', 'x-one': '1', 'x-two': '2', 'x-three': '3' },
      seen: { 'x-one': null, 'x-two': null, 'x-three': '3' },
    },
    {
      id: 'te-trailers',
      title: 'TE trailers is passed on',
      sent: { te: 'trailers' },
      seen: { te: 'trailers' },
    },
    {
      id: 'te-gzip',
      title: 'Other codings in TE are not',
      sent: { te: 'gzip' },
      seen: { te: null },
    },
    {
      id: 'te-mixed',
      title: 'Of several codings in TE trailers is left',
      sent: { te: 'trailers, deflate;q=0.5' },
      seen: { te: 'trailers' },
    },
    {
      id: 'proxy-authorization',
      title: 'Proxy-Authorization is passed on',
      sent: { 'proxy-authorization': 'Basic x' },
      seen: { 'proxy-authorization': 'Basic x' },
    },
    {
      id: 'connection',
      source: SPEC.upstreamHeaders,
      title: 'The connection to the upstream is kept alive',
      sent: { connection: 'close' },
      seen: { connection: 'keep-alive' },
    },
    {
      id: 'passed',
      title: 'Other fields are passed on as they are',
      sent: { 'x-custom': 'a, b;c="d"', 'user-agent': 'me/1', accept: '*/*' },
      seen: { 'x-custom': 'a, b;c="d"', 'user-agent': 'me/1', accept: '*/*' },
    },
    {
      id: 'repeated',
      title: 'Repeated fields keep their order',
      sent: { 'x-custom': ['one', 'two', 'three'] },
      seen: { 'x-custom': 'one, two, three' },
    },
    {
      id: 'utf8',
      title: 'Bytes beyond ASCII are passed on',
      sent: { 'x-custom': 'é' },
      seen: { 'x-custom': 'Ã©' },
    },
    {
      id: 'consumer-forged',
      source: DOC.keyAuth,
      title: 'X-Consumer-* of a client are removed',
      sent: {
        'x-consumer-id': '1',
        'x-consumer-username': 'root',
        'x-consumer-custom-id': '1',
        'x-consumer-groups': 'admins',
        'x-credential-identifier': '1',
        'x-anonymous-consumer': 'true',
      },
      seen: {
        'x-consumer-id': null,
        'x-consumer-username': null,
        'x-consumer-custom-id': null,
        'x-consumer-groups': null,
        'x-credential-identifier': null,
        'x-anonymous-consumer': null,
      },
    },
  ]),
}

/** The same when the client is a trusted proxy. */
export const TRUSTED_HEADERS: Area = {
  name: 'trusted-headers',
  title: 'Proxy: headers to the upstream from a trusted proxy',
  settings: { trusted_ips: '127.0.0.1', real_ip_header: 'X-Real-IP' },
  rows: rows([
    {
      id: 'real-ip',
      title: 'X-Real-IP names the client',
      sent: { 'x-real-ip': '10.0.0.1' },
      seen: { 'x-real-ip': '10.0.0.1' },
    },
    {
      id: 'real-ip-none',
      title: 'Without X-Real-IP the peer is the client',
      seen: { 'x-real-ip': '127.0.0.1' },
    },
    {
      id: 'real-ip-bad',
      source: SPEC.realIp,
      title: 'What is no address is not believed',
      sent: { 'x-real-ip': 'nobody' },
      seen: { 'x-real-ip': '127.0.0.1' },
    },
    {
      id: 'forwarded-for',
      title: 'The peer is appended to X-Forwarded-For',
      sent: { 'x-forwarded-for': '10.0.0.1' },
      seen: { 'x-forwarded-for': '10.0.0.1, 127.0.0.1' },
    },
    {
      id: 'forwarded-proto',
      title: 'X-Forwarded-Proto is kept',
      sent: { 'x-forwarded-proto': 'https' },
      seen: { 'x-forwarded-proto': 'https' },
    },
    {
      id: 'forwarded-host',
      title: 'X-Forwarded-Host is kept',
      sent: { 'x-forwarded-host': 'outer.test' },
      seen: { 'x-forwarded-host': 'outer.test' },
    },
    {
      id: 'forwarded-port',
      title: 'X-Forwarded-Port is kept',
      sent: { 'x-forwarded-port': '443' },
      seen: { 'x-forwarded-port': '443' },
    },
    {
      id: 'forwarded-path',
      title: 'X-Forwarded-Path is kept',
      sent: { 'x-forwarded-path': '/outer' },
      seen: { 'x-forwarded-path': '/outer' },
    },
    {
      id: 'forwarded-prefix',
      title: 'X-Forwarded-Prefix is kept',
      sent: { 'x-forwarded-prefix': '/outer' },
      seen: { 'x-forwarded-prefix': '/outer' },
    },
    {
      id: 'defaults',
      title: 'What a trusted peer does not send is filled in',
      seen: {
        'x-forwarded-proto': 'http',
        'x-forwarded-host': 'a.test',
        'x-forwarded-path': '/a/b',
        'x-forwarded-prefix': '/a',
      },
    },
    {
      id: 'consumer-forged',
      source: DOC.keyAuth,
      title: 'X-Consumer-* of a trusted peer are removed as well',
      sent: { 'x-consumer-username': 'root' },
      seen: { 'x-consumer-username': null },
    },
  ]),
}

/** The same when the client is named by X-Forwarded-For. */
export const FORWARDED_FOR: Area = {
  name: 'forwarded-for',
  title: 'Proxy: the client by X-Forwarded-For',
  settings: { trusted_ips: '127.0.0.1,10.0.0.0/8', real_ip_header: 'X-Forwarded-For' },
  rows: rows([
    {
      id: 'one',
      source: SPEC.realIp,
      title: 'One address is the client',
      sent: { 'x-forwarded-for': '192.0.2.1' },
      seen: { 'x-real-ip': '192.0.2.1', 'x-forwarded-for': '192.0.2.1, 127.0.0.1' },
    },
    {
      id: 'last',
      source: SPEC.realIp,
      title: 'Of several the last that is not trusted is the client',
      sent: { 'x-forwarded-for': '192.0.2.9, 192.0.2.1' },
      seen: { 'x-real-ip': '192.0.2.1' },
    },
    {
      id: 'past-trusted',
      source: DOC.configuration,
      title: 'Trusted addresses are passed over from the right',
      sent: { 'x-forwarded-for': '192.0.2.1, 10.0.0.5' },
      seen: { 'x-real-ip': '192.0.2.1' },
    },
    {
      id: 'none',
      source: SPEC.realIp,
      title: 'Without the field the peer is the client',
      seen: { 'x-real-ip': '127.0.0.1' },
    },
  ]),
}
