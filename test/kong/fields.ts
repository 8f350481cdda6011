import { type Area, type Call, type Expectation, post, put, type Row } from './conformance.ts'
import { DOC, SPEC } from './sources.ts'
import { ID, violation, wrongEntity, wrongField } from './values.ts'

type Input = Readonly<Record<string, unknown>>

/** Input that is refused because of one field, and what is said of it. */
type FieldCase = readonly [id: string, input: Input, field: string, message: string]

/** Input that is taken, and how it is stored. */
type TakenCase = readonly [id: string, input: Input, stored?: Input]

interface Table {
  readonly name: string
  readonly path: string
  readonly source: string
  /** Valid input that every case is laid over. */
  readonly base: Input
  readonly given?: readonly Call[]
}

const TIMEOUT = 'value should be between 1 and 2147483646'
const PORT = 'value should be between 0 and 65535'

const SERVICES: Table = {
  name: 'service',
  path: '/services',
  source: SPEC.serviceSchema,
  base: { host: 'a.test' },
}

const SERVICE_FIELDS: readonly FieldCase[] = [
  ['host-missing', { host: undefined }, 'host', 'required field missing'],
  ['host-null', { host: null }, 'host', 'required field missing'],
  ['host-type', { host: 5 }, 'host', 'expected a string'],
  ['host-port', { host: 'a.test:80' }, 'host', 'must not have a port'],
  ['host-invalid', { host: '*.a.test' }, 'host', 'invalid value: *.a.test'],
  ['host-slash', { host: '/example' }, 'host', 'invalid value: /example'],
  ['host-dot', { host: '.example' }, 'host', 'invalid value: .example'],
  ['host-semicolon', { host: 'mock;bin' }, 'host', 'invalid value: mock;bin'],
  ['host-path', { host: 'a.test/b' }, 'host', 'invalid value: a.test/b'],
  ['host-dots', { host: 'hello..a.test' }, 'host', 'invalid value: hello..a.test'],
  ['host-hyphen', { host: 'hello-.a.test' }, 'host', 'invalid value: hello-.a.test'],
  [
    'name-slash',
    { name: 'a/b' },
    'name',
    "invalid value 'a/b': the only accepted ascii characters are alphanumerics or ., -, _, and ~",
  ],
  [
    'name-space',
    { name: 'a b' },
    'name',
    "invalid value 'a b': the only accepted ascii characters are alphanumerics or ., -, _, and ~",
  ],
  ['name-empty', { name: '' }, 'name', 'length must be at least 1'],
  ['name-type', { name: true }, 'name', 'expected a string'],
  [
    'protocol',
    { protocol: 'foo' },
    'protocol',
    'expected one of: grpc, grpcs, http, https, tcp, tls, tls_passthrough, udp',
  ],
  ['port-low', { port: -1 }, 'port', PORT],
  ['port-high', { port: 65536 }, 'port', PORT],
  ['port-type', { port: 'http' }, 'port', 'expected an integer'],
  ['retries-low', { retries: -1 }, 'retries', 'value should be between 0 and 32767'],
  ['retries-high', { retries: 32768 }, 'retries', 'value should be between 0 and 32767'],
  ['connect-timeout-0', { connect_timeout: 0 }, 'connect_timeout', TIMEOUT],
  ['connect-timeout-low', { connect_timeout: -1 }, 'connect_timeout', TIMEOUT],
  ['connect-timeout-type', { connect_timeout: 1.5 }, 'connect_timeout', 'expected an integer'],
  ['write-timeout-low', { write_timeout: -1 }, 'write_timeout', TIMEOUT],
  ['read-timeout-high', { read_timeout: 2147483647 }, 'read_timeout', TIMEOUT],
  ['path-relative', { path: 'x' }, 'path', 'should start with: /'],
  ['path-empty', { path: '' }, 'path', 'length must be at least 1'],
  ['path-segments', { path: '/a//b' }, 'path', 'must not have empty segments'],
  [
    'path-characters',
    { path: '/foo/bar with space' },
    'path',
    "invalid path: '/foo/bar with space' (characters outside of the reserved list of RFC 3986 found)",
  ],
  [
    'path-query',
    { path: '/foo?bar' },
    'path',
    "invalid path: '/foo?bar' (characters outside of the reserved list of RFC 3986 found)",
  ],
  ['path-escape-1', { path: '/some%2words' }, 'path', "invalid url-encoded value: '%2w'"],
  ['path-escape-2', { path: '/some%0Xwords' }, 'path', "invalid url-encoded value: '%0X'"],
  ['path-escape-3', { path: '/some%20words%' }, 'path', "invalid url-encoded value: '%'"],
  ['path-escape-4', { path: '/some%20words%a' }, 'path', "invalid url-encoded value: '%a'"],
  ['enabled-type', { enabled: 1 }, 'enabled', 'expected a boolean'],
  ['tags-type', { tags: 'x' }, 'tags', 'expected a set'],
  [
    'tags-comma',
    { tags: ['a,b'] },
    'tags.1',
    "invalid tag 'a,b': expected printable ascii (except `,` and `/`) or valid utf-8 sequences",
  ],
  [
    'tags-slash',
    { tags: ['ok', 'a/b'] },
    'tags.2',
    "invalid tag 'a/b': expected printable ascii (except `,` and `/`) or valid utf-8 sequences",
  ],
  ['id', { id: 'x' }, 'id', 'expected a valid UUID'],
  ['depth-high', { protocol: 'https', tls_verify_depth: 65 }, 'tls_verify_depth', 'value should be between 0 and 64'],
  ['unknown', { foo: 'bar' }, 'foo', 'unknown field'],
]

