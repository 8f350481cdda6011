import { type Area, type Expectation, post, put, type Row } from './conformance.ts'
import { DOC, SPEC } from './sources.ts'
import { ID, wrongEntity, wrongField } from './values.ts'

type Input = Readonly<Record<string, unknown>>

const CANARY = { upstream_host: 'b.test' }

const CANARY_FIELDS: readonly (readonly [string, Input, string, string])[] = [
  ['percentage-high', { percentage: 101 }, 'percentage', 'value should be between 0 and 100'],
  ['percentage-low', { percentage: -1 }, 'percentage', 'value should be between 0 and 100'],
  ['percentage-type', { percentage: '10' }, 'percentage', 'expected a number'],
  ['start-type', { start: 'now' }, 'start', 'expected a number'],
  ['hash-header-type', { hash_header: 5 }, 'hash_header', 'expected a string'],
  ['groups-type', { groups: 'beta' }, 'groups', 'expected an array'],
  ['host-port', { upstream_host: 'b.test:80' }, 'upstream_host', 'must not have a port'],
  ['port-high', { upstream_port: 65536 }, 'upstream_port', 'value should be between 0 and 65535'],
  ['port-type', { upstream_port: '80' }, 'upstream_port', 'expected an integer'],
  ['uri-empty', { upstream_uri: '' }, 'upstream_uri', 'length must be at least 1'],
  ['fallback-type', { upstream_fallback: 'no' }, 'upstream_fallback', 'expected a boolean'],
  ['unknown', { foo: 1 }, 'foo', 'unknown field'],
]

const CANARY_TAKEN: readonly (readonly [string, Input])[] = [
  [
    'defaults',
    {
      percentage: null,
      start: null,
      duration: 3600,
      steps: 1000,
      hash: 'consumer',
      hash_header: null,
      groups: null,
      upstream_host: 'b.test',
      upstream_port: null,
      upstream_uri: null,
      upstream_fallback: false,
      canary_by_header_name: null,
    },
  ],
  ['percentage', { percentage: 0.1 }],
  ['bounds', { percentage: 100, steps: 1 }],
  ['timed', { start: 1_700_000_000, duration: 36_000, steps: 10 }],
  ['past-start', { start: 1 }],
  ['zero-duration', { duration: 0 }],
  ['header', { hash: 'header', hash_header: 'X-User' }],
  ['ip', { hash: 'ip' }],
  ['none', { hash: 'none' }],
  ['allow', { hash: 'allow', groups: ['beta'] }],
  ['deny', { hash: 'deny', groups: ['beta', 'staff'] }],
  ['whitelist', { hash: 'whitelist', groups: ['beta'] }],
  ['blacklist', { hash: 'blacklist', groups: ['beta'] }],
  ['port', { upstream_host: null, upstream_port: 8443 }],
  ['uri', { upstream_host: null, upstream_uri: '/v2' }],
  ['override', { canary_by_header_name: 'X-Canary' }],
]

