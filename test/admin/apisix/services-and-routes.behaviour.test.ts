import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ApisixAdmin, startApisixAdmin } from './apisix-admin.ts'

const NODES = { '127.0.0.1:1980': 1 }
const UPSTREAM = { type: 'roundrobin', nodes: NODES }

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

describe('a service', () => {
  it('is made of nothing, and then has no upstream', async () => {
    expect(await put('/services/1', {})).toEqual({
      id: '1',
      create_time: expect.any(Number),
      update_time: expect.any(Number),
    })
    await put('/services/1', { upstream: UPSTREAM })
    expect(await valueAt('/services/1')).toMatchObject({ upstream: UPSTREAM })
  })

  it('with an upstream is a service and an upstream in the other dialect, which go together', async () => {
    const upstream = {
      ...UPSTREAM,
      scheme: 'https',
      pass_host: 'node',
      retries: 2,
      timeout: { connect: 1.5, send: 2, read: 3 },
    }
    const value = await put('/services/shop', { name: 'shop', upstream, labels: { a: 'b' } })
    expect(value).toMatchObject({ id: 'shop', name: 'shop', upstream, labels: { a: 'b' } })
    const { json } = await admin.call('GET', '/services/shop')
    expect(json).toMatchObject({
      protocol: 'https',
      port: 443,
      retries: 2,
      connect_timeout: 1500,
      write_timeout: 2000,
      read_timeout: 3000,
      apisix: { id: 'shop', labels: { a: 'b' } },
    })
    const own = (await admin.call('GET', `/upstreams/${json.host}`)).json
    expect([own.id, own.apisix.owner]).toEqual([json.id, { kind: 'services', id: json.id }])
    expect((await admin.apisix('GET', '/upstreams')).json.total).toBe(0)
    expect((await admin.call('DELETE', '/services/shop')).status).toBe(204)
    expect((await admin.call('GET', '/upstreams')).json.data).toEqual([])
  })

  it('with an upstream_id sends to that, and keeps it', async () => {
    await put('/upstreams/7', UPSTREAM)
    await put('/services/1', { upstream: UPSTREAM })
    expect(await put('/services/1', { upstream_id: 7 })).toMatchObject({ upstream_id: '7' })
    expect(admin.snapshot().tables.upstreams.size).toBe(1)
    expect(await refusal('/upstreams/7', {}, 'DELETE')).toEqual([
      400,
      'can not delete this upstream, service [1] is still using it now',
    ])
    expect(await refusal('/services/2', { upstream_id: 'x' })).toEqual([
      400,
      'failed to fetch upstream info by upstream id [x], response code: 404',
    ])
  })

  it('shows what the other dialect changed, and keeps it where it has no words for it', async () => {
    await put('/services/1', { name: 'shop', upstream: UPSTREAM })
    await admin.call('PATCH', '/services/shop', {
      json: { read_timeout: 5000, path: '/v1', tags: ['x'] },
    })
    expect(await valueAt('/services/1')).toMatchObject({
      upstream: { timeout: { connect: 60, send: 60, read: 5 } },
      kong: { path: '/v1', tags: ['x'] },
    })
    await put('/services/1', { name: 'shop', upstream: { ...UPSTREAM, retries: 0 } })
    expect((await admin.call('GET', '/services/shop')).json).toMatchObject({
      path: '/v1',
      tags: ['x'],
      read_timeout: null,
    })
    await admin.call('PATCH', '/services/shop', { json: { host: 'elsewhere.test', port: 81 } })
    expect((await valueAt('/services/1')).upstream.nodes).toEqual([
      { host: 'elsewhere.test', port: 81, weight: 1 },
    ])
  })

  it('of the other dialect can be changed without a change of where it sends', async () => {
    await admin.call('PUT', '/services/kongs', { json: { host: 'a.test', retries: 3, path: '/x' } })
    const { id } = (await admin.call('GET', '/services/kongs')).json
    const patched = await admin.apisix('PATCH', `/services/${id}`, { desc: 'd' })
    expect(patched.json.value).toMatchObject({ id, name: 'kongs', desc: 'd', kong: { path: '/x' } })
    expect((await admin.call('GET', '/services/kongs')).json).toMatchObject({
      host: 'a.test',
      retries: 3,
    })
    expect(admin.snapshot().tables.upstreams.size).toBe(0)
  })

  it('takes names of any kind, also one that another has', async () => {
    for (const id of ['1', '2', '3']) {
      const name = id === '3' ? 'Ä ö / ü' : 'same'
      expect((await put(`/services/${id}`, { name, upstream: UPSTREAM })).name).toBe(name)
    }
    const names = (await admin.call('GET', '/services')).json.data.map(
      ({ name }: { name: string }) => name,
    )
    expect(names).toEqual(['same', null, null])
  })
})

