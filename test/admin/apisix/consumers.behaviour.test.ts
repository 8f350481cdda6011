import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ApisixAdmin, startApisixAdmin } from './apisix-admin.ts'

let admin: ApisixAdmin
beforeEach(async () => {
  admin = await startApisixAdmin()
})
afterEach(() => admin.close())

async function put(path: string, body: object) {
  const answer = await admin.apisix('PUT', path, body)
  expect(answer.text).not.toContain('error_msg')
  return answer.json.value
}
const valueAt = async (path: string) => (await admin.apisix('GET', path)).json.value
const refusal = async (path: string, body: object, method = 'PUT') => {
  const { status, json } = await admin.apisix(method, path, body)
  return [status, json.error_msg]
}
const CREDENTIALS = {
  'key-auth': { key: 'secret-of-jack' },
  'basic-auth': { username: 'jack', password: 'pass' },
  'jwt-auth': { key: 'issuer', secret: 'shared', algorithm: 'HS512' },
}

describe('a consumer', () => {
  it('is a consumer with credentials in the other dialect, and its password is kept as a hash', async () => {
    const made = await admin.apisix('PUT', '/consumers', {
      username: 'jack',
      plugins: CREDENTIALS,
      desc: 'd',
    })
    expect([made.status, made.json.key]).toEqual([201, '/apisix/consumers/jack'])
    expect(made.json.value).toMatchObject({
      username: 'jack',
      desc: 'd',
      plugins: {
        ...CREDENTIALS,
        'basic-auth': { username: 'jack', password: expect.stringMatching(/^\$scrypt\$/) },
      },
    })
    for (const [segment, fields] of [
      ['key-auth', { key: 'secret-of-jack' }],
      ['basic-auth', { username: 'jack' }],
      ['jwt', { key: 'issuer', secret: 'shared', algorithm: 'HS512' }],
    ] as const) {
      const { data } = (await admin.call('GET', `/consumers/jack/${segment}`)).json
      expect(data).toMatchObject([fields])
    }
    const again = await admin.apisix('PUT', '/consumers/jack', {
      username: 'jack',
      plugins: made.json.value.plugins,
    })
    expect([again.status, again.json.value.plugins]).toEqual([200, made.json.value.plugins])
    await put('/consumers/jack', { username: 'jack', plugins: { 'key-auth': { key: 'other' } } })
    expect(
      admin.snapshot().tables.jwt_secrets.size + admin.snapshot().tables.basicauth_credentials.size,
    ).toBe(0)
    expect((await admin.apisix('DELETE', '/consumers/jack')).json).toEqual({
      key: '/apisix/consumers/jack',
      deleted: '1',
    })
    expect(admin.snapshot().tables.keyauth_credentials.size).toBe(0)
  })

  it('has plugins beside its credentials, and its name may stand in the path alone', async () => {
    const plugins = { 'traffic-split': { rules: [{ weighted_upstreams: [{ weight: 1 }] }] } }
    expect(await put('/consumers/anna', { plugins })).toMatchObject({ username: 'anna', plugins })
    expect((await admin.call('GET', '/consumers/anna/plugins')).json.data).toMatchObject([
      { name: 'traffic-split' },
    ])
  })

  it.each([
    [{ username: 'b c' }, '/consumers', /failed to match pattern/],
    [{ username: 'bob' }, '/consumers/jack', 'wrong username'],
    [{}, '/consumers', 'missing username'],
    [
      { username: 'bob', plugins: { 'key-auth': {} } },
      '/consumers',
      'failed to check the configuration of plugin key-auth err: property "key" is required',
    ],
    [
      { username: 'bob', plugins: { 'key-auth': { key: 'secret-of-jack' } } },
      '/consumers',
      'duplicate key of plugin key-auth found with consumer: jack',
    ],
    [{ username: 'bob', plugins: { nonsense: {} } }, '/consumers', 'unknown plugin [nonsense]'],
    [
      { username: 'bob', group_id: 'x' },
      '/consumers',
      'failed to fetch consumer group info by consumer group id [x], response code: 404',
    ],
  ])('%j at %s is refused', async (body, path, message) => {
    await put('/consumers', {
      username: 'jack',
      plugins: { 'key-auth': { key: 'secret-of-jack' } },
    })
    const [status, text] = await refusal(path, body)
    expect(status).toBe(400)
    if (typeof message === 'string') expect(text).toBe(message)
    else expect(text).toMatch(message)
    expect(admin.snapshot().tables.consumers.size).toBe(1)
  })

  it('has no POST and no PATCH', async () => {
    expect(await refusal('/consumers', {}, 'POST')).toEqual([
      405,
      'not supported `POST` method for consumer',
    ])
    expect(await refusal('/consumers/jack', {}, 'PATCH')).toEqual([
      405,
      'not supported `PATCH` method for consumer',
    ])
  })

  it('of the other dialect is shown with its credentials apart, and what APISIX has no words for', async () => {
    await admin.call('PUT', '/consumers/kong', { json: { custom_id: 'c', tags: ['t'] } })
    await admin.call('POST', '/consumers/kong/acls', { json: { group: 'testers' } })
    const { id } = (
      await admin.call('POST', '/consumers/kong/key-auth', { json: { key: 'k', ttl: 60 } })
    ).json
    expect(await valueAt('/consumers/kong')).toMatchObject({
      kong: { custom_id: 'c', tags: ['t'], acls: ['testers'] },
    })
    const { json } = await admin.apisix('GET', '/consumers/kong/credentials')
    expect([json.total, json.list[0]]).toMatchObject([
      1,
      {
        key: `/apisix/consumers/kong/credentials/${id}`,
        value: { id, plugins: { 'key-auth': { key: 'k' } }, kong: { ttl: 60 } },
      },
    ])
    await put('/consumers/kong', { username: 'kong', desc: 'd' })
    expect((await admin.call('GET', '/consumers/kong')).json).toMatchObject({
      custom_id: 'c',
      tags: ['t'],
    })
    expect(admin.snapshot().tables.keyauth_credentials.size).toBe(1)
  })
})

