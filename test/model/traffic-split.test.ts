import { describe, expect, test } from 'vitest'
import { PLUGIN_DEFINITION } from '../../src/model/plugin.ts'
import { OTHER_ID, parse, problems, SOME_ID } from './entity-input.ts'

const split = (config: object) => {
  const plugin = parse('plugins', { name: 'traffic-split', config })
  if (plugin.name !== 'traffic-split') throw new Error('another plugin')
  return plugin
}

const splitProblems = (config: object) => problems('plugins', { name: 'traffic-split', config })

const withItem = (item: object) => ({ rules: [{ weighted_upstreams: [item] }] })
const withUpstream = (upstream: object) =>
  withItem({ upstream: { nodes: { 'a.test:80': 1 }, ...upstream } })
const EMPTY = { upstream: { nodes: [] } }
const withNodes = (count: number) => ({
  upstream: { nodes: new Array(count).fill({ host: 'a.test', weight: 1 }) },
})
const ITEM = 'config.rules.0.weighted_upstreams.0'
const UPSTREAM = `${ITEM}.upstream`

describe('defaults', () => {
  test.each([
    [{}, null],
    [{ rules: [] }, []],
    [
      { rules: [{}] },
      [
        {
          match: null,
          weighted_upstreams: [{ upstream_id: null, upstream: null, weight: 1 }],
          sticky: null,
        },
      ],
    ],
    [
      { rules: [{ match: [{ vars: [] }], weighted_upstreams: [{}], sticky: { by: 'ip' } }] },
      [
        {
          match: [{ vars: [] }],
          weighted_upstreams: [{ upstream_id: null, upstream: null, weight: 1 }],
          sticky: { by: 'ip', header: null, cookie: null, salt: null },
        },
      ],
    ],
  ])('of %j', (config, rules) => {
    expect(split(config).config.rules).toEqual(rules)
  })

  test('of an inline upstream', () => {
    expect(split(withUpstream({ checks: { active: {} } })).config.rules?.[0]).toMatchObject({
      weighted_upstreams: [
        {
          upstream: {
            type: 'roundrobin',
            nodes: [{ host: 'a.test', port: 80, weight: 1, priority: 0 }],
            hash_on: 'vars',
            key: null,
            scheme: 'http',
            pass_host: 'pass',
            upstream_host: null,
            timeout: null,
            retries: null,
            tls: null,
            checks: {
              passive: null,
              active: {
                type: 'http',
                timeout: 1,
                http_path: '/',
                healthy: { interval: 1, successes: 2, http_statuses: [200, 302] },
                unhealthy: { interval: 1, http_failures: 5, tcp_failures: 2, timeouts: 3 },
              },
            },
          },
        },
      ],
    })
  })

  test('of an inline upstream of passive checks', () => {
    const { config } = split(withUpstream({ checks: { active: {}, passive: {} } }))
    expect(config.rules?.[0]?.weighted_upstreams[0]?.upstream?.checks?.passive).toMatchObject({
      type: 'http',
      healthy: { successes: 5 },
      unhealthy: { http_failures: 5, tcp_failures: 2, timeouts: 7, http_statuses: [429, 500, 503] },
    })
  })
})

describe('nodes', () => {
  test.each([
    [{}, []],
    [[], []],
    [
      { 'a.test': 2, '127.0.0.1:8080': 0, '[::1]:81': 1 },
      [
        { host: 'a.test', port: null, weight: 2, priority: 0 },
        { host: '127.0.0.1', port: 8080, weight: 0, priority: 0 },
        { host: '::1', port: 81, weight: 1, priority: 0 },
      ],
    ],
    [
      [{ host: 'a.test', port: 1, weight: 3 }],
      [{ host: 'a.test', port: 1, weight: 3, priority: 0 }],
    ],
  ])('%j are stored as a list', (nodes, list) => {
    const { config } = split(withUpstream({ nodes }))
    expect(config.rules?.[0]?.weighted_upstreams[0]?.upstream?.nodes).toEqual(list)
  })
})

