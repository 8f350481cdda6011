import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { PEM } from '../support/pem.ts'
import { type Admin, startAdmin } from './admin-harness.ts'

const YAML = { 'content-type': 'application/yaml' }

let admin: Admin
let other: Admin

beforeEach(async () => {
  admin = await startAdmin()
  other = await startAdmin()
})
afterEach(async () => {
  await admin.close()
  await other.close()
})

const put = async (path: string, json: object): Promise<Record<string, string>> => {
  const answer = await admin.call('PUT', path, { json })
  expect(answer.status, `${path} ${answer.text}`).toBeLessThan(300)
  return answer.json
}
const post = async (path: string, json: object): Promise<Record<string, string>> => {
  const answer = await admin.call('POST', path, { json })
  expect(answer.status, `${path} ${answer.text}`).toBeLessThan(300)
  return answer.json
}
const dump = async (gateway: Admin, query = ''): Promise<string> =>
  (await gateway.call('GET', `/config${query}`)).json.config
const apply = (gateway: Admin, raw: string, query = '') =>
  gateway.call('POST', `/config${query}`, { raw, headers: YAML })

/** Applied to an empty gateway and to itself, the dump makes what it was made of. */
async function expectRoundTrip(): Promise<string> {
  const text = await dump(admin)
  const made = await apply(other, text)
  expect(made.status, made.text).toBe(201)
  expect(await dump(other)).toBe(text)
  const again = await apply(admin, text, '?dry_run=true')
  expect(again.json.changes).toEqual([])
  for (const kind of ['services', 'routes', 'upstreams', 'plugins', 'consumers', 'targets']) {
    const fields = (gateway: Admin) =>
      gateway
        .snapshot()
        .tables[kind as 'services'].map(({ entity }) => ({ ...entity, updated_at: 0 }))
        .toObject()
    expect(fields(other)).toEqual(fields(admin))
  }
  return text
}

