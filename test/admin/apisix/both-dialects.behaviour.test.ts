import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ApisixAdmin, startApisixAdmin } from './apisix-admin.ts'

/**
 * What is written in one dialect and read in the other, with every field that the other has no words for: the answer
 * names them, and writing the answer back changes nothing.
 */
let admin: ApisixAdmin
beforeEach(async () => {
  admin = await startApisixAdmin()
})
afterEach(() => admin.close())

const kong = async (method: string, path: string, json?: object) => {
  const answer = await admin.call(method, path, json === undefined ? {} : { json })
  expect(answer.status, answer.text).toBeLessThan(300)
  return answer.json
}
const apisix = async (method: string, path: string, json?: object) => {
  const answer = await admin.apisix(method, path, json)
  expect(answer.status, answer.text).toBeLessThan(300)
  return answer.json
}

/** Writes what is shown back, as it is. */
async function putBack(path: string): Promise<void> {
  const { create_time: _c, update_time: _u, ...value } = (await apisix('GET', path)).value
  await apisix('PUT', path, value)
}

const withoutTime = ({ updated_at: _, apisix: _a, ...fields }: Record<string, unknown>) => fields

/** Fields that say something. */
const said = (fields: Readonly<Record<string, unknown>>) =>
  Object.keys(fields)
    .filter((name) => fields[name] !== null)
    .sort()

describe("what Kong's dialect wrote, in that of APISIX", () => {
  it('of an upstream', async () => {
    const { id } = await kong('PUT', '/upstreams/u', {
      hash_on: 'header',
      hash_on_header: 'X-A',
      hash_fallback: 'cookie',
      hash_on_cookie: 'c',
      hash_on_cookie_path: '/p',
      slots: 50,
      slow_start: 3,
      circuit_breaker: { max_requests: 9 },
      retry_budget: { percent: 5 },
      healthchecks: { threshold: 20, passive: { unhealthy: { tcp_failures: 3 } } },
      host_header: 'h.test',
      use_srv_name: true,
      tags: ['t'],
    })
    await kong('POST', '/upstreams/u/targets', { target: '10.0.0.1:80', weight: 5 })
    const before = await kong('GET', '/upstreams/u')
    const { value } = await apisix('GET', `/upstreams/${id}`)
    expect(value).toMatchObject({
      name: 'u',
      type: 'chash',
      hash_on: 'header',
      key: 'X-A',
      pass_host: 'rewrite',
      upstream_host: 'h.test',
      nodes: [{ host: '10.0.0.1', port: 80, weight: 5 }],
    })
    expect(said(value.kong)).toEqual([
      'as_service_and_route',
      'circuit_breaker',
      'hash_fallback',
      'hash_on_cookie',
      'hash_on_cookie_path',
      'healthchecks',
      'retry_budget',
      'slots',
      'slow_start',
      'tags',
      'use_srv_name',
    ])
    await putBack(`/upstreams/${id}`)
    expect(withoutTime(await kong('GET', '/upstreams/u'))).toEqual(withoutTime(before))
  })

  it('of a service', async () => {
    await kong('PUT', '/upstreams/u', {})
    const { id } = await kong('PUT', '/services/s', {
      host: 'u',
      protocol: 'https',
      port: 8443,
      path: '/v1',
      retries: 2,
      read_timeout: 7000,
      tls_verify: false,
      tls_verify_depth: 3,
      enabled: false,
      tags: ['t'],
    })
    await kong('POST', '/services/s/plugins', { name: 'key-auth', instance_name: 'k' })
    const before = await kong('GET', '/services/s')
    const { value } = await apisix('GET', `/services/${id}`)
    expect(value).toMatchObject({
      name: 's',
      upstream_id: expect.any(String),
      plugins: { 'key-auth': {} },
    })
    expect(said(value.kong)).toEqual([
      'enabled',
      'path',
      'plugins',
      'port',
      'protocol',
      'read_timeout',
      'retries',
      'tags',
      'tls_verify',
      'tls_verify_depth',
    ])
    await putBack(`/services/${id}`)
    expect(withoutTime(await kong('GET', '/services/s'))).toEqual(withoutTime(before))
    expect((await kong('GET', '/services/s/plugins')).data[0].instance_name).toBe('k')
  })

  it('of a route', async () => {
    await kong('PUT', '/services/s', { host: 'a.test' })
    const { id } = await kong('PUT', '/services/s/routes/r', {
      protocols: ['https'],
      hosts: ['a.*', 'b.test:81'],
      methods: ['GET'],
      paths: ['/a', '~/b'],
      headers: { 'x-a': ['1'] },
      snis: ['a.test'],
      regex_priority: 4,
      strip_path: false,
      path_handling: 'v1',
      preserve_host: true,
      https_redirect_status_code: 301,
      request_buffering: false,
      response_buffering: false,
      tags: ['t'],
    })
    const before = await kong('GET', '/routes/r')
    const { value } = await apisix('GET', `/routes/${id}`)
    expect(value).toMatchObject({
      name: 'r',
      uris: ['/a*'],
      methods: ['GET'],
    })
    expect(said(value.kong)).toEqual([
      'headers',
      'hosts',
      'https_redirect_status_code',
      'path_handling',
      'paths',
      'preserve_host',
      'protocols',
      'regex_priority',
      'request_buffering',
      'response_buffering',
      'snis',
      'strip_path',
      'tags',
    ])
    await putBack(`/routes/${id}`)
    expect(withoutTime(await kong('GET', '/routes/r'))).toEqual(withoutTime(before))
  })

  it('of a consumer, a credential and a group', async () => {
    await kong('PUT', '/consumers/c', { custom_id: 'x', tags: ['t'] })
    await kong('POST', '/consumers/c/acls', { group: 'testers' })
    await kong('PUT', '/consumer_groups/g', { tags: ['t'] })
    await kong('POST', '/consumers/c/consumer_groups', { group: 'g' })
    const { id } = await kong('POST', '/consumers/c/key-auth', { key: 'k', ttl: 9, tags: ['t'] })
    expect(said((await apisix('GET', '/consumers/c')).value.kong)).toEqual([
      'acls',
      'consumer_groups',
      'custom_id',
      'tags',
    ])
    expect(said((await apisix('GET', `/consumers/c/credentials/${id}`)).value.kong)).toEqual([
      'tags',
      'ttl',
    ])
    expect(said((await apisix('GET', '/consumer_groups/g')).value.kong)).toEqual(['tags'])
    const before = await kong('GET', '/consumers/c')
    for (const path of ['/consumers/c', '/consumer_groups/g', `/consumers/c/credentials/${id}`])
      await putBack(path)
    expect(withoutTime(await kong('GET', '/consumers/c'))).toEqual(withoutTime(before))
    expect((await kong('GET', '/consumers/c/consumer_groups')).data).toHaveLength(1)
    expect((await kong('GET', '/consumers/c/key-auth')).data).toMatchObject([
      { key: 'k', ttl: 9, tags: ['t'] },
    ])
  })
})

