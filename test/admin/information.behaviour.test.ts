import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Admin, NODE_ID, startAdmin } from './admin-harness.ts'

let admin: Admin
beforeEach(async () => {
  admin = await startAdmin()
})
afterEach(() => admin.close())

it('sets the headers of every answer, errors included', async () => {
  for (const path of ['/', '/nope', '/services?size=0']) {
    const { headers } = await admin.call('GET', path)
    expect(headers).toMatchObject({
      server: 'canary-gateway/0.1.0',
      'x-kong-admin-latency': expect.stringMatching(/^\d+$/),
      'x-kong-admin-request-id': expect.stringMatching(/^[0-9a-f]{32}$/),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    expect(headers).not.toHaveProperty('x-powered-by')
    expect(headers).not.toHaveProperty('etag')
  }
})

it('measures the latency of a call', async () => {
  await admin.close()
  let nowMs = 1_000
  admin = await startAdmin({ now: () => (nowMs += 7) })
  expect((await admin.call('GET', '/services')).headers['x-kong-admin-latency']).toBe('7')
})

describe('GET /', () => {
  it('names a Kong version that decK understands, and our own', async () => {
    await admin.call('POST', '/plugins', { json: { name: 'key-auth' } })
    await admin.call('POST', '/plugins', {
      json: { name: 'canary', enabled: false, config: { upstream_host: 'b' } },
    })
    const { json } = await admin.call('GET', '/')
    const [, major, minor] = /^(\d+)\.(\d+)/.exec(json.version) ?? []
    expect(Number(major) * 100 + Number(minor)).toBeGreaterThanOrEqual(304)
    expect(json).toMatchObject({
      canary_gateway_version: '0.1.0',
      edition: 'community',
      node_id: NODE_ID,
      plugins: {
        available_on_server: {
          canary: { priority: 20 },
          'key-auth': { priority: 1250 },
          acl: { priority: 950 },
          'request-size-limiting': { priority: 951 },
          'traffic-split': { priority: 966 },
        },
        enabled_in_cluster: ['key-auth'],
      },
      configuration: {
        admin_listen: ['127.0.0.1:8001'],
        proxy_listen: ['127.0.0.1:8000'],
        role: 'traditional',
        router_flavor: 'traditional_compatible',
      },
    })
  })
})

describe('GET /status', () => {
  it('answers 200 with the counters of the proxy while requests are served', async () => {
    await admin.call('PUT', '/consumers/bob')
    const { status, json } = await admin.call('GET', '/status')
    expect(status).toBe(200)
    expect(json).toEqual({
      server: {
        connections_accepted: 7,
        connections_active: 2,
        connections_handled: 6,
        connections_reading: 0,
        connections_writing: 1,
        connections_waiting: 1,
        total_requests: 42,
      },
      memory: {
        lua_shared_dicts: {},
        workers_lua_vms: [
          { pid: process.pid, http_allocated_gc: expect.stringMatching(/^\d+\.\d\d MiB$/) },
        ],
      },
      database: { reachable: true },
      configuration_version: 1,
    })
  })

  it.each([
    ['unit=k&scale=1', /^\d+\.\d KiB$/],
    ['unit=b', /^\d+ B$/],
    ['unit=G&scale=3', /^\d+\.\d{3} GiB$/],
    ['unit=parsec&scale=-1', /^\d+\.\d\d MiB$/],
  ])('shows memory as ?%s asks', async (query, text) => {
    const { json } = await admin.call('GET', `/status?${query}`)
    expect(json.memory.workers_lua_vms[0].http_allocated_gc).toMatch(text)
  })

  it('answers 503 before requests are served', async () => {
    await admin.close()
    admin = await startAdmin({ isServing: () => false })
    expect((await admin.call('GET', '/status')).status).toBe(503)
  })

  it('tells when the database does not answer', async () => {
    await admin.store.close()
    expect((await admin.call('GET', '/status')).json.database).toEqual({ reachable: false })
    const change = await admin.call('PUT', '/consumers/bob')
    expect([change.status, Object.keys(change.json)]).toEqual([503, ['message']])
  })
})

describe('GET /upstreams/{u}/health', () => {
  beforeEach(async () => {
    await admin.call('POST', '/upstreams', { json: { name: 'blue' } })
    for (const json of [
      { target: '10.0.0.1:80', weight: 30 },
      { target: 'b.test:81', weight: 0 },
      { target: '[::1]:82', weight: 20 },
    ]) {
      await admin.call('POST', '/upstreams/blue/targets', { json })
    }
  })

  it('lists each target, newest first, without an opinion on its health', async () => {
    const targets = (await admin.call('GET', '/upstreams/blue/targets')).json.data
    const { json } = await admin.call('GET', '/upstreams/blue/health')
    expect(json).toMatchObject({ next: null, node_id: NODE_ID })
    expect(json.data).toEqual([
      expect.objectContaining({ ...targets[0], health: 'HEALTHCHECKS_OFF' }),
      {
        ...targets[1],
        health: 'HEALTHCHECKS_OFF',
        data: {
          host: 'b.test',
          port: 81,
          dns: 'no address known',
          nodeWeight: 0,
          weight: { total: 0, available: 0, unavailable: 0 },
          addresses: [],
        },
      },
      {
        ...targets[2],
        health: 'HEALTHCHECKS_OFF',
        data: {
          host: '10.0.0.1',
          port: 80,
          dns: 'literal address',
          nodeWeight: 30,
          weight: { total: 30, available: 30, unavailable: 0 },
          addresses: [{ ip: '10.0.0.1', port: 80, weight: 30, health: 'HEALTHCHECKS_OFF' }],
        },
      },
    ])
    expect(json.data[0].data.addresses).toMatchObject([
      { ip: '0000:0000:0000:0000:0000:0000:0000:0001', port: 82 },
    ])
  })

  it('is paged', async () => {
    const { json } = await admin.call('GET', '/upstreams/blue/health?size=2')
    expect(json.data).toHaveLength(2)
    const rest = await admin.call('GET', json.next)
    expect([rest.json.data.length, rest.json.next]).toEqual([1, null])
  })

  it('sums up the upstream with balancer_health=1', async () => {
    const { json } = await admin.call('GET', '/upstreams/blue/health?balancer_health=1')
    expect(json).toMatchObject({
      data: {
        health: 'HEALTHCHECKS_OFF',
        balancer_health: 'HEALTHY',
        details: { healthy: true, weight: { total: 50, available: 50, unavailable: 0 } },
      },
      next: null,
    })
    expect(json.data.details.hosts).toHaveLength(3)
  })

  it('calls an upstream without usable targets unhealthy', async () => {
    await admin.call('POST', '/upstreams', { json: { name: 'empty' } })
    const { json } = await admin.call('GET', '/upstreams/empty/health?balancer_health=1')
    expect(json.data).toMatchObject({ balancer_health: 'UNHEALTHY', details: { healthy: false } })
  })

  it('answers 404 for an upstream that does not exist', async () => {
    expect((await admin.call('GET', '/upstreams/none/health')).json).toEqual({
      message: 'Not found',
    })
  })
})