/** Fields of plugins and of their configurations. */
export const PLUGIN_FIELDS: Area = {
  name: 'plugin-fields',
  title: 'Admin API: plugins and their configurations',
  rows: [
    {
      id: 'unknown-name',
      source: SPEC.plugins,
      title: 'An unknown plugin is refused',
      request: post('/plugins', { name: 'foo' }),
      expect: wrongField(
        'name',
        "plugin 'foo' not enabled; add it to the 'plugins' configuration property",
      ),
    },
    {
      id: 'no-name',
      source: SPEC.plugins,
      title: 'A plugin has a name',
      request: post('/plugins'),
      expect: wrongField('name', 'required field missing'),
    },
    {
      id: 'defaults',
      source: SPEC.pluginSchema,
      title: 'A plugin is global, enabled and for all HTTP protocols unless told otherwise',
      request: post('/plugins', { name: 'key-auth' }),
      expect: {
        status: 201,
        body: {
          enabled: true,
          protocols: ['grpc', 'grpcs', 'http', 'https'],
          service: null,
          route: null,
          consumer: null,
          instance_name: null,
          tags: null,
        },
      },
    },
    {
      id: 'protocols',
      source: SPEC.pluginSchema,
      title: 'Protocols that a plugin cannot serve are refused',
      request: post('/plugins', { name: 'key-auth', protocols: ['tcp'] }),
      expect: wrongField('protocols.1', 'expected one of: grpc, grpcs, http, https'),
    },
    {
      id: 'protocols-route',
      source: SPEC.plugins,
      title: 'A plugin on a route shares a protocol with it',
      given: [put('/routes/all', { paths: ['/'], protocols: ['https'] })],
      request: post('/routes/all/plugins', { name: 'key-auth', protocols: ['http'] }),
      expect: wrongField('protocols', "must match the associated route's protocols"),
    },
    {
      id: 'protocols-service',
      source: SPEC.plugins,
      title: 'A plugin on a service shares a protocol with one of its routes',
      given: [
        put('/services/shop', { host: 'a.test' }),
        put('/services/shop/routes/all', { paths: ['/'], protocols: ['https'] }),
      ],
      request: post('/services/shop/plugins', { name: 'key-auth', protocols: ['http'] }),
      expect: wrongField(
        'protocols',
        "must match the protocols of at least one route pointing to this Plugin's service",
      ),
    },
    {
      id: 'config-unknown',
      source: SPEC.plugins,
      title: 'An unknown field of config is refused',
      request: post('/plugins', { name: 'key-auth', config: { foo: true } }),
      expect: wrongField('config.foo', 'unknown field'),
    },
    {
      id: 'config-type',
      source: SPEC.pluginSchema,
      title: 'config is a record',
      request: post('/plugins', { name: 'key-auth', config: 'x' }),
      expect: wrongField('config', 'expected a record'),
    },
    {
      id: 'consumer-scope',
      source: SPEC.pluginSchema,
      title: 'A plugin that identifies consumers cannot be limited to one',
      given: [put(`/consumers/${ID.a}`, { username: 'bob' })],
      request: post('/plugins', { name: 'key-auth', consumer: { id: ID.a } }),
      expect: wrongField('consumer', 'value must be null'),
    },
    {
      id: 'instance-name',
      source: SPEC.plugins,
      title: 'An instance_name follows the rules of names',
      request: post('/plugins', { name: 'key-auth', instance_name: 'a/b' }),
      expect: { status: 400, body: { code: 2, fields: { instance_name: /only accepted ascii/ } } },
    },
    {
      id: 'key-auth-defaults',
      source: DOC.keyAuth,
      title: 'The defaults of key-auth are those of Kong',
      request: post('/plugins', { name: 'key-auth' }),
      expect: {
        status: 201,
        body: {
          config: {
            key_names: ['apikey'],
            key_in_header: true,
            key_in_query: true,
            key_in_body: false,
            hide_credentials: false,
            anonymous: null,
            run_on_preflight: true,
            realm: null,
          },
        },
      },
    },
    {
      id: 'key-auth-name',
      source: SPEC.keyAuthApi,
      title: 'A key name is a header name',
      request: post('/plugins', { name: 'key-auth', config: { key_names: ['hello\\world'] } }),
      expect: wrongField(
        'config.key_names.1',
        "bad header name 'hello\\world', allowed characters are A-Z, a-z, 0-9, '_', and '-'",
      ),
    },
    {
      id: 'key-auth-empty-names',
      source: DOC.keyAuth,
      title: 'There is at least one key name',
      request: post('/plugins', { name: 'key-auth', config: { key_names: [] } }),
      expect: wrongField('config.key_names', 'length must be at least 1'),
    },
    {
      id: 'acl-defaults',
      source: DOC.acl,
      title: 'The defaults of acl are those of Kong',
      request: post('/plugins', { name: 'acl', config: { allow: ['a'] } }),
      expect: {
        status: 201,
        body: {
          config: {
            allow: ['a'],
            deny: null,
            hide_groups_header: false,
            always_use_authenticated_groups: false,
          },
        },
      },
    },
    {
      id: 'request-size-limiting-defaults',
      source: DOC.requestSizeLimiting,
      title: 'The defaults of request-size-limiting are those of Kong',
      request: post('/plugins', { name: 'request-size-limiting' }),
      expect: {
        status: 201,
        body: {
          config: {
            allowed_payload_size: 128,
            size_unit: 'megabytes',
            require_content_length: false,
          },
        },
      },
    },
    {
      id: 'request-size-limiting-unit',
      source: DOC.requestSizeLimiting,
      title: 'Sizes are in megabytes, kilobytes or bytes',
      request: post('/plugins', {
        name: 'request-size-limiting',
        config: { size_unit: 'gigabytes' },
      }),
      expect: wrongField('config.size_unit', 'expected one of: megabytes, kilobytes, bytes'),
    },
    {
      id: 'request-size-limiting-consumer',
      source: DOC.requestSizeLimiting,
      title: 'request-size-limiting can be limited to a consumer',
      given: [put('/consumers/bob', { id: ID.b })],
      request: post('/consumers/bob/plugins', { name: 'request-size-limiting' }),
      expect: { status: 201, body: { consumer: { id: ID.b } } },
    },
    {
      id: 'acl-both',
      source: SPEC.aclApi,
      title: 'acl has allow or deny, not both',
      request: post('/plugins', { name: 'acl', config: { allow: ['a'], deny: ['b'] } }),
      expect: wrongEntity(
        "exactly one of these fields must be non-empty: 'config.allow', 'config.deny'",
      ),
    },
    {
      id: 'acl-neither',
      source: SPEC.aclApi,
      title: 'acl has allow or deny',
      request: post('/plugins', { name: 'acl' }),
      expect: { status: 400, body: { code: 2, fields: { '@entity': [/must be non-empty/] } } },
    },
    ...CANARY_FIELDS.map(([id, config, field, message]) =>
      canaryRow(`canary-${id}`, config, wrongField(`config.${field}`, message)),
    ),
    ...CANARY_TAKEN.map(([id, config]) =>
      canaryRow(`canary-takes-${id}`, id === 'defaults' ? {} : config, {
        status: 201,
        body: { config },
      }),
    ),
    canaryRow(
      'canary-no-upstream',
      { upstream_host: null },
      wrongEntity(
        "at least one of these fields must be non-empty: 'config.upstream_host', 'config.upstream_port', 'config.upstream_uri'",
      ),
    ),
    canaryRow(
      'canary-hash',
      { hash: 'cookie-jar' },
      {
        status: 400,
        body: { fields: { config: { hash: /^expected one of: .*consumer.*ip.*header.*none/ } } },
      },
    ),
    canaryRow(
      'canary-steps',
      { steps: 0 },
      { status: 400, body: { code: 2, fields: { config: { steps: /^value should be/ } } } },
    ),
    canaryRow(
      'canary-duration',
      { duration: -1 },
      { status: 400, body: { code: 2, fields: { config: { duration: /^value should be/ } } } },
    ),
    canaryRow(
      'canary-header-missing',
      { hash: 'header' },
      {
        status: 400,
        body: { code: 2, fields: { config: { hash_header: 'required field missing' } } },
      },
    ),
    {
      id: 'canary-null-start',
      source: DOC.canary,
      title: 'A start that is left out stays null',
      given: [put(`/plugins/${ID.a}`, { name: 'canary', config: CANARY })],
      request: { to: 'admin', method: 'GET', path: `/plugins/${ID.a}`, headers: {}, body: null },
      expect: { status: 200, body: { config: { start: null } } },
    },
    {
      id: 'canary-consumer',
      source: DOC.canary,
      title: 'canary cannot be limited to a consumer',
      given: [put(`/consumers/${ID.a}`, { username: 'bob' })],
      request: post('/plugins', { name: 'canary', config: CANARY, consumer: { id: ID.a } }),
      expect: wrongField('consumer', 'value must be null'),
    },
  ],
}

function canaryRow(id: string, config: Input, expect: Expectation): Row {
  const outcome = expect.status === 201 ? 'taken' : 'refused'
  return {
    id,
    source: DOC.canary,
    title: `canary with ${JSON.stringify(config)} is ${outcome}`,
    request: post('/plugins', { name: 'canary', config: { ...CANARY, ...config } }),
    expect,
  }
}