const SERVICE_TAKEN: readonly TakenCase[] = [
  ['defaults', {}, {
    name: null,
    protocol: 'http',
    port: 80,
    path: null,
    retries: 5,
    connect_timeout: 60000,
    write_timeout: 60000,
    read_timeout: 60000,
    tags: null,
    client_certificate: null,
    tls_verify: null,
    tls_verify_depth: null,
    ca_certificates: null,
    enabled: true,
  }],
  ['limits', { port: 0, retries: 32767, connect_timeout: 1, read_timeout: 2147483646 }],
  ['ipv4', { host: '10.0.0.1' }],
  ['ipv6', { host: '::1' }],
  ['underscore', { host: 'a_b.test' }],
  ['path-escape', { path: '/a%20b' }],
  ['path-reserved', { path: "/a-b._~!$&'()*+,;=:@/b" }],
  ['path-trailing', { path: '/a/' }],
  ['name-utf8', { name: '円' }],
  ['tags', { tags: ['a b', 'ü', 'x-1'] }],
  ['tags-duplicates', { tags: ['a', 'b', 'a'] }, { tags: ['a', 'b'] }],
  ['tls', { protocol: 'https', tls_verify: true, tls_verify_depth: 64 }],
  ['id-case', { id: ID.a.toUpperCase() }, { id: ID.a }],
]

const PROTOCOL_CONDITION = "failed conditional validation given value of field 'protocol'"

const ROUTES: Table = {
  name: 'route',
  path: '/routes',
  source: SPEC.routeSchema,
  base: { paths: ['/'] },
}