describe('a dump that is applied to an empty gateway gives the same dump', () => {
  test('of every kind of entity, with every field set', async () => {
    const certificate = await post('/certificates', {
      ...PEM.shop,
      tags: ['c'],
      snis: ['shop.test', '*.shop.test'],
    })
    await post('/certificates', { cert: PEM.other.cert, key: PEM.other.key })
    const ca = await post('/ca_certificates', { cert: PEM.rootCa, tags: ['ca'] })
    await put('/upstreams/u', {
      algorithm: 'consistent-hashing',
      hash_on: 'header',
      hash_on_header: 'X-A',
      hash_fallback: 'cookie',
      hash_on_cookie: 'c',
      hash_on_cookie_path: '/p',
      slots: 50,
      slow_start: 0.5,
      circuit_breaker: { max_requests: 9, max_connections: 8, max_pending_requests: 7 },
      retry_budget: { percent: 5.5, min_concurrency: 1 },
      host_header: 'h.test',
      use_srv_name: true,
      client_certificate: { id: certificate.id },
      tags: ['t', 'ü'],
      healthchecks: {
        threshold: 20.5,
        active: {
          type: 'https',
          timeout: 2.5,
          concurrency: 3,
          http_path: '/up',
          https_sni: 'sni.test',
          https_verify_certificate: false,
          headers: { 'X-A': ['1', 'yes', 'null'] },
          healthy: { interval: 1.5, http_statuses: [201], successes: 2 },
          unhealthy: {
            interval: 2,
            http_statuses: [500],
            tcp_failures: 1,
            timeouts: 2,
            http_failures: 3,
          },
        },
        passive: {
          type: 'tcp',
          healthy: { http_statuses: [200], successes: 4 },
          unhealthy: { http_statuses: [], tcp_failures: 1, timeouts: 2, http_failures: 3 },
          recovery: 0,
          max_ejected_percent: 100,
        },
      },
    })
    await put('/upstreams/nulls', {
      slots: null,
      healthchecks: null,
      slow_start: null,
      hash_on_cookie_path: null,
      use_srv_name: null,
    })
    await put('/upstreams/inner-nulls', {
      healthchecks: { active: null, passive: { healthy: null, recovery: null } },
    })
    await post('/upstreams/u/targets', { target: '[::1]:80', weight: 0, tags: ['x'] })
    await post('/upstreams/u/targets', { target: '10.0.0.1' })
    await put('/services/shop', {
      url: 'https://u:8443/base',
      retries: 0,
      connect_timeout: 1,
      write_timeout: 2,
      read_timeout: 2147483646,
      tls_verify: false,
      tls_verify_depth: 3,
      enabled: false,
      ca_certificates: [ca.id],
      client_certificate: { id: certificate.id },
      tags: [
        'null',
        'yes',
        '0x1f',
        '1e3',
        '~',
        ' a ',
        "it's",
        '"',
        '# no',
        'a: b',
        '- x',
        '日本',
        '\u2028',
      ],
    })
    await put('/services/yes', { host: 'no' })
    await put('/routes/r', {
      hosts: ['*.a.test', 'b.test:81'],
      paths: ['/a', '~/v\\d+/(?<id>[a-z]+)$'],
      methods: ['GET', 'PURGE'],
      headers: { 'X-A': ['1', '2'], on: ['off'] },
      snis: ['shop.test'],
      protocols: ['https'],
      regex_priority: 5,
      strip_path: false,
      path_handling: 'v1',
      preserve_host: true,
      request_buffering: false,
      response_buffering: false,
      https_redirect_status_code: 308,
      service: { name: 'shop' },
      tags: [],
    })
    await put('/routes/grpc', { paths: ['/'], protocols: ['grpc'] })
    await put('/routes/free', { paths: ['/free'] })
    await put('/consumer_groups/gold', { tags: ['g'] })
    await put('/consumer_groups/silver', {})
    await put('/consumers/anna', { custom_id: 'crm 1\'"', tags: ['a'] })
    const nameless = await post('/consumers', { custom_id: '007' })
    await post('/consumers/anna/acls', { group: 'beta testers', tags: ['a'] })
    await post('/consumers/anna/key-auth', { key: 'k: 1', tags: ['a'], ttl: 1000 })
    await post('/consumers/anna/key-auth', {})
    await post(`/consumers/${nameless.id}/basic-auth`, { username: 'anna', password: 'yes' })
    await post('/consumers/anna/jwt', { algorithm: 'HS512', secret: 'a\\b' })
    await post('/consumers/anna/jwt', {})
    await post('/consumer_groups/gold/consumers', { consumer: ['anna', nameless.id] })
    await post('/plugins', {
      name: 'key-auth',
      enabled: false,
      instance_name: 'k',
      config: { key_names: ['a'], hide_credentials: true, anonymous: nameless.id, realm: 'r' },
    })
    await post('/routes/r/plugins', {
      name: 'acl',
      protocols: ['https'],
      config: { deny: ['x'], hide_groups_header: true },
    })
    await post('/services/shop/plugins', {
      name: 'canary',
      tags: ['t'],
      config: {
        start: 1700000000.5,
        duration: 0.25,
        steps: 4294967296,
        hash: 'cookie',
        hash_cookie: 'c',
        salt: '1',
        upstream_host: 'u',
        upstream_port: 1,
        upstream_uri: '/x',
        variant_header: null,
        drain: 'close_after',
        drain_after: 1.5,
        safety_net: true,
        safety_net_statuses: [500],
        never_groups: ['n'],
        always_groups: [],
      },
    })
    await post('/routes/r/plugins', {
      name: 'canary',
      service: { name: 'yes' },
      config: { percentage: 33.333, hash: 'whitelist', groups: ['beta'], upstream_host: 'u' },
    })
    await post('/plugins', {
      name: 'request-size-limiting',
      consumer: { username: 'anna' },
      route: { name: 'r' },
      service: { name: 'shop' },
      config: { allowed_payload_size: 1 },
    })
    await post('/plugins', {
      name: 'request-size-limiting',
      consumer_group: { name: 'gold' },
      service: { name: 'shop' },
      config: { size_unit: 'bytes', require_content_length: true },
    })
    await post('/plugins', {
      name: 'traffic-split',
      config: {
        rules: [
          {
            match: [
              {
                vars: [
                  'OR',
                  ['arg_a', '~~', '^x+$'],
                  ['!AND', ['http_x', '==', null], ['arg_b', 'in', ['1', 2, true]]],
                ],
              },
            ],
            weighted_upstreams: [
              { upstream_id: 'u', weight: 3 },
              { weight: 0 },
              {
                upstream: {
                  nodes: { '10.0.0.9:80': 1, 'b.test:81': 0 },
                  type: 'chash',
                  hash_on: 'header',
                  key: 'X-K',
                  checks: { active: { http_path: '/h' } },
                  retries: 1,
                  timeout: { connect: 0.5, send: 1, read: 2 },
                },
              },
            ],
            sticky: { by: 'header', header: 'X-U', salt: 's' },
          },
        ],
      },
    })
    const text = await expectRoundTrip()
    expect(text).not.toMatch(/[&*]a\d/)
  })

  test('of what was written in the dialect of APISIX', async () => {
    const apisix = '/apisix/admin'
    await put(`${apisix}/upstreams/1`, {
      nodes: { '10.0.0.1:80': 1 },
      type: 'chash',
      key: 'remote_addr',
      scheme: 'https',
      pass_host: 'rewrite',
      upstream_host: 'h.test',
      retries: 0,
      timeout: { connect: 1, send: 2, read: 3 },
      labels: { a: 'b' },
      desc: 'd',
    })
    await put(`${apisix}/upstreams/2`, {
      nodes: [{ host: '10.0.0.2', port: 80, weight: 0 }],
      checks: { active: { http_path: '/up' } },
    })
    await put(`${apisix}/services/1`, {
      upstream_id: '1',
      hosts: ['a.test'],
      plugins: { 'key-auth': {} },
    })
    await put(`${apisix}/services/2`, { upstream: { nodes: { '10.0.0.3:80': 1 } } })
    await put(`${apisix}/plugin_configs/1`, {
      plugins: {
        'traffic-split': {
          rules: [{ weighted_upstreams: [{ upstream_id: '2', weight: 1 }, { weight: 1 }] }],
        },
      },
      desc: 'shared',
    })
    await put(`${apisix}/routes/1`, {
      uri: '/one/*',
      upstream_id: '2',
      priority: 7,
      vars: [['arg_x', '==', '1']],
      remote_addrs: ['10.0.0.0/8'],
      status: 0,
      methods: ['GET'],
    })
    await put(`${apisix}/routes/2`, {
      uris: ['/two'],
      upstream: { nodes: { '10.0.0.4:80': 1 } },
      timeout: { connect: 1, send: 1, read: 1 },
    })
    await put(`${apisix}/routes/3`, {
      uri: '/three',
      service_id: '2',
      plugin_config_id: '1',
      host: '*.b.test',
      enable_websocket: true,
      name: 'three',
    })
    await put(`${apisix}/consumer_groups/g`, {
      plugins: { 'request-size-limiting': { allowed_payload_size: 1 } },
    })
    await put(`${apisix}/consumers`, {
      username: 'jack',
      group_id: 'g',
      plugins: { 'key-auth': { key: 'k' } },
    })
    await expectRoundTrip()
    const removed = await apply(admin, '_format_version: "3.0"')
    expect(removed.status, removed.text).toBe(201)
    expect(await dump(admin)).toBe('_format_version: "3.0"\n')
  })

  test('with select tags, though what it refers to is not in it', async () => {
    await put('/services/theirs', { host: 'a.test' })
    await put('/routes/mine', { paths: ['/a'], service: { name: 'theirs' }, tags: ['mine'] })
    await put('/consumers/theirs', {})
    await post('/consumers/theirs/acls', { group: 'g', tags: ['mine'] })
    await put('/consumer_groups/theirs', {})
    const text = await dump(admin, '?select_tags=mine')
    expect((await apply(admin, text, '?dry_run=true')).json.changes).toEqual([])
    await apply(admin, '_format_version: "3.0"', '?select_tags=mine')
    expect((await apply(admin, text)).json.counts).toMatchObject({ created: 2, deleted: 0 })
    expect(await dump(admin, '?select_tags=mine')).toBe(text)
  })
})