describe('plugins', () => {
  const split = (weight: number) => ({
    'traffic-split': {
      rules: [{ weighted_upstreams: [{ upstream_id: 2, weight }, { weight: 100 - weight }] }],
    },
  })

  it('of a service are plugins of the other dialect, whose ids stay and whose changes are seen', async () => {
    await put('/upstreams/2', UPSTREAM)
    const value = await put('/services/1', { name: 's', upstream: UPSTREAM, plugins: split(30) })
    expect(value.plugins['traffic-split'].rules[0].weighted_upstreams).toEqual([
      { upstream_id: '2', weight: 30 },
      { weight: 70 },
    ])
    const [first] = (await admin.call('GET', '/services/s/plugins')).json.data
    await put('/services/1', { name: 's', upstream: UPSTREAM, plugins: split(60) })
    const [second] = (await admin.call('GET', '/services/s/plugins')).json.data
    expect([second.id, second.config.rules[0].weighted_upstreams[0].weight]).toEqual([first.id, 60])
    await admin.call('PATCH', `/plugins/${first.id}`, { json: { enabled: false } })
    expect((await valueAt('/services/1')).plugins['traffic-split']._meta).toEqual({ disable: true })
    expect(await refusal('/upstreams/2', {}, 'DELETE')).toEqual([
      400,
      'can not delete this upstream, plugin in service [1] is still using it now',
    ])
    await put('/services/1', { upstream: UPSTREAM })
    expect(admin.snapshot().tables.plugins.size).toBe(0)
  })

  it('with nothing changed are not written again', async () => {
    await put('/services/1', { upstream: UPSTREAM, plugins: { 'key-auth': {} } })
    const before = [...admin.snapshot().tables.plugins.values()]
    await put('/services/1', { upstream: UPSTREAM, plugins: { 'key-auth': {} } })
    expect([...admin.snapshot().tables.plugins.values()][0]).toBe(before[0])
  })

  it.each([
    [{}, { key_names: ['apikey'] }],
    [{ header: 'X-Key' }, { key_names: ['X-Key', 'apikey'] }],
    [
      { header: 'k', query: 'k', hide_credentials: true },
      { key_names: ['k'], hide_credentials: true },
    ],
  ])('key-auth %j is ours with %j, and is shown as it was', async (config, ours) => {
    const value = await put('/services/1', { name: 's', plugins: { 'key-auth': config } })
    expect(value.plugins['key-auth']).toEqual(config)
    expect((await admin.call('GET', '/services/s/plugins')).json.data[0].config).toMatchObject(ours)
  })

  it.each([
    [{ nonsense: {} }, 'unknown plugin [nonsense]'],
    [{ 'jwt-auth': {} }, /^unknown plugin \[jwt-auth\]: consumers keep its credentials/],
    [{ 'key-auth': 5 }, 'invalid plugin conf 5 for plugin [key-auth]'],
    [
      { 'traffic-split': { rules: [{ weighted_upstreams: [{ weight: -1 }] }] } },
      'failed to check the configuration of plugin traffic-split err: property "rules" validation failed: failed to validate item 1: property "weighted_upstreams" validation failed: failed to validate item 1: property "weight" validation failed: expected -1 to be at least 0',
    ],
    [
      { 'traffic-split': { rules: [{ match: [{ vars: [['a', 'b', 'c']] }] }] } },
      /^failed to check the configuration of plugin traffic-split err: failed to validate the 'vars' expression: invalid operator 'b'/,
    ],
    [
      { canary: { percentage: 101, upstream_host: 'a.test' } },
      'failed to check the configuration of plugin canary err: property "percentage" validation failed: expected 101 to be at most 100',
    ],
    [
      { 'traffic-split': { rules: [{ weighted_upstreams: [{ upstream_id: '9' }] }] } },
      /'9'.*neither id nor name/,
    ],
    [{ 'key-auth': { _meta: { priority: 1 } } }, /additional properties forbidden, found priority/],
  ])('%j are refused, and nothing is stored', async (plugins, message) => {
    const [status, text] = await refusal('/services/1', { upstream: UPSTREAM, plugins })
    expect(status).toBe(400)
    if (typeof message === 'string') expect(text).toBe(message)
    else expect(text).toMatch(message)
    expect(admin.snapshot().tables.services.size).toBe(0)
  })
})