const ROUTE_FIELDS: readonly FieldCase[] = [
  ['methods-case', { methods: ['get'] }, 'methods.1', 'invalid value: get'],
  ['methods-space', { methods: ['HELLO WORLD'] }, 'methods.1', 'invalid value: HELLO WORLD'],
  ['methods-digits', { methods: ['GET1'] }, 'methods.1', 'invalid value: GET1'],
  ['methods-type', { methods: 'GET' }, 'methods', 'expected a set'],
  ['hosts-type', { hosts: 'a.test' }, 'hosts', 'expected an array'],
  [
    'hosts-two-stars',
    { hosts: ['*.*.test'] },
    'hosts.1',
    'invalid wildcard: must have at most one wildcard',
  ],
  [
    'hosts-middle-star',
    { hosts: ['a.*.test'] },
    'hosts.1',
    'invalid wildcard: must be placed at leftmost or rightmost label',
  ],
  [
    'hosts-partial-star',
    { hosts: ['*a.test'] },
    'hosts.1',
    'invalid wildcard: must be placed at leftmost or rightmost label',
  ],
  ['hosts-invalid', { hosts: ['http://a.test'] }, 'hosts.1', 'invalid value: http://a.test'],
  ['paths-relative', { paths: ['a'] }, 'paths.1', 'should start with: / (fixed path) or ~/ (regex path)'],
  [
    'paths-regex-relative',
    { paths: ['~a'] },
    'paths.1',
    'should start with: / (fixed path) or ~/ (regex path)',
  ],
  ['paths-segments', { paths: ['/', '/a//b'] }, 'paths.2', 'must not have empty segments'],
  [
    'paths-dot',
    { paths: ['/a/../b'] },
    'paths.1',
    "non-normalized path, consider use '/b' instead",
  ],
  [
    'paths-escape-unreserved',
    { paths: ['/%61'] },
    'paths.1',
    "non-normalized path, consider use '/a' instead",
  ],
  [
    'paths-characters',
    { paths: ['/foo<bar'] },
    'paths.1',
    "invalid path: '/foo<bar' (characters outside of the reserved list of RFC 3986 found)",
  ],
  ['paths-escape', { paths: ['/some%2words'] }, 'paths.1', "invalid url-encoded value: '%2w'"],
  ['paths-type', { paths: [5] }, 'paths.1', 'expected a string'],
  [
    'headers-host',
    { headers: { Host: ['a.test'] } },
    'headers',
    "cannot contain 'host' header, which must be specified in the 'hosts' attribute",
  ],
  [
    'headers-name',
    { headers: { 'fo @bar': ['x'] } },
    'headers',
    "bad header name 'fo @bar', allowed characters are A-Z, a-z, 0-9, '_', and '-'",
  ],
  ['headers-type', { headers: 'x' }, 'headers', 'expected a map'],
  [
    'redirect-code',
    { https_redirect_status_code: 404 },
    'https_redirect_status_code',
    'expected one of: 426, 301, 302, 307, 308',
  ],
  ['path-handling', { path_handling: 'v2' }, 'path_handling', 'expected one of: v0, v1'],
  ['regex-priority', { regex_priority: 'high' }, 'regex_priority', 'expected an integer'],
  ['strip-path', { strip_path: 'yes' }, 'strip_path', 'expected a boolean'],
  [
    'protocols',
    { protocols: ['http', 'foo'] },
    'protocols.2',
    'expected one of: grpc, grpcs, http, https, tcp, tls, tls_passthrough, udp',
  ],
  ['protocols-empty', { protocols: [] }, 'protocols', 'length must be at least 1'],
  ['name-slash', { name: 'a/b' }, 'name', "invalid value 'a/b': the only accepted ascii characters are alphanumerics or ., -, _, and ~"],
  ['unknown', { foo: 'bar' }, 'foo', 'unknown field'],
]

const ROUTE_TAKEN: readonly TakenCase[] = [
  ['defaults', {}, {
    name: null,
    protocols: ['http', 'https'],
    methods: null,
    hosts: null,
    headers: null,
    snis: null,
    sources: null,
    destinations: null,
    https_redirect_status_code: 426,
    regex_priority: 0,
    strip_path: true,
    preserve_host: false,
    path_handling: 'v0',
    request_buffering: true,
    response_buffering: true,
    service: null,
    tags: null,
  }],
  ['wildcards', { hosts: ['*.a.test', 'a.*', 'b.test:8080'] }],
  ['regex-path', { paths: ['~/users/(?<id>\\d+)$', '/'] }],
  ['custom-method', { methods: ['GET', 'PURGE'] }],
  ['regex-header', { headers: { 'User-Agent': ['~*^curl/'] } }],
  ['redirect', { protocols: ['https'], https_redirect_status_code: 308 }],
  ['snis', { protocols: ['https'], snis: ['a.test', 'b.test'] }],
  ['negative-priority', { regex_priority: -5 }],
  ['path-escaped-space', { paths: ['/a%20b'] }],
]

const MUST_SET = "must set one of 'methods', 'hosts', 'headers', 'paths'"

const UPSTREAMS: Table = {
  name: 'upstream',
  path: '/upstreams',
  source: SPEC.upstreamSchema,
  base: { name: 'blue' },
}