describe("what APISIX's answers have under kong", () => {
  const refusal = async (method: string, path: string, json: object) => {
    const answer = await admin.apisix(method, path, json)
    expect(answer.status, answer.text).toBe(400)
    return answer.json.error_msg
  }

  it('names all of a plugin, and may be written back but not changed there', async () => {
    const plugin = { name: 'key-auth', instance_name: 'k', protocols: ['https'], tags: ['t'] }
    const fields = { instance_name: 'k', protocols: ['https'], tags: ['t'] }
    await kong('PUT', '/services/s', { host: 'a.test' })
    const route = await kong('PUT', '/services/s/routes/r', { paths: ['/'] })
    const service = await kong('GET', '/services/s')
    await kong('PUT', '/consumer_groups/g', {})
    await kong('POST', '/services/s/plugins', plugin)
    await kong('POST', '/routes/r/plugins', { ...plugin, instance_name: 'r' })
    await kong('POST', '/consumer_groups/g/plugins', {
      name: 'traffic-split',
      instance_name: 'g',
    })
    const paths = [`/services/${service.id}`, `/routes/${route.id}`, '/consumer_groups/g']
    expect((await apisix('GET', `/services/${service.id}`)).value.kong).toEqual({
      plugins: { 'key-auth': fields },
    })
    for (const path of paths) {
      await putBack(path)
      const patch = { kong: { plugins: { 'key-auth': { tags: ['other'] } } } }
      expect(await refusal('PATCH', path, patch)).toMatch(/^kong\.plugins tells of other entities/)
    }
    expect((await kong('GET', '/plugins/k')).tags).toEqual(['t'])
  })

  it('is in force when it is of the entity itself', async () => {
    await apisix('PUT', '/consumer_groups/g', { plugins: {}, kong: { tags: ['g'] } })
    await apisix('PUT', '/plugin_configs/p', { plugins: {}, kong: { tags: ['p'] } })
    await apisix('PUT', '/consumers/c', { kong: { custom_id: 'x' } })
    const plugins = { 'key-auth': { key: 'k' } }
    await apisix('PUT', '/consumers/c/credentials/1', { plugins, kong: { tags: ['k'] } })
    expect((await kong('GET', '/consumer_groups/g')).consumer_group.tags).toEqual(['g'])
    expect((await apisix('GET', '/plugin_configs/p')).value.kong).toEqual({ tags: ['p'] })
    expect((await kong('GET', '/consumers/c')).custom_id).toBe('x')
    expect((await kong('GET', '/key-auths/k')).tags).toEqual(['k'])
    expect(await refusal('PUT', '/consumers/c', { kong: { acls: ['a'] } })).toMatch(/^kong\.acls/)
  })

  it('of a consumer without a username keeps it without one', async () => {
    const before = await kong('POST', '/consumers', { custom_id: 'x', tags: ['t'] })
    await putBack(`/consumers/${before.id}`)
    expect(withoutTime(await kong('GET', `/consumers/${before.id}`))).toEqual(withoutTime(before))
  })
})

