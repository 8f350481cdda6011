import { describe, expect, test } from 'vitest'
import type { StoredEntity } from '../../src/model/entity.ts'
import { PLUGIN_DEFINITION } from '../../src/model/plugin.ts'
import { OTHER_ID, parse, problems, SOME_ID } from './entity-input.ts'

const canary = (config: object, fields: object = {}) =>
  parse('plugins', { name: 'canary', config: { upstream_host: 'v2', ...config }, ...fields })

const canaryProblems = (config: object) =>
  problems('plugins', { name: 'canary', config: { upstream_host: 'v2', ...config } })

describe('plugin', () => {
  test('has the fields and defaults of Kong', () => {
    expect(parse('plugins', { name: 'key-auth' })).toEqual({
      id: SOME_ID,
      created_at: 1700000000,
      updated_at: 1700000001,
      name: 'key-auth',
      instance_name: null,
      service: null,
      route: null,
      consumer: null,
      consumer_group: null,
      protocols: ['grpc', 'grpcs', 'http', 'https'],
      enabled: true,
      tags: null,
      ordering: null,
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
    })
  })

  test.each([
    [
      { name: 'rate-limiting' },
      {
        name: "plugin 'rate-limiting' not enabled; add it to the 'plugins' configuration property",
      },
    ],
    [
      { name: 'toString' },
      { name: "plugin 'toString' not enabled; add it to the 'plugins' configuration property" },
    ],
    [{}, { name: 'required field missing' }],
    [{ name: null }, { name: 'required field missing' }],
    [{ name: 1 }, { name: 'expected a string' }],
    [{ name: 'key-auth', config: null }, { config: 'required field missing' }],
    [{ name: 'key-auth', config: 'x' }, { config: 'expected a record' }],
    [{ name: 'key-auth', protocols: [] }, { protocols: 'length must be at least 1' }],
    [
      { name: 'key-auth', protocols: ['tcp'] },
      { 'protocols.0': 'expected one of: grpc, grpcs, http, https' },
    ],
    [{ name: 'key-auth', ordering: { before: {} } }, { ordering: 'value must be null' }],
    [{ name: 'key-auth', consumer: { id: OTHER_ID } }, { consumer: 'value must be null' }],
    [
      { name: 'key-auth', consumer_group: { id: OTHER_ID } },
      { consumer_group: 'value must be null' },
    ],
    [
      { name: 'key-auth', instance_name: 'a b' },
      {
        instance_name:
          "invalid value 'a b': the only accepted ascii characters are alphanumerics or ., -, _, and ~",
      },
    ],
    [{ name: 'key-auth', service: 'x' }, { service: 'expected a record' }],
    [{ name: 'key-auth', confg: {} }, { confg: 'unknown field (did you mean "config"?)' }],
    [
      { name: 'key-auth', config: { key_names: [] } },
      { 'config.key_names': 'length must be at least 1' },
    ],
    [
      { name: 'key-auth', config: { key_names: ['a b', null] } },
      {
        'config.key_names.0':
          "bad header name 'a b', allowed characters are A-Z, a-z, 0-9, '_', and '-'",
        'config.key_names.1': 'expected a string',
      },
    ],
  ])('%j is refused', (fields, expected) => {
    expect(problems('plugins', fields)).toEqual(expected)
  })
})

describe('acl plugin', () => {
  test.each([
    [{}],
    [{ allow: [] }],
    [{ allow: ['a'], deny: ['b'] }],
    [{ allow: null, deny: null }],
  ])('%j: exactly one of allow and deny must be given', (config) => {
    expect(problems('plugins', { name: 'acl', config })).toEqual({
      '@entity': "exactly one of these fields must be non-empty: 'config.allow', 'config.deny'",
    })
  })

  test('has the defaults of Kong', () => {
    expect(parse('plugins', { name: 'acl', config: { allow: ['a'], deny: [] } }).config).toEqual({
      allow: ['a'],
      deny: [],
      hide_groups_header: false,
      always_use_authenticated_groups: false,
    })
  })
})