const UPSTREAM_FIELDS: readonly FieldCase[] = [
  ['name-missing', { name: undefined }, 'name', 'required field missing'],
  ['name-ip', { name: '1.2.3.4' }, 'name', "Invalid name ('1.2.3.4'); no ip addresses allowed"],
  ['name-ipv6', { name: '::1' }, 'name', "Invalid name ('::1'); no ip addresses allowed"],
  ['name-port', { name: 'a.test:80' }, 'name', "Invalid name ('a.test:80'); no port allowed"],
  ['slots-low', { slots: 9 }, 'slots', 'value should be between 10 and 65536'],
  ['slots-high', { slots: 65537 }, 'slots', 'value should be between 10 and 65536'],
  ['slots-type', { slots: 'many' }, 'slots', 'expected an integer'],
  [
    'hash-on',
    { hash_on: 'something' },
    'hash_on',
    'expected one of: none, consumer, ip, header, cookie, path, query_arg, uri_capture',
  ],
  [
    'hash-fallback',
    { hash_on: 'ip', hash_fallback: 'something' },
    'hash_fallback',
    'expected one of: none, consumer, ip, header, cookie, path, query_arg, uri_capture',
  ],
  [
    'hash-on-header-name',
    { hash_on: 'header', hash_on_header: 'not a header' },
    'hash_on_header',
    "bad header name 'not a header', allowed characters are A-Z, a-z, 0-9, '_', and '-'",
  ],
  ['hash-cookie-path', { hash_on_cookie_path: 'x' }, 'hash_on_cookie_path', 'should start with: /'],
  [
    'algorithm',
    { algorithm: 'random' },
    'algorithm',
    'expected one of: round-robin, consistent-hashing, least-connections, latency',
  ],
  ['host-header', { host_header: 'a.test:80' }, 'host_header', 'must not have a port'],
  ['threshold-high', { healthchecks: { threshold: 101 } }, 'healthchecks.threshold', 'value should be between 0 and 100'],
  ['threshold-low', { healthchecks: { threshold: -1 } }, 'healthchecks.threshold', 'value should be between 0 and 100'],
  ['threshold-type', { healthchecks: { threshold: 'x' } }, 'healthchecks.threshold', 'expected a number'],
  ['healthchecks-type', { healthchecks: 5 }, 'healthchecks', 'expected a record'],
  [
    'active-timeout',
    { healthchecks: { active: { timeout: -1 } } },
    'healthchecks.active.timeout',
    PORT,
  ],
  [
    'active-concurrency',
    { healthchecks: { active: { concurrency: 0 } } },
    'healthchecks.active.concurrency',
    'value should be between 1 and 2147483648',
  ],
  [
    'active-path',
    { healthchecks: { active: { http_path: 'x' } } },
    'healthchecks.active.http_path',
    'should start with: /',
  ],
  [
    'active-type',
    { healthchecks: { active: { type: 'udp' } } },
    'healthchecks.active.type',
    'expected one of: tcp, http, https, grpc, grpcs',
  ],
  [
    'active-status',
    { healthchecks: { active: { healthy: { http_statuses: [99] } } } },
    'healthchecks.active.healthy.http_statuses.1',
    'value should be between 100 and 999',
  ],
  [
    'active-successes',
    { healthchecks: { active: { healthy: { successes: 256 } } } },
    'healthchecks.active.healthy.successes',
    'value should be between 0 and 255',
  ],
  [
    'passive-timeouts',
    { healthchecks: { passive: { unhealthy: { timeouts: 1.5 } } } },
    'healthchecks.passive.unhealthy.timeouts',
    'expected an integer',
  ],
  [
    'passive-unknown',
    { healthchecks: { passive: { foo: 1 } } },
    'healthchecks.passive.foo',
    'unknown field',
  ],
]