describe('a credential of its own', () => {
  const path = '/consumers/jack/credentials/one'
  beforeEach(() => put('/consumers', { username: 'jack' }))

  it('is made, shown, changed to one of another plugin, and deleted', async () => {
    const made = await admin.apisix('PUT', path, {
      plugins: { 'key-auth': { key: 'k' } },
      labels: { a: 'b' },
    })
    expect([made.status, made.json]).toMatchObject([
      201,
      {
        key: '/apisix/consumers/jack/credentials/one',
        value: { id: 'one', labels: { a: 'b' }, plugins: { 'key-auth': { key: 'k' } } },
      },
    ])
    expect((await admin.apisix('GET', path)).json).toMatchObject({
      createdIndex: 2,
      modifiedIndex: 2,
    })
    expect(await valueAt('/consumers/jack')).not.toHaveProperty('plugins')
    const changed = await admin.apisix('PUT', path, {
      plugins: { 'jwt-auth': { key: 'iss', secret: 's' } },
    })
    expect([changed.status, changed.json.value.plugins]).toMatchObject([
      200,
      { 'jwt-auth': { key: 'iss' } },
    ])
    expect(admin.snapshot().tables.keyauth_credentials.size).toBe(0)
    expect((await admin.apisix('DELETE', path)).json.deleted).toBe('1')
    expect((await admin.apisix('GET', path)).json).toEqual({ message: 'Key not found' })
  })

  it('has exactly one auth plugin', async () => {
    for (const plugins of [{}, CREDENTIALS, { 'traffic-split': {} }]) {
      expect((await refusal(path, { plugins }))[1]).toContain('exactly one of the plugins')
    }
  })
})

