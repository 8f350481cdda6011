import fc from 'fast-check'
import {
  type Document,
  headerName,
  host,
  name,
  path,
  port,
  reference,
  some,
  tags,
  text,
  words,
} from './valid-values.ts'

const CANARY = {
  duration: fc.oneof(fc.nat(1_000_000), fc.constantFrom(0.5, 3153600000)),
  start: fc.option(fc.oneof(fc.nat(4_000_000_000), fc.constant(1700000000.5))),
  percentage: fc.option(fc.oneof(fc.nat(100), fc.constantFrom(0.1, 33.333))),
  steps: fc.integer({ min: 1, max: 2 ** 32 }),
  always_groups: fc.option(words),
  never_groups: fc.option(words),
  salt: fc.option(text),
  upstream_host: host,
  upstream_port: fc.option(port),
  upstream_uri: fc.option(path),
  upstream_fallback: fc.boolean(),
  canary_by_header_name: fc.option(headerName),
  safety_net: fc.boolean(),
  safety_net_statuses: fc.uniqueArray(fc.integer({ min: 400, max: 599 }), { maxLength: 5 }),
  drain: fc.constantFrom('keep', 'close_after'),
  drain_after: fc.integer({ min: 0, max: 604_800 }),
  variant_header: fc.option(headerName),
} as const

const canaryConfig = fc.oneof(
  some({ ...CANARY, hash: fc.constantFrom('consumer', 'ip', 'none') }, ['upstream_host']),
  some({ ...CANARY, hash: fc.constant('header'), hash_header: headerName }, [
    'upstream_host',
    'hash',
    'hash_header',
  ]),
  some({ ...CANARY, hash: fc.constant('cookie'), hash_cookie: fc.constant('visitor') }, [
    'upstream_host',
    'hash',
    'hash_cookie',
  ]),
  some(
    { ...CANARY, hash: fc.constantFrom('allow', 'deny', 'whitelist', 'blacklist'), groups: words },
    ['upstream_host', 'hash', 'groups'],
  ),
)

const keyAuthConfig = some({
  key_names: fc.array(headerName, { minLength: 1, maxLength: 2 }),
  key_in_header: fc.boolean(),
  key_in_query: fc.boolean(),
  key_in_body: fc.constant(false),
  hide_credentials: fc.boolean(),
  anonymous: fc.option(text),
  run_on_preflight: fc.boolean(),
  realm: fc.option(text),
})

const aclConfig = fc.oneof(
  some({ allow: words, hide_groups_header: fc.boolean() }, ['allow']),
  some({ deny: words, always_use_authenticated_groups: fc.boolean() }, ['deny']),
)

const requestSizeConfig = some({
  allowed_payload_size: fc.option(fc.nat(2 ** 31 - 1)),
  size_unit: fc.constantFrom('megabytes', 'kilobytes', 'bytes'),
  require_content_length: fc.boolean(),
})

const node = some(
  { host, port: fc.option(fc.integer({ min: 1, max: 65535 })), weight: fc.nat(65535) },
  ['host', 'weight'],
)

/** Without what forms cannot say: nodes as an object of numbers, and lists within lists. */
const inlineUpstream = some(
  {
    name: fc.option(name),
    type: fc.constantFrom('roundrobin', 'least_conn', 'ewma'),
    nodes: fc.array(node, { maxLength: 3 }),
    scheme: fc.constantFrom('http', 'https'),
    pass_host: fc.constantFrom('pass', 'node'),
    retries: fc.option(fc.nat(5)),
    timeout: fc.option(fc.constant({ connect: 0.5, send: 1, read: 60 })),
    checks: fc.option(fc.constant({ active: { type: 'tcp', healthy: { interval: 3600 } } })),
  },
  ['nodes'],
)

const splitRule = some({
  match: fc.option(fc.constantFrom([], [{ vars: [] }])),
  weighted_upstreams: fc.array(
    some({ upstream: fc.option(inlineUpstream), weight: fc.nat(2 ** 31 - 1) }),
    { minLength: 1, maxLength: 3 },
  ),
  sticky: fc.option(
    fc.oneof(
      some({ by: fc.constantFrom('consumer', 'ip'), salt: fc.option(text) }, ['by']),
      some({ by: fc.constant('header'), header: headerName }, ['by', 'header']),
    ),
  ),
})

const trafficSplitConfig = some({ rules: fc.option(fc.array(splitRule, { maxLength: 2 })) })

const PLUGIN = {
  instance_name: fc.option(name),
  enabled: fc.boolean(),
  protocols: fc.constantFrom(['https', 'http'], ['http', 'grpc']),
  service: fc.option(reference('services')),
  route: fc.option(reference('routes')),
  tags,
}

/** Every plugin, on a service, a route, both or neither. */
export const plugin: fc.Arbitrary<Document> = fc.oneof(
  some({ ...PLUGIN, name: fc.constant('canary'), config: canaryConfig }, ['name', 'config']),
  some({ ...PLUGIN, name: fc.constant('key-auth'), config: keyAuthConfig }, ['name']),
  some({ ...PLUGIN, name: fc.constant('acl'), config: aclConfig }, ['name', 'config']),
  some({ ...PLUGIN, name: fc.constant('request-size-limiting'), config: requestSizeConfig }, [
    'name',
  ]),
  some({ ...PLUGIN, name: fc.constant('traffic-split'), config: trafficSplitConfig }, ['name']),
)