const UPSTREAM_TAKEN: readonly TakenCase[] = [
  ['defaults', {}, {
    algorithm: 'round-robin',
    hash_on: 'none',
    hash_fallback: 'none',
    hash_on_header: null,
    hash_fallback_header: null,
    hash_on_cookie: null,
    hash_on_cookie_path: '/',
    hash_on_query_arg: null,
    hash_fallback_query_arg: null,
    hash_on_uri_capture: null,
    hash_fallback_uri_capture: null,
    slots: 10000,
    host_header: null,
    client_certificate: null,
    use_srv_name: false,
    tags: null,
  }],
  ['healthcheck-defaults', {}, {
    healthchecks: {
      threshold: 0,
      active: {
        type: 'http',
        timeout: 1,
        concurrency: 10,
        http_path: '/',
        https_sni: null,
        https_verify_certificate: true,
        headers: null,
        healthy: { interval: 0, http_statuses: [200, 302], successes: 0 },
        unhealthy: {
          interval: 0,
          http_statuses: [429, 404, 500, 501, 502, 503, 504, 505],
          tcp_failures: 0,
          timeouts: 0,
          http_failures: 0,
        },
      },
      passive: {
        type: 'http',
        healthy: {
          http_statuses: [
            200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 306,
            307, 308,
          ],
          successes: 0,
        },
        unhealthy: {
          http_statuses: [429, 500, 503],
          tcp_failures: 0,
          timeouts: 0,
          http_failures: 0,
        },
      },
    },
  }],
  ['slots', { slots: 10 }],
  ['hash-header', { hash_on: 'header', hash_on_header: 'X-User', hash_fallback: 'ip' }],
  ['hash-cookie', { hash_on: 'cookie', hash_on_cookie: 'sid', hash_on_cookie_path: '/a' }],
  ['fallback-cookie', { hash_on: 'ip', hash_fallback: 'cookie', hash_on_cookie: 'sid' }],
  ['hash-path', { hash_on: 'path' }],
  ['hash-query', { hash_on: 'query_arg', hash_on_query_arg: 'user' }],
  ['hash-capture', { hash_on: 'uri_capture', hash_on_uri_capture: 'id' }],
  [
    'two-headers',
    {
      hash_on: 'header',
      hash_on_header: 'x-one',
      hash_fallback: 'header',
      hash_fallback_header: 'x-two',
    },
  ],
]

/** What `hash_on` or `hash_fallback` asks of another field. */
const HASH_CONDITIONS: readonly (readonly [Input, on: string, field: string, message: string])[] = [
  [{ hash_on: 'header' }, 'hash_on', 'hash_on_header', 'required field missing'],
  [{ hash_on: 'cookie' }, 'hash_on', 'hash_on_cookie', 'required field missing'],
  [{ hash_on: 'query_arg' }, 'hash_on', 'hash_on_query_arg', 'required field missing'],
  [{ hash_on: 'uri_capture' }, 'hash_on', 'hash_on_uri_capture', 'required field missing'],
  [
    { hash_on: 'ip', hash_fallback: 'header' },
    'hash_fallback',
    'hash_fallback_header',
    'required field missing',
  ],
  [
    { hash_on: 'ip', hash_fallback: 'cookie' },
    'hash_fallback',
    'hash_on_cookie',
    'required field missing',
  ],
  [
    { hash_on: 'ip', hash_fallback: 'query_arg' },
    'hash_fallback',
    'hash_fallback_query_arg',
    'required field missing',
  ],
  [
    { hash_on: 'ip', hash_fallback: 'uri_capture' },
    'hash_fallback',
    'hash_fallback_uri_capture',
    'required field missing',
  ],
  [
    { hash_on: 'none', hash_fallback: 'ip' },
    'hash_on',
    'hash_fallback',
    'expected one of: none',
  ],
  [
    { hash_on: 'cookie', hash_on_cookie: 'sid', hash_fallback: 'ip' },
    'hash_on',
    'hash_fallback',
    'expected one of: none',
  ],
  [
    { hash_on: 'consumer', hash_fallback: 'consumer' },
    'hash_on',
    'hash_fallback',
    'expected one of: none, ip, header, cookie, path, query_arg, uri_capture',
  ],
  [
    { hash_on: 'ip', hash_fallback: 'ip' },
    'hash_on',
    'hash_fallback',
    'expected one of: none, consumer, header, cookie, path, query_arg, uri_capture',
  ],
  [
    { hash_on: 'path', hash_fallback: 'path' },
    'hash_on',
    'hash_fallback',
    'expected one of: none, consumer, ip, header, cookie, query_arg, uri_capture',
  ],
]