describe("what APISIX's dialect wrote, in that of Kong", () => {
  const UPSTREAM = {
    name: 'an upstream',
    desc: 'd',
    labels: { a: 'b' },
    nodes: { '10.0.0.1:80': 1 },
    scheme: 'https',
    pass_host: 'node',
    timeout: { connect: 1, send: 1, read: 1 },
    retries: 1,
    tls: { verify: false },
  }
  const shownOf = async (path: string) => said((await kong('GET', path)).apisix)
  const onlyRoute = async () => (await kong('GET', '/routes')).data[0].id

  it('of an upstream, alone and in a service', async () => {
    await apisix('PUT', '/upstreams/1', UPSTREAM)
    const [{ id }] = (await kong('GET', '/upstreams')).data
    const all = ['desc', 'id', 'labels', 'name', 'nodes_as', 'pass_host', 'tls_verify']
    expect(await shownOf(`/upstreams/${id}`)).toEqual(
      [...all, 'retries', 'scheme', 'timeout'].sort(),
    )
    await apisix('PUT', '/services/1', { name: 's', upstream: UPSTREAM })
    const { host } = await kong('GET', '/services/s')
    expect(await shownOf(`/upstreams/${host}`)).toEqual(
      [...all.filter((name) => name !== 'id'), 'owner'].sort(),
    )
  })

  it('of a service, a route and what it names', async () => {
    await apisix('PUT', '/services/1', {
      name: 's',
      desc: 'd',
      labels: { a: 'b' },
      hosts: ['a.test'],
      enable_websocket: true,
    })
    expect(await shownOf('/services/s')).toEqual([
      'desc',
      'enable_websocket',
      'has_upstream',
      'hosts',
      'id',
      'labels',
    ])
    await apisix('PUT', '/plugin_configs/1', { plugins: { 'key-auth': {} } })
    await apisix('PUT', '/routes/1', {
      name: 'any name',
      desc: 'd',
      labels: { a: 'b' },
      uri: '/a',
      hosts: ['*'],
      remote_addrs: ['127.0.0.1'],
      vars: [['arg_a', '==', '1']],
      priority: 1,
      status: 1,
      timeout: UPSTREAM.timeout,
      upstream: UPSTREAM,
      service_id: 1,
      plugin_config_id: 1,
      enable_websocket: true,
    })
    expect(await shownOf(`/routes/${await onlyRoute()}`)).toEqual([
      'any_host',
      'desc',
      'enable_websocket',
      'id',
      'labels',
      'name',
      'plugin_config_id',
      'priority',
      'remote_addrs',
      'status',
      'timeout',
      'upstream_id',
      'uris',
      'vars',
      'written_as',
    ])
    const [plugin] = (await kong('GET', `/routes/${await onlyRoute()}/plugins`)).data
    expect(said(plugin.apisix)).toEqual(['plugin_config_id'])
  })

  it('of a consumer, a credential and a group', async () => {
    await apisix('PUT', '/consumer_groups/g', {
      desc: 'd',
      labels: { a: 'b' },
      name: 'n',
      plugins: {},
    })
    await apisix('PUT', '/consumers', {
      username: 'c',
      desc: 'd',
      labels: { a: 'b' },
      group_id: 'g',
    })
    await apisix('PUT', '/consumers/c/credentials/1', {
      name: 'n',
      desc: 'd',
      plugins: { 'key-auth': { key: 'k' } },
    })
    expect(said((await kong('GET', '/consumer_groups/g')).consumer_group.apisix)).toEqual([
      'desc',
      'id',
      'labels',
      'name',
    ])
    expect(await shownOf('/consumers/c')).toEqual(['desc', 'group_id', 'labels'])
    expect(await shownOf('/key-auths/k')).toEqual(['desc', 'id', 'name'])
  })

  it('survives a PUT of the answer in that dialect', async () => {
    await apisix('PUT', '/services/1', {
      name: 's',
      upstream: UPSTREAM,
      plugins: { 'key-auth': { header: 'x' } },
    })
    await apisix('PUT', '/routes/1', { uris: ['/a', '/b/*'], service_id: '1', priority: 3 })
    const before = [
      (await apisix('GET', '/services/1')).value,
      (await apisix('GET', '/routes/1')).value,
    ]
    const service = await kong('GET', '/services/s')
    const route = await kong('GET', `/routes/${await onlyRoute()}`)
    const upstream = await kong('GET', `/upstreams/${service.host}`)
    await kong('PUT', `/upstreams/${upstream.id}`, upstream)
    await kong('PUT', `/services/${service.id}`, service)
    await kong('PUT', `/routes/${route.id}`, route)
    expect([
      (await apisix('GET', '/services/1')).value,
      (await apisix('GET', '/routes/1')).value,
    ]).toEqual(before)
  })
})