describe('canary plugin', () => {
  test('has the documented defaults', () => {
    expect(canary({}).config).toEqual({
      percentage: null,
      start: null,
      duration: 3600,
      steps: 1000,
      hash: 'consumer',
      hash_header: null,
      hash_cookie: null,
      groups: null,
      always_groups: null,
      never_groups: null,
      salt: null,
      upstream_host: 'v2',
      upstream_port: null,
      upstream_uri: null,
      upstream_fallback: false,
      canary_by_header_name: null,
      safety_net: false,
      safety_net_statuses: [502, 503, 504],
      drain: 'keep',
      drain_after: 60,
      variant_header: 'Canary-Variant',
    })
  })

  test.each([
    ['percentage', -0.1, 'value should be between 0 and 100'],
    ['percentage', 101, 'value should be between 0 and 100'],
    ['percentage', '5', 'expected a number'],
    ['start', 1700000000000, 'value should be between 0 and 253402300799'],
    ['duration', -1, 'value should be between 0 and 3153600000'],
    ['duration', null, 'required field missing'],
    ['steps', 0, 'value should be between 1 and 4294967296'],
    ['steps', 1.5, 'expected an integer'],
    [
      'hash',
      'user',
      'expected one of: consumer, ip, header, cookie, none, allow, deny, whitelist, blacklist',
    ],
    ['groups', 'testers', 'expected an array'],
    ['upstream_host', 'v2:80', 'must not have a port'],
    ['upstream_port', 65536, 'value should be between 0 and 65535'],
    ['upstream_uri', '', 'length must be at least 1'],
    ['upstream_uri', 'v2', 'should start with: /'],
    ['upstream_fallback', null, 'required field missing'],
    [
      'canary_by_header_name',
      'x y',
      "bad header name 'x y', allowed characters are A-Z, a-z, 0-9, '_', and '-'",
    ],
    [
      'variant_header',
      'Content-Length',
      'invalid value: Content-Length (the header has a meaning of its own; use Canary-Variant or another X-… name)',
    ],
    ['safety_net', 'yes', 'expected a boolean'],
    ['safety_net_statuses', 503, 'expected a set'],
    ['drain', 'close', 'expected one of: keep, close_after'],
    ['drain_after', -1, 'value should be between 0 and 604800'],
    ['percentge', 5, 'unknown field (did you mean "percentage"?)'],
  ])('config.%s %j: %s', (field, value, message) => {
    expect(canaryProblems({ [field]: value })).toEqual({ [`config.${field}`]: message })
  })

  test.each([
    ['percentage', 0.01],
    ['percentage', 100],
    ['start', 0],
    ['duration', 0],
    ['steps', 4294967296],
    ['safety_net', true],
    ['safety_net_statuses', []],
    ['drain', 'close_after'],
    ['drain_after', 0],
    ['variant_header', null],
    ['salt', 'release 7'],
    ['groups', []],
    ['always_groups', ['staff']],
  ])('config.%s may be %j', (field, value) => {
    expect(canary({ [field]: value }).config).toHaveProperty(field, value)
  })

  test.each([[{}], [{ upstream_host: null }], [{ percentage: 5 }]])(
    '%j names no canary to send anyone to',
    (config) => {
      expect(problems('plugins', { name: 'canary', config })).toEqual({
        '@entity':
          "at least one of these fields must be non-empty: 'config.upstream_host', 'config.upstream_port', 'config.upstream_uri'",
      })
    },
  )

  test.each([[{ upstream_port: 8080 }], [{ upstream_port: 0 }], [{ upstream_uri: '/v2' }]])(
    '%j is enough of a canary',
    (config) => {
      expect(parse('plugins', { name: 'canary', config }).config).toMatchObject(config)
    },
  )

  test.each([
    ['header', 'hash_header', 'X-User'],
    ['cookie', 'hash_cookie', 'session'],
    ['allow', 'groups', ['testers']],
    ['deny', 'groups', ['testers']],
    ['whitelist', 'groups', ['testers']],
    ['blacklist', 'groups', ['testers']],
  ])('hash %s needs %s', (hash, field, value) => {
    const expected = {
      '@entity': "failed conditional validation given value of field 'config.hash'",
      [`config.${field}`]: 'required field missing',
    }
    expect(canaryProblems({ hash })).toEqual(expected)
    expect(canary({ hash, [field]: value }).config).toMatchObject({ hash, [field]: value })
  })

  test('an empty list of groups is none', () => {
    expect(canaryProblems({ hash: 'allow', groups: [] })).toMatchObject({
      'config.groups': 'required field missing',
    })
  })
})

describe('start of a timed canary without start', () => {
  const stored = (
    entity: StoredEntity<'plugins'>['entity'],
    timedSince?: number,
  ): StoredEntity<'plugins'> => ({
    kind: 'plugins',
    entity,
    internals: timedSince === undefined ? {} : { timedSince },
  })
  const internals = PLUGIN_DEFINITION.internals

  test('is when the plugin was created', () => {
    expect(internals?.(null, canary({}), 5000)).toEqual({ timedSince: 5000 })
  })

  test('stays while the plugin stays timed, whatever else changes', () => {
    const previous = stored(canary({}), 5000)
    expect(internals?.(previous, canary({ duration: 10, salt: 'x' }), 9000)).toEqual({
      timedSince: 5000,
    })
  })

  test('is now when a fixed percentage ends', () => {
    const previous = stored(canary({ percentage: 5 }))
    expect(internals?.(previous, canary({}), 9000)).toEqual({ timedSince: 9000 })
  })

  test('is now when the plugin is enabled again', () => {
    const disabled = canary({}, { enabled: false })
    expect(internals?.(stored(canary({}), 5000), disabled, 7000)).toEqual({})
    expect(internals?.(stored(disabled), canary({}), 9000)).toEqual({ timedSince: 9000 })
  })

  test('is now when groups no longer decide', () => {
    const previous = stored(canary({ hash: 'allow', groups: ['testers'] }))
    expect(internals?.(previous, canary({}), 9000)).toEqual({ timedSince: 9000 })
  })

  test.each([
    [{ percentage: 0 }],
    [{ start: 1700000000 }],
    [{ hash: 'allow', groups: ['a'] }],
    [{ hash: 'deny', groups: ['a'] }],
    [{ hash: 'blacklist', groups: ['a'] }],
  ])('is not kept for %j', (config) => {
    expect(internals?.(stored(canary({}), 5000), canary(config), 9000)).toEqual({})
  })

  test('is not kept for other plugins', () => {
    expect(internals?.(null, parse('plugins', { name: 'key-auth' }), 9000)).toEqual({})
  })
})