describe('a file names upstreams of a traffic-split', () => {
  const file = (first: string) => `_format_version: "3.0"
upstreams: [{name: blue}, {name: green}]
plugins:
- name: traffic-split
  config:
    rules: [{weighted_upstreams: [{upstream_id: ${first}, weight: 1}, {weight: 1}]}]
`

  test('and makes no difference the second time', async () => {
    expect((await apply(admin, file('green'))).json.counts).toMatchObject({ created: 3 })
    expect((await apply(admin, file('green'), '?dry_run=true')).json.changes).toEqual([])
    const { changes } = (await apply(admin, file('blue'), '?dry_run=true')).json
    expect(changes).toHaveLength(1)
  })

  test('of which one that does not exist is told by a comparison too', async () => {
    const { status, json } = await apply(admin, file('red'), '?dry_run=true')
    expect(status).toBe(400)
    expect(json.message).toContain(
      "line 4, plugins.1.config.rules.1.weighted_upstreams.1.upstream_id: 'red' is none of the upstreams in this file",
    )
  })
})

test('two targets of an upstream swap their addresses, and two plugins their places', async () => {
  const ids = [1, 2, 3, 4].map((n) => `aaaaaaaa-0000-4000-8000-00000000000${n}`)
  const file = (a: string, b: string) => `_format_version: "3.0"
upstreams:
- name: u
  targets: [{id: ${ids[0]}, target: "${a}:80"}, {id: ${ids[1]}, target: "${b}:80"}]
services: [{name: ${a}, host: a.test}, {name: ${b}, host: b.test}]
plugins:
- {id: ${ids[2]}, name: key-auth, service: ${a}}
- {id: ${ids[3]}, name: key-auth, service: ${b}}
`
  expect((await apply(admin, file('one', 'two'))).status).toBe(201)
  const swapped = await apply(admin, file('two', 'one'))
  expect(swapped.status, swapped.text).toBe(201)
  expect((await admin.call('GET', `/upstreams/u/targets/${ids[0]}`)).json.target).toBe('two:80')
})
