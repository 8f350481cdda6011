import fc from 'fast-check'
import {
  type Document,
  headerName,
  host,
  hostName,
  ipV4,
  ipV6,
  name,
  path,
  port,
  reference,
  regexPath,
  some,
  tags,
  timeoutMs,
  words,
} from './valid-values.ts'

const SERVICE = {
  name: fc.option(name),
  host,
  port,
  retries: fc.integer({ min: 0, max: 32767 }),
  connect_timeout: timeoutMs,
  read_timeout: timeoutMs,
  write_timeout: timeoutMs,
  enabled: fc.boolean(),
  tags,
} as const

const WITH_TLS = {
  client_certificate: fc.option(reference('certificates')),
  tls_verify: fc.option(fc.boolean()),
  tls_verify_depth: fc.option(fc.nat(64)),
  ca_certificates: fc.option(
    fc.uniqueArray(
      reference('ca_certificates').map(({ id }) => id),
      { maxLength: 1 },
    ),
  ),
}

/** Services of every protocol, and by `url`. */
export const service: fc.Arbitrary<Document> = fc.oneof(
  some({ ...SERVICE, protocol: fc.constant('http'), path: fc.option(path) }, ['host']),
  some({ ...SERVICE, ...WITH_TLS, protocol: fc.constant('https'), path: fc.option(path) }, [
    'host',
    'protocol',
  ]),
  some({ ...SERVICE, ...WITH_TLS, protocol: fc.constant('tls') }, ['host', 'protocol']),
  some({ ...SERVICE, protocol: fc.constantFrom('tcp', 'udp', 'grpc', 'grpcs') }, [
    'host',
    'protocol',
  ]),
  fc
    .tuple(fc.constantFrom('http', 'https'), hostName, fc.option(port), path)
    .map(([scheme, authority, number, rest]) => ({
      url: `${scheme}://${authority}${number === null ? '' : `:${number}`}${rest}`,
    })),
)

const routeHost = fc.oneof(
  hostName,
  hostName.map((value) => `*.${value}`),
  hostName.map((value) => `${value}.*`),
  fc.tuple(hostName, fc.integer({ min: 1, max: 65535 })).map((parts) => parts.join(':')),
)

const matchedHeaders = fc.dictionary(
  headerName,
  fc.oneof(words, fc.constantFrom(['~*^v[0-9]+$'], ['~*a|b'])),
  { minKeys: 1, maxKeys: 3, noNullPrototype: true },
)

const ROUTE = {
  name: fc.option(name),
  https_redirect_status_code: fc.constantFrom(426, 301, 302, 307, 308),
  regex_priority: fc.integer({ min: -1000, max: 1000 }),
  path_handling: fc.constantFrom('v0', 'v1'),
  preserve_host: fc.boolean(),
  request_buffering: fc.boolean(),
  response_buffering: fc.boolean(),
  tags,
  service: fc.option(reference('services')),
} as const

const MATCHES = {
  hosts: fc.option(fc.array(routeHost, { minLength: 1, maxLength: 3 })),
  headers: fc.option(matchedHeaders),
  paths: fc.array(fc.oneof(path, regexPath), { minLength: 1, maxLength: 3 }),
} as const

const snis = fc.uniqueArray(hostName, { minLength: 1, maxLength: 2 })

const endpoints = fc.uniqueArray(
  fc.oneof(
    some(
      {
        ip: fc.oneof(
          ipV4,
          ipV6,
          ipV4.map((ip) => `${ip}/24`),
        ),
        port: fc.option(port),
      },
      ['ip'],
    ),
    some({ port }, ['port']),
  ),
  { minLength: 1, maxLength: 2, selector: (value) => JSON.stringify(value) },
)

const protocols = (...of: string[]) => fc.shuffledSubarray(of, { minLength: 1 })