describe('a consumer group', () => {
  const split = (weight: number) => ({
    'traffic-split': { rules: [{ weighted_upstreams: [{ weight }] }] },
  })
  it('is one of the other dialect, with its consumers and its plugins', async () => {
    expect(await put('/consumer_groups/vip', { plugins: split(1) })).toMatchObject({
      id: 'vip',
      plugins: split(1),
    })
    await put('/consumers', { username: 'anna', group_id: 'vip' })
    const members = (await admin.call('GET', '/consumer_groups/vip/consumers')).json.data
    expect(members).toMatchObject([{ username: 'anna' }])
    const pluginsOf = async () =>
      (await admin.call('GET', '/consumer_groups/vip/plugins')).json.data
    const [first] = await pluginsOf()
    await put('/consumer_groups/vip', { plugins: split(5) })
    const [second] = await pluginsOf()
    expect([second.id, second.config.rules[0].weighted_upstreams[0].weight]).toEqual([first.id, 5])
    expect(await valueAt('/consumers/anna')).toMatchObject({ group_id: 'vip' })
    expect(await refusal('/consumer_groups/vip', {}, 'DELETE')).toEqual([
      400,
      'can not delete this consumer group, consumer [anna] is still using it now',
    ])
    await put('/consumers', { username: 'anna' })
    expect(admin.snapshot().tables.consumer_group_consumers.size).toBe(0)
    expect((await admin.apisix('DELETE', '/consumer_groups/vip')).status).toBe(200)
    expect(admin.snapshot().tables.plugins.size).toBe(0)
  })

  it('needs plugins, takes no POST, and refuses what consumers cannot have', async () => {
    expect(await refusal('/consumer_groups/vip', {})).toEqual([
      400,
      'invalid configuration: property "plugins" is required',
    ])
    expect(await refusal('/consumer_groups', {}, 'POST')).toEqual([
      405,
      'not supported `POST` method for consumer group',
    ])
  })

  it('of the other dialect is named by its name, and those in it by that dialect are named as beyond', async () => {
    await admin.call('POST', '/consumer_groups', { json: { name: 'gold', tags: ['t'] } })
    await put('/consumers', { username: 'anna' })
    await admin.call('POST', '/consumers/anna/consumer_groups', { json: { group: 'gold' } })
    expect(await valueAt('/consumer_groups/gold')).toMatchObject({
      id: 'gold',
      plugins: {},
      kong: { tags: ['t'] },
    })
    expect(await valueAt('/consumers/anna')).toMatchObject({ kong: { consumer_groups: ['gold'] } })
  })
})