describe('refused with the field', () => {
  test.each([
    [{ rule: [] }, { 'config.rule': 'unknown field (did you mean "rules"?)' }],
    [{ rules: {} }, { 'config.rules': 'expected an array' }],
    [{ rules: [{ matches: [] }] }, { 'config.rules.0.matches': expect.any(String) }],
    [{ rules: [{ match: [{}] }] }, { 'config.rules.0.match.0.vars': 'required field missing' }],
    [{ rules: [{ match: [{ vars: 1 }] }] }, { 'config.rules.0.match.0.vars': 'expected an array' }],
    [
      { rules: [{ weighted_upstreams: [] }] },
      { 'config.rules.0.weighted_upstreams': 'length must be at least 1' },
    ],
    [
      { rules: [{ weighted_upstreams: new Array(21).fill({}) }] },
      { 'config.rules.0.weighted_upstreams': 'length must be at most 20' },
    ],
    [{ rules: new Array(101).fill({}) }, { 'config.rules': 'length must be at most 100' }],
    [
      { rules: [{ match: new Array(101).fill({ vars: [] }) }] },
      { 'config.rules.0.match': 'length must be at most 100' },
    ],
    [
      { rules: new Array(11).fill({ weighted_upstreams: new Array(2).fill(EMPTY) }) },
      { 'config.rules': expect.stringContaining('there are 22 inline upstreams in all rules') },
    ],
    [
      { rules: new Array(3).fill({ weighted_upstreams: [withNodes(67)] }) },
      { 'config.rules': expect.stringContaining('there are 201 nodes of inline upstreams') },
    ],
    [withItem({ weight: -1 }), { [`${ITEM}.weight`]: 'value should be between 0 and 2147483647' }],
    [withItem({ weight: 1.5 }), { [`${ITEM}.weight`]: 'expected an integer' }],
    [
      withItem({ upstream_id: 'a/b' }),
      {
        [`${ITEM}.upstream_id`]:
          "invalid value: a/b (letters, digits, '-', '_' and '.' are allowed)",
      },
    ],
    [withItem({ upstream: {} }), { [`${UPSTREAM}.nodes`]: 'required field missing' }],
    [withUpstream({ nodes: { 'a b': 1 } }), { [`${UPSTREAM}.nodes.0.host`]: 'invalid value: a b' }],
    [
      withUpstream({ nodes: { '169.254.169.254:80': 1 } }),
      { [`${UPSTREAM}.nodes.0.host`]: expect.stringContaining('metadata') },
    ],
    [
      withUpstream({ nodes: [{ host: 'a.test', weight: 1, priority: 1 }] }),
      { [`${UPSTREAM}.nodes.0.priority`]: expect.stringContaining('must be 0') },
    ],
    [
      withUpstream({ type: 'fastest' }),
      { [`${UPSTREAM}.type`]: 'expected one of: roundrobin, chash, least_conn, ewma' },
    ],
    [withUpstream({ type: 'chash' }), { [`${UPSTREAM}.key`]: 'missing key' }],
    [
      withUpstream({ type: 'chash', key: 'server_name' }),
      {
        [`${UPSTREAM}.key`]:
          'invalid value: server_name (with hash_on vars: remote_addr, uri or arg_<name>)',
      },
    ],
    [
      withUpstream({ type: 'chash', hash_on: 'header', key: 'a b' }),
      { [`${UPSTREAM}.key`]: expect.stringContaining("bad header name 'a b'") },
    ],
    [withUpstream({ scheme: 'grpc' }), { [`${UPSTREAM}.scheme`]: 'expected one of: http, https' }],
    [
      withUpstream({ pass_host: 'rewrite' }),
      { [`${UPSTREAM}.upstream_host`]: 'required field missing' },
    ],
    [
      withUpstream({ timeout: { connect: 1 } }),
      {
        [`${UPSTREAM}.timeout.send`]: 'required field missing',
        [`${UPSTREAM}.timeout.read`]: 'required field missing',
      },
    ],
    [
      withUpstream({ checks: { passive: {} } }),
      { [`${UPSTREAM}.checks.active`]: 'required field missing' },
    ],
    [
      withUpstream({ checks: { active: { port: 99 } } }),
      { [`${UPSTREAM}.checks.active.port`]: expect.stringContaining('must be null') },
    ],
    [
      withUpstream({ checks: { active: { req_headers: ['x'] } } }),
      {
        [`${UPSTREAM}.checks.active.req_headers.0`]: "invalid value: x (expected 'Name: value')",
      },
    ],
    [
      withUpstream({ tls: { client_key: 'secret' } }),
      { [`${UPSTREAM}.tls.client_key`]: expect.stringContaining('client_cert_id') },
    ],
    [withUpstream({ keepalive_pool: {} }), { [`${UPSTREAM}.keepalive_pool`]: 'unknown field' }],
    [
      { rules: [{ sticky: { by: 'header' } }] },
      { 'config.rules.0.sticky.header': 'required field missing' },
    ],
    [
      { rules: [{ sticky: { by: 'cookie' } }] },
      { 'config.rules.0.sticky.cookie': 'required field missing' },
    ],
    [
      { rules: [{ sticky: { by: 'luck' } }] },
      { 'config.rules.0.sticky.by': 'expected one of: consumer, ip, header, cookie' },
    ],
  ])('%j', (config, expected) => {
    expect(splitProblems(config)).toEqual(expected)
  })
})

describe('the references of a traffic-split', () => {
  test('are its upstreams and certificates, but not those of what has no effect', () => {
    const tls = { client_cert_id: OTHER_ID }
    const inline = { nodes: [], tls }
    const plugin = split({
      rules: [
        { weighted_upstreams: [{ upstream_id: SOME_ID, upstream: inline }, { weight: 1 }] },
        { weighted_upstreams: [{ upstream: inline }] },
      ],
    })
    expect(PLUGIN_DEFINITION.references?.(plugin)).toEqual([
      {
        field: 'config.rules.weighted_upstreams.upstream_id',
        kind: 'upstreams',
        id: SOME_ID,
      },
      {
        field: 'config.rules.weighted_upstreams.upstream.tls.client_cert_id',
        kind: 'certificates',
        id: OTHER_ID,
      },
    ])
  })
})