const HASH_PAIRS: readonly (readonly [Input, string, string])[] = [
  [
    {
      hash_on: 'header',
      hash_fallback: 'header',
      hash_on_header: 'x-a',
      hash_fallback_header: 'x-a',
    },
    'hash_on_header',
    'hash_fallback_header',
  ],
  [
    {
      hash_on: 'query_arg',
      hash_fallback: 'query_arg',
      hash_on_query_arg: 'a',
      hash_fallback_query_arg: 'a',
    },
    'hash_on_query_arg',
    'hash_fallback_query_arg',
  ],
  [
    {
      hash_on: 'uri_capture',
      hash_fallback: 'uri_capture',
      hash_on_uri_capture: 'a',
      hash_fallback_uri_capture: 'a',
    },
    'hash_on_uri_capture',
    'hash_fallback_uri_capture',
  ],
]

const TARGETS: Table = {
  name: 'target',
  path: '/upstreams/blue/targets',
  source: SPEC.targetSchema,
  base: { target: '10.0.0.1:80' },
  given: [post('/upstreams', { name: 'blue' })],
}

const TARGET_FIELDS: readonly FieldCase[] = [
  ['missing', { target: undefined }, 'target', 'required field missing'],
  ['type', { target: 5 }, 'target', 'expected a string'],
  [
    'invalid',
    { target: '\\\\bad\\\\////name////' },
    'target',
    "Invalid target ('\\\\bad\\\\////name////'); not a valid hostname or ip address",
  ],
  [
    'bad-port',
    { target: '1.2.3.4:5678910' },
    'target',
    "Invalid target ('1.2.3.4:5678910'); not a valid hostname or ip address",
  ],
  [
    'bad-ipv6',
    { target: '[::1' },
    'target',
    "Invalid target ('[::1'); not a valid hostname or ip address",
  ],
  ['weight-low', { weight: -10 }, 'weight', PORT],
  ['weight-high', { weight: 65536 }, 'weight', PORT],
  ['weight-type', { weight: '10' }, 'weight', 'expected an integer'],
]

const TARGET_TAKEN: readonly TakenCase[] = [
  ['port-default', { target: 'a.test' }, { target: 'a.test:8000' }],
  ['ipv4-default', { target: '127.0.0.1' }, { target: '127.0.0.1:8000' }],
  ['ipv4-port', { target: '1.2.3.4:99' }, { target: '1.2.3.4:99' }],
  ['ipv6', { target: '[::1]:80' }, { target: '[0000:0000:0000:0000:0000:0000:0000:0001]:80' }],
  ['ipv6-bare', { target: '::1' }, { target: '[0000:0000:0000:0000:0000:0000:0000:0001]:8000' }],
  ['weight-0', { weight: 0 }],
  ['weight-65535', { weight: 65535 }],
  ['tags', { tags: ['x'] }],
]

const CONSUMERS: Table = {
  name: 'consumer',
  path: '/consumers',
  source: SPEC.consumerSchema,
  base: {},
}

const NO_NAME = "at least one of these fields must be non-empty: 'custom_id', 'username'"

const BOB = [put(`/consumers/${ID.a}`, { username: 'bob' })]