describe('a route', () => {
  it('is shown as it was written, and in the other dialect with what that has no words for', async () => {
    await put('/services/1', { name: 'shop', upstream: UPSTREAM })
    const body = {
      name: 'all of it',
      uri: '/a/*',
      host: '*.shop.test',
      methods: ['GET', 'PUT'],
      remote_addr: '127.0.0.0/8',
      vars: [
        ['arg_x', '==', 'y'],
        ['http_z', '~=', null],
      ],
      priority: 7,
      timeout: { connect: 1, send: 1, read: 1 },
      enable_websocket: true,
      labels: { a: 'b' },
      desc: 'd',
      service_id: 1,
      plugins: { 'key-auth': {} },
    }
    expect(await put('/routes/r1', body)).toMatchObject({ ...body, id: 'r1', service_id: '1' })
    const [route] = (await admin.call('GET', '/services/shop/routes')).json.data
    expect(route).toMatchObject({
      hosts: ['*.shop.test'],
      methods: ['GET', 'PUT'],
      paths: null,
      strip_path: false,
      preserve_host: true,
      apisix: {
        id: 'r1',
        name: 'all of it',
        uris: ['/a/*'],
        priority: 7,
        remote_addrs: ['127.0.0.0/8'],
      },
    })
    expect(await valueAt('/routes/r1')).not.toHaveProperty('kong')
    expect(await refusal('/services/1', {}, 'DELETE')).toEqual([
      400,
      'can not delete this service directly, route [r1] is still using it now',
    ])
  })

  it('keeps paths as uris, and lists what filters ask for', async () => {
    await put('/services/1', { upstream: UPSTREAM })
    await put('/routes/1', { paths: ['/a', '/b/*'], service_id: '1' })
    await put('/routes/2', { uris: ['/c'], upstream: UPSTREAM })
    expect((await valueAt('/routes/1')).paths).toEqual(['/a', '/b/*'])
    const totals = []
    for (const query of ['uri=/b', 'filter=service_id%3D1', 'filter=upstream_id%3D1', 'uri=/']) {
      totals.push((await admin.apisix('GET', `/routes?${query}`)).json.total)
    }
    expect(totals).toEqual([1, 1, 0, 2])
  })

  it('may have an upstream of its own, which goes with it, or name one', async () => {
    await put('/upstreams/7', UPSTREAM)
    const own = { ...UPSTREAM, scheme: 'http', pass_host: 'pass' }
    expect(await put('/routes/1', { uri: '/', upstream: own })).toMatchObject({ upstream: own })
    expect(admin.snapshot().tables.upstreams.size).toBe(2)
    expect(await put('/routes/1', { uri: '/', upstream_id: '7' })).toMatchObject({
      upstream_id: '7',
    })
    expect(admin.snapshot().tables.upstreams.size).toBe(1)
    expect(await refusal('/upstreams/7', {}, 'DELETE')).toEqual([
      400,
      'can not delete this upstream, route [1] is still using it now',
    ])
    await put('/routes/1', { uri: '/', upstream: own })
    expect((await admin.apisix('DELETE', '/routes/1')).json).toEqual({
      key: '/apisix/routes/1',
      deleted: '1',
    })
    expect(admin.snapshot().tables.upstreams.size).toBe(1)
  })

  it('of the other dialect is shown as near as can be, and stays what it is unless its match is written', async () => {
    await admin.call('PUT', '/services/shop', { json: { host: 'a.test' } })
    const json = { paths: ['/a', '~/b'], headers: { 'x-a': ['1'] }, methods: ['GET'] }
    const { id } = (await admin.call('POST', '/services/shop/routes', { json })).json
    const value = await valueAt(`/routes/${id}`)
    expect(value).toMatchObject({
      uris: ['/a*'],
      methods: ['GET'],
      kong: {
        paths: ['/a', '~/b'],
        headers: { 'x-a': ['1'] },
        strip_path: true,
        preserve_host: false,
      },
    })
    await admin.apisix('PATCH', `/routes/${id}/plugins`, { 'key-auth': {} })
    const kept = (await admin.call('GET', `/routes/${id}`)).json
    expect(kept).toMatchObject(json)
    expect(kept).not.toHaveProperty('apisix')
    expect((await valueAt(`/routes/${id}`)).plugins).toEqual({ 'key-auth': {} })
    const { kong: _, ...rest } = value
    const { create_time: _c, update_time: _u, ...body } = rest
    await put(`/routes/${id}`, { ...body, priority: 3 })
    expect((await admin.call('GET', `/routes/${id}`)).json).toMatchObject({
      paths: null,
      headers: { 'x-a': ['1'] },
      apisix: { uris: ['/a*'], priority: 3 },
    })
  })

  it.each([
    [{ service_id: '1' }, /value should match only one schema/],
    [{ uri: '/a', uris: ['/b'], service_id: '1' }, 'only one of uri or uris is allowed'],
    [
      { uri: '/a', host: 'a.test', hosts: ['a.test'], service_id: '1' },
      'only one of host or hosts is allowed',
    ],
    [
      { uri: '/a', remote_addr: '::1', remote_addrs: ['::1'], service_id: '1' },
      'only one of remote_addr or remote_addrs is allowed',
    ],
    [{ uri: '/a' }, /object matches none of the required/],
    [
      { uri: '/a', service_id: '9' },
      'failed to fetch service info by service id [9], response code: 404',
    ],
    [
      { uri: '/a', service_id: '1', plugin_config_id: '9' },
      'failed to fetch plugin config info by plugin config id [9], response code: 404',
    ],
    [
      { uri: '/a', service_id: '1', vars: [['a', 'b', 'c']] },
      /failed to validate the 'vars' expression: invalid operator 'b'/,
    ],
    [{ uri: '/a', service_id: '1', methods: ['FETCH'] }, /matches none of the enum values/],
    [
      { uri: '/a', service_id: '1', filter_func: 'function() end' },
      'invalid configuration: additional properties forbidden, found filter_func',
    ],
    [
      { uri: '/a', upstream: UPSTREAM, upstream_id: '1' },
      'only one of upstream or upstream_id is allowed',
    ],
  ])('%j is refused', async (body, message) => {
    await put('/services/1', { upstream: UPSTREAM })
    const [status, text] = await refusal('/routes/1', body)
    expect(status).toBe(400)
    if (typeof message === 'string') expect(text).toBe(message)
    else expect(text).toMatch(message)
    expect(admin.snapshot().tables.routes.size).toBe(0)
  })
})