/** Routes of every group of protocols. */
export const route: fc.Arbitrary<Document> = fc.oneof(
  {
    weight: 3,
    arbitrary: some(
      {
        ...ROUTE,
        ...MATCHES,
        protocols: protocols('http', 'https'),
        methods: fc.option(fc.shuffledSubarray(['GET', 'POST', 'PATCH', 'CUSTOM'])),
        strip_path: fc.boolean(),
      },
      ['paths'],
    ),
  },
  some({ ...ROUTE, ...MATCHES, protocols: fc.constant(['https']), snis }, ['protocols', 'snis']),
  some({ ...ROUTE, ...MATCHES, protocols: protocols('grpc', 'grpcs') }, ['protocols', 'paths']),
  some(
    { ...ROUTE, protocols: protocols('tcp', 'udp'), sources: endpoints, destinations: endpoints },
    ['protocols', 'sources'],
  ),
  some({ ...ROUTE, protocols: fc.constant(['tls_passthrough']), snis }, ['protocols', 'snis']),
)

const statuses = fc.array(fc.integer({ min: 100, max: 999 }), { maxLength: 3 })
const counter = fc.nat(255)
const seconds = fc.oneof(fc.nat(65535), fc.constantFrom(0.5, 12.25))
const healthy = (isActive: boolean) =>
  some({ http_statuses: statuses, successes: counter, ...(isActive ? { interval: seconds } : {}) })
const unhealthy = (isActive: boolean) =>
  some({
    http_statuses: statuses,
    tcp_failures: counter,
    timeouts: counter,
    http_failures: counter,
    ...(isActive ? { interval: seconds } : {}),
  })
const probe = fc.constantFrom('tcp', 'http', 'https', 'grpc', 'grpcs')

const healthchecks = some({
  threshold: fc.oneof(fc.nat(100), fc.constantFrom(0.5, 99.75)),
  active: some({
    type: probe,
    timeout: seconds,
    concurrency: fc.integer({ min: 1, max: 2 ** 31 }),
    http_path: path,
    https_sni: fc.option(hostName),
    https_verify_certificate: fc.boolean(),
    headers: fc.option(
      fc.dictionary(headerName, words, { minKeys: 1, maxKeys: 2, noNullPrototype: true }),
    ),
    healthy: healthy(true),
    unhealthy: unhealthy(true),
  }),
  passive: some({ type: probe, healthy: healthy(false), unhealthy: unhealthy(false) }),
})

const HASHING: readonly Document[] = [
  {},
  { algorithm: 'round-robin' },
  { algorithm: 'least-connections' },
  { algorithm: 'latency' },
  { hash_on: 'consumer', hash_fallback: 'ip' },
  { hash_on: 'ip' },
  { hash_on: 'header', hash_on_header: 'X-User', hash_fallback: 'path' },
  { hash_on: 'header', hash_on_header: 'a', hash_fallback: 'header', hash_fallback_header: 'b' },
  { algorithm: 'consistent-hashing', hash_on: 'cookie', hash_on_cookie: 'session' },
  { hash_on: 'query_arg', hash_on_query_arg: 'user id', hash_fallback: 'consumer' },
  { hash_on: 'uri_capture', hash_on_uri_capture: 'major' },
  { hash_on: 'path', hash_fallback: 'query_arg', hash_fallback_query_arg: 'q' },
]

/** Upstreams of every way to choose a target. */
export const upstream: fc.Arbitrary<Document> = fc
  .tuple(
    some(
      {
        name: hostName,
        slots: fc.integer({ min: 10, max: 65536 }),
        hash_on_cookie_path: path,
        host_header: fc.option(host),
        client_certificate: fc.option(reference('certificates')),
        use_srv_name: fc.boolean(),
        healthchecks,
        tags,
      },
      ['name'],
    ),
    fc.constantFrom(...HASHING),
  )
  .map(([fields, hashing]) => ({ ...fields, ...hashing }))

/** Targets of the upstream in the path. */
export const target: fc.Arbitrary<Document> = some(
  {
    target: fc.oneof(
      hostName,
      fc.tuple(fc.oneof(hostName, ipV4), port).map((parts) => parts.join(':')),
      ipV6,
      fc.tuple(ipV6, port).map(([address, number]) => `[${address}]:${number}`),
    ),
    weight: fc.nat(65535),
    tags,
  },
  ['target'],
)