/** Rules and messages of single fields, and of fields together. */
export const FIELDS: Area = {
  name: 'fields',
  title: 'Admin API: fields, defaults and their messages',
  rows: [
    ...refused(SERVICES, SERVICE_FIELDS),
    ...taken(SERVICES, SERVICE_TAKEN),
    ...['tcp', 'tls', 'udp', 'grpc', 'grpcs'].map((protocol) =>
      row(SERVICES, `path-${protocol}`, `A ${protocol} service has no path`, {
        input: { protocol, path: '/x' },
        expect: broken(PROTOCOL_CONDITION, 'path', 'value must be null'),
      }),
    ),
    ...[{ tls_verify: true }, { tls_verify_depth: 1 }].map((input) =>
      row(
        SERVICES,
        `plain-${Object.keys(input).join()}`,
        `${Object.keys(input).join()} is for https and tls only`,
        {
          input,
          expect: broken(PROTOCOL_CONDITION, Object.keys(input).join(), 'value must be null'),
        },
      ),
    ),
    ...refused(ROUTES, ROUTE_FIELDS),
    ...taken(ROUTES, ROUTE_TAKEN),
    ...routeProtocolRows(),
    ...refused(UPSTREAMS, UPSTREAM_FIELDS),
    ...taken(UPSTREAMS, UPSTREAM_TAKEN),
    ...HASH_CONDITIONS.map(([input, on, field, message]) =>
      row(UPSTREAMS, `condition-${Object.values(input).join('-')}-${field}`, `${JSON.stringify(input)} asks for another ${field}`, {
        input,
        expect: broken(`failed conditional validation given value of field '${on}'`, field, message),
      }),
    ),
    ...HASH_PAIRS.map(([input, one, other]) =>
      row(UPSTREAMS, `distinct-${one}`, `${one} and ${other} must differ`, {
        input,
        expect: wrongEntity(`values of these fields must be distinct: '${one}', '${other}'`),
      }),
    ),
    ...refused(TARGETS, TARGET_FIELDS),
    ...taken(TARGETS, TARGET_TAKEN),
    ...refused(CONSUMERS, [
      ['username-type', { username: 5 }, 'username', 'expected a string'],
      ['custom-id-type', { username: 'bob', custom_id: 5 }, 'custom_id', 'expected a string'],
      ['username-empty', { username: '' }, 'username', 'length must be at least 1'],
      ['unknown', { username: 'bob', foo: 'x' }, 'foo', 'unknown field'],
    ]),
    row(CONSUMERS, 'nothing', 'A consumer has a username or a custom_id', {
      input: {},
      expect: wrongEntity(NO_NAME),
    }),
    row(CONSUMERS, 'nulls', 'Null is neither a username nor a custom_id', {
      input: { username: null, custom_id: null },
      expect: wrongEntity(NO_NAME),
    }),
    ...taken(CONSUMERS, [
      ['username', { username: 'bob' }, { custom_id: null, tags: null }],
      ['custom-id', { custom_id: 'c1' }, { username: null }],
      ['both', { username: 'bob', custom_id: 'c1' }],
      ['symbols', { username: 'a b/c,d&e' }],
    ]),
    ...refused(
      { name: 'acl', path: '/consumers/bob/acls', source: SPEC.aclApi, base: {}, given: BOB },
      [
        ['group-null', { group: null }, 'group', 'required field missing'],
        ['group-type', { group: 5 }, 'group', 'expected a string'],
        ['unknown', { group: 'x', foo: 'x' }, 'foo', 'unknown field'],
      ],
    ),
    ...refused(
      { name: 'key-auth', path: '/consumers/bob/key-auth', source: SPEC.keyAuthApi, base: {}, given: BOB },
      [
        ['key-type', { key: 5 }, 'key', 'expected a string'],
        ['key-empty', { key: '' }, 'key', 'length must be at least 1'],
        ['ttl-low', { ttl: -1 }, 'ttl', 'value should be between 0 and 100000000'],
        ['ttl-high', { ttl: 100000001 }, 'ttl', 'value should be between 0 and 100000000'],
        ['ttl-type', { ttl: '10' }, 'ttl', 'expected an integer'],
      ],
    ),
  ],
}

function row(
  { name, path, source, base, given = [] }: Table,
  id: string,
  title: string,
  { input, expect }: { readonly input: Input; readonly expect: Expectation },
): Row {
  return {
    id: `${name}-${id}`,
    source,
    title,
    given,
    request: post(path, { ...base, ...input }),
    expect,
  }
}

function refused(table: Table, cases: readonly FieldCase[]): readonly Row[] {
  return cases.map(([id, input, field, message]) =>
    row(table, id, `A ${table.name} with ${JSON.stringify(input)} is refused: ${message}`, {
      input,
      expect: wrongField(field, message),
    }),
  )
}

function taken(table: Table, cases: readonly TakenCase[]): readonly Row[] {
  return cases.map(([id, input, stored]) =>
    row(table, `takes-${id}`, `A ${table.name} with ${JSON.stringify(input)} is taken`, {
      input,
      expect: { status: 201, body: stored ?? input },
    }),
  )
}