describe('a plugin config', () => {
  const UPSTREAM = { nodes: { '127.0.0.1:1': 1 } }
  const KEY = { 'key-auth': {} }

  it('fills the gaps in the plugins of its routes, also when it changes', async () => {
    await put('/plugin_configs/1', { plugins: { ...KEY, acl: { allow: ['a'] } }, desc: 'd' })
    await put('/routes/1', { uri: '/a', upstream: UPSTREAM, plugin_config_id: '1' })
    const own = { 'key-auth': { header: 'k', query: 'k' } }
    await put('/routes/2', { uri: '/b', upstream: UPSTREAM, plugin_config_id: '1', plugins: own })
    const inForce = async () => {
      const { data } = (await admin.call('GET', '/plugins')).json
      return data
        .map(
          ({ name, config }: { name: string; config: { key_names?: string[] } }) =>
            `${name} ${config.key_names ?? ''}`,
        )
        .sort()
    }
    expect(await inForce()).toEqual(['acl ', 'acl ', 'key-auth apikey', 'key-auth k'])
    await admin.apisix('PATCH', '/plugin_configs/1', { plugins: { acl: null } })
    expect(await inForce()).toEqual(['key-auth apikey', 'key-auth k'])
    expect(await valueAt('/plugin_configs/1')).toMatchObject({ id: '1', desc: 'd', plugins: KEY })
    const route = await valueAt('/routes/1')
    expect([route.plugin_config_id, route.plugins]).toEqual(['1', undefined])
    await admin.apisix('PATCH', '/routes/2', { plugins: null })
    expect(await inForce()).toEqual(['key-auth apikey', 'key-auth apikey'])
    expect(await refusal('/plugin_configs/1', {}, 'DELETE')).toEqual([
      400,
      'can not delete this plugin config, route [1] is still using it now',
    ])
    for (const id of [1, 2]) await admin.apisix('DELETE', `/routes/${id}`)
    expect((await admin.apisix('DELETE', '/plugin_configs/1')).status).toBe(200)
    expect(admin.snapshot().tables.plugins.size).toBe(0)
  })

  it.each([
    [{}, 'invalid configuration: property "plugins" is required'],
    [{ plugins: { nonsense: {} } }, 'unknown plugin [nonsense]'],
    [{ plugins: { acl: {} } }, /failed to check the configuration of plugin acl err/],
    [
      { plugins: { 'traffic-split': { rules: [{ match: [{ vars: [['a', 'b', 'c']] }] }] } } },
      /invalid operator 'b'/,
    ],
  ])('%j is refused', async (body, message) => {
    const [status, text] = await refusal('/plugin_configs/1', body)
    expect([status, text]).toEqual([
      400,
      typeof message === 'string' ? message : expect.stringMatching(message),
    ])
  })
})

describe('schemas', () => {
  it('lists the plugins, and has a JSON schema of each and of each resource', async () => {
    const { json } = await admin.apisix('GET', '/plugins/list?gateway_group_id=x')
    expect(json).toEqual(
      expect.arrayContaining(['key-auth', 'basic-auth', 'jwt-auth', 'traffic-split', 'canary']),
    )
    for (const name of json) {
      for (const path of [`/plugins/${name}`, `/schema/plugins/${name}?schema_type=consumer`]) {
        expect((await admin.apisix('GET', path)).json).toMatchObject({
          type: 'object',
          properties: expect.any(Object),
        })
      }
    }
    for (const name of [
      'route',
      'routes',
      'service',
      'upstreams',
      'consumer',
      'plugin_config',
      'consumer_groups',
    ]) {
      expect((await admin.apisix('GET', `/schema/${name}`)).status).toBe(200)
    }
    const upstream = (await admin.apisix('GET', '/schema/service')).json.properties
    expect(upstream.hosts).toBeDefined()
    expect((await admin.apisix('GET', '/plugins/nonsense')).status).toBe(404)
    expect((await admin.apisix('GET', '/schema/nonsense')).status).toBe(404)
  })

  it('judges without storing, one or many', async () => {
    const good = { uri: '/a', upstream: { nodes: {} }, plugins: { 'key-auth': {} } }
    expect((await admin.apisix('POST', '/schema/validate/routes', good)).status).toBe(200)
    expect(
      await refusal('/schema/validate/routes', { ...good, plugins: { x: {} } }, 'POST'),
    ).toEqual([400, 'unknown plugin [x]'])
    const all = {
      routes: [good, { id: 'r2', uri: 5 }],
      consumers: [{ username: 'a', plugins: CREDENTIALS }],
      upstreams: [{}],
    }
    const refused = await admin.apisix('POST', '/configs/validate', all)
    expect([refused.status, refused.json]).toMatchObject([
      400,
      {
        error_msg: expect.any(String),
        errors: [
          {
            resource_type: 'routes',
            index: 1,
            resource_id: 'r2',
            error: expect.stringContaining('expected string, got number'),
          },
          {
            resource_type: 'upstreams',
            index: 0,
            resource_id: null,
            error: 'invalid configuration: property "nodes" is required',
          },
        ],
      },
    ])
    expect((await admin.apisix('POST', '/configs/validate', { routes: [good] })).json).toEqual({})
    expect(admin.snapshot().version).toBe(0)
  })
})