/** A rule between fields: one message for the entity, one for the field. */
function broken(condition: string, field: string, message: string): Expectation {
  return violation(`2 schema violations (${condition}; ${field}: ${message})`, {
    '@entity': [condition],
    [field]: message,
  })
}

function routeProtocolRows(): readonly Row[] {
  const bare: Table = { ...ROUTES, base: {} }
  return [
    row(bare, 'nothing-https', 'An https route sets one of five attributes', {
      input: { protocols: ['https'] },
      expect: wrongEntity(`${MUST_SET}, 'snis' when 'protocols' is 'https'`),
    }),
    row(bare, 'nothing-default', 'A route of the default protocols sets one of five attributes', {
      input: {},
      expect: wrongEntity(`${MUST_SET}, 'snis' when 'protocols' is 'https'`),
    }),
    row(bare, 'nothing-http', 'An http route sets one of four attributes', {
      input: { protocols: ['http'] },
      expect: wrongEntity(`${MUST_SET} when 'protocols' is 'http'`),
    }),
    row(bare, 'nothing-grpc', 'A grpc route sets one of three attributes', {
      input: { protocols: ['grpc'] },
      expect: wrongEntity("must set one of 'hosts', 'headers', 'paths' when 'protocols' is 'grpc'"),
    }),
    row(bare, 'empty-lists', 'Empty lists set nothing', {
      input: { protocols: ['http'], paths: [], hosts: [], methods: [] },
      expect: wrongEntity(`${MUST_SET} when 'protocols' is 'http'`),
    }),
    row(ROUTES, 'mixed-protocols', 'http and tcp exclude one another', {
      input: { protocols: ['http', 'tcp'] },
      expect: { status: 400, body: { fields: { protocols: /^these sets are mutually exclusive/ } } },
    }),
    row(ROUTES, 'http-snis', 'snis are for TLS protocols only', {
      input: { protocols: ['http'], snis: ['a.test'] },
      expect: broken(
        "'snis' can only be set when 'protocols' is 'grpcs', 'https', 'tls' or 'tls_passthrough'",
        'snis',
        'length must be 0',
      ),
    }),
    row(ROUTES, 'http-sources', 'sources are for stream routes only', {
      input: { protocols: ['http'], sources: [{ ip: '10.0.0.1' }] },
      expect: wrongField('sources', "cannot set 'sources' when 'protocols' is 'http' or 'https'"),
    }),
    row(ROUTES, 'grpc-methods', 'methods are not for grpc routes', {
      input: { protocols: ['grpc'], methods: ['GET'] },
      expect: wrongField('methods', "cannot set 'methods' when 'protocols' is 'grpc' or 'grpcs'"),
    }),
    row(ROUTES, 'grpc-strip-path', 'strip_path is not for grpc routes', {
      input: { protocols: ['grpc'], strip_path: true },
      expect: wrongField(
        'strip_path',
        "cannot set 'strip_path' when 'protocols' is 'grpc' or 'grpcs'",
      ),
    }),
    row(ROUTES, 'grpc-default', 'strip_path of a grpc route is false', {
      input: { protocols: ['grpc', 'grpcs'] },
      expect: { status: 201, body: { strip_path: false } },
    }),
    row(bare, 'stream', 'A stream route is taken', {
      input: { protocols: ['tcp'], destinations: [{ port: 9000 }] },
      expect: { status: 201, body: { protocols: ['tcp'] } },
    }),
    row(bare, 'stream-nothing', 'A stream route sets sources, destinations or snis', {
      input: { protocols: ['tcp'] },
      expect: wrongEntity(
        "must set one of 'sources', 'destinations', 'snis' when 'protocols' is 'tcp', 'tls' or 'udp'",
      ),
    }),
    row(bare, 'passthrough-nothing', 'A tls_passthrough route sets snis', {
      input: { protocols: ['tls_passthrough'] },
      expect: wrongEntity("must set snis when 'protocols' is 'tls_passthrough'"),
    }),
  ].map((one) => ({ ...one, source: one.id.startsWith('route-takes') ? DOC.route : one.source }))
}
