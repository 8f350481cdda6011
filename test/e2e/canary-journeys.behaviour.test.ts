import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { configureService, configureUpstream } from '../support/configure.ts'
import { type ClientAnswer, KeepAliveClient } from '../support/keep-alive-client.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import { startUpstream, type TestUpstream } from '../support/test-upstream.ts'

const CONSUMERS = 400

let gateway: TestGateway
let v1: TestUpstream
let v2: TestUpstream
let client: KeepAliveClient
let serviceId: string

beforeEach(async () => {
  gateway = await startTestGateway()
  ;[v1, v2] = await Promise.all([startUpstream('v1'), startUpstream('v2')])
  ;({ serviceId } = await configureService(gateway, v1.port))
  client = await KeepAliveClient.connect(gateway.proxyPort)
})

afterEach(async () => {
  client.close()
  await gateway.stop()
  await Promise.all([v1.close(), v2.close()])
  expect(gateway.logged).toEqual([])
})

function canary(config: object, scope: object = { service: { id: serviceId } }) {
  return gateway.admin<{ id: string }>('POST', '/plugins', {
    name: 'canary',
    ...scope,
    config: { upstream_host: '127.0.0.1', upstream_port: v2.port, ...config },
  })
}

function patch(pluginId: string, config: object) {
  return gateway.admin('PATCH', `/plugins/${pluginId}`, { config })
}

/** Consumers with keys `key-0` …; the first two are in the groups testers and employees. */
async function addConsumers(count: number): Promise<void> {
  await gateway.admin('POST', `/services/${serviceId}/plugins`, { name: 'key-auth' })
  for (let i = 0; i < count; i += 1) {
    await gateway.admin('PUT', `/consumers/user-${i}`, {})
    await gateway.admin('POST', `/consumers/user-${i}/key-auth`, { key: `key-${i}` })
  }
  await gateway.admin('POST', '/consumers/user-0/acls', { group: 'testers' })
  await gateway.admin('POST', '/consumers/user-1/acls', { group: 'employees' })
}

async function sideOf(fields: Record<string, string>): Promise<string> {
  const answer = await client.ask('/', fields)
  expect(answer.status).toBe(200)
  return answer.body
}

const asUser = (i: number) => sideOf({ apikey: `key-${i}` })

async function sidesOfAll(count: number): Promise<string[]> {
  const sides: string[] = []
  for (let i = 0; i < count; i += 1) sides.push(await asUser(i))
  return sides
}

function fieldOf(answer: ClientAnswer, name: string): string | undefined {
  return new RegExp(`^${name}: (.*)$`, 'im').exec(answer.head)?.[1]?.trim()
}

describe('a share of the consumers', () => {
  it('moves only forward as it is raised, is close to what was asked, and 0 and 100 are exact', async () => {
    await addConsumers(CONSUMERS)
    const { id } = await canary({ percentage: 0 })
    let before = await sidesOfAll(CONSUMERS)
    expect(new Set(before)).toEqual(new Set(['v1']))
    for (const percentage of [5, 25, 60, 100]) {
      await patch(id, { percentage })
      const now = await sidesOfAll(CONSUMERS)
      const onCanary = now.filter((side) => side === 'v2').length
      const share = percentage / 100
      const deviation = Math.sqrt(CONSUMERS * share * (1 - share))
      expect(Math.abs(onCanary - CONSUMERS * share)).toBeLessThanOrEqual(4.5 * deviation)
      expect(now.filter((side, i) => side === 'v1' && before[i] === 'v2')).toEqual([])
      before = now
    }
    expect(new Set(before)).toEqual(new Set(['v2']))
    await patch(id, { percentage: 0 })
    expect(new Set(await sidesOfAll(20))).toEqual(new Set(['v1']))
  })

  it('falls back to the client address without a consumer', async () => {
    await canary({ percentage: 50 })
    const sides = new Set<string>()
    for (let i = 0; i < 10; i += 1) sides.add(await sideOf({}))
    expect(sides.size).toBe(1)
  })

  it('tells client and upstream the variant, under the name that is configured', async () => {
    const { id } = await canary({ percentage: 100 })
    expect(fieldOf(await client.ask('/'), 'Canary-Variant')).toBe('canary')
    expect(v2.seen.at(-1)!.headers['canary-variant']).toBe('canary')
    await patch(id, { variant_header: 'X-Version' })
    const renamed = await client.ask('/')
    expect(fieldOf(renamed, 'X-Version')).toBe('canary')
    expect(fieldOf(renamed, 'Canary-Variant')).toBeUndefined()
    await patch(id, { variant_header: null })
    expect(fieldOf(await client.ask('/'), 'X-Version')).toBeUndefined()
  })

  it('tells the variant in place of what an upstream says, which passes only without the plugin', async () => {
    const proud = await startUpstream('proud', (_request, response) => {
      response.setHeader('Canary-Variant', 'mine')
      response.end()
    })
    await gateway.admin('PATCH', `/services/${serviceId}`, { port: proud.port })
    expect((await client.ask('/')).head.match(/^canary-variant:.*$/gim)).toEqual([
      'Canary-Variant: mine',
    ])
    await canary({ percentage: 0 })
    expect((await client.ask('/')).head.match(/^canary-variant:.*$/gim)).toEqual([
      'Canary-Variant: primary',
    ])
    await proud.close()
  })

  it('tells the client which side has failed', async () => {
    await configureUpstream(gateway, 'green', {})
    const { id } = await canary({ upstream_host: 'green', percentage: 100 })
    const withoutTargets = await client.ask('/')
    expect(withoutTargets.status).toBe(503)
    expect(fieldOf(withoutTargets, 'Canary-Variant')).toBe('canary')
    await patch(id, { percentage: 0 })
    await v1.close()
    const dead = await client.ask('/')
    expect(dead.status).toBe(502)
    expect(fieldOf(dead, 'Canary-Variant')).toBe('primary')
    await patch(id, { variant_header: null })
    expect((await client.ask('/')).head).not.toMatch(/canary-variant/i)
  })

  it('of requests, with hash none, is exact over a cycle', async () => {
    await canary({ percentage: 30, hash: 'none', steps: 10 })
    const sides: string[] = []
    for (let i = 0; i < 20; i += 1) sides.push(await sideOf({}))
    expect(sides.filter((side) => side === 'v2')).toHaveLength(6)
  })

  it('sticks to a cookie that the gateway issues', async () => {
    await canary({ percentage: 50, hash: 'cookie', hash_cookie: 'side' })
    for (let i = 0; i < 8; i += 1) {
      const first = await client.ask('/')
      const issued = fieldOf(first, 'Set-Cookie')!
      expect(issued).toMatch(/^side=[0-9a-f-]{36}; Path=\/; HttpOnly; SameSite=Lax$/)
      const again = await client.ask('/', { cookie: issued.split(';')[0]! })
      expect(again.body).toBe(first.body)
      expect(fieldOf(again, 'Set-Cookie')).toBeUndefined()
    }
  })

  it('shares a cookie of one name with the balancer of the upstream', async () => {
    await configureUpstream(gateway, 'green', { [v2.address]: 100 })
    await gateway.admin('PATCH', '/upstreams/green', { hash_on: 'cookie', hash_on_cookie: 'sid' })
    await canary({ upstream_host: 'green', percentage: 100, hash: 'cookie', hash_cookie: 'sid' })
    const first = await client.ask('/')
    expect(first.head.match(/^set-cookie:.*$/gim)).toEqual([
      expect.stringMatching(/^Set-Cookie: sid=[0-9a-f-]{36}; Path=\/; HttpOnly; SameSite=Lax$/),
    ])
  })
})

describe('a timed rollout', () => {
  it('rises by itself over ten hours in its steps, and is complete after them', async () => {
    await canary({ duration: 36_000, steps: 10, hash: 'none' })
    const shareNow = async () =>
      (await gateway.admin<{ share_percent: number }>('GET', `/services/${serviceId}/canary`))
        .share_percent
    expect(await shareNow()).toBe(0)
    gateway.advanceClock(3_599_000)
    expect(await shareNow()).toBe(0)
    gateway.advanceClock(2_000)
    expect(await shareNow()).toBe(10)
    const sides: string[] = []
    for (let i = 0; i < 10; i += 1) sides.push(await sideOf({}))
    expect(sides.filter((side) => side === 'v2')).toHaveLength(1)
    gateway.advanceClock(8 * 3_600_000)
    expect(await shareNow()).toBe(90)
    gateway.advanceClock(3_600_000)
    expect(await shareNow()).toBe(100)
    expect(await sideOf({})).toBe('v2')
  })

  it('starts at 0 when a fixed share is given up for it, not where its age would put it', async () => {
    const { id } = await canary({ percentage: 5, duration: 3600 })
    gateway.advanceClock(24 * 3_600_000)
    await patch(id, { percentage: null })
    const state = await gateway.admin<Record<string, unknown>>(
      'GET',
      `/services/${serviceId}/canary`,
    )
    expect(state).toMatchObject({ mode: 'timed', share_percent: 0 })
    expect(state.config).toMatchObject({ start: null })
  })
})

describe('groups', () => {
  beforeEach(() => addConsumers(3))

  it('admit the testers, then the employees, then everyone', async () => {
    const { id } = await canary({ hash: 'allow', groups: ['testers'] })
    expect(await sidesOfAll(3)).toEqual(['v2', 'v1', 'v1'])
    await patch(id, { groups: ['testers', 'employees'] })
    expect(await sidesOfAll(3)).toEqual(['v2', 'v2', 'v1'])
    await patch(id, { hash: 'consumer', percentage: 100 })
    expect(await sidesOfAll(3)).toEqual(['v2', 'v2', 'v2'])
  })

  it('keep the denied ones on the primary', async () => {
    await canary({ hash: 'deny', groups: ['testers'] })
    expect(await sidesOfAll(3)).toEqual(['v1', 'v2', 'v2'])
  })

  it('always and never go before the share, and never wins', async () => {
    const { id } = await canary({ percentage: 0, always_groups: ['testers', 'employees'] })
    expect(await sidesOfAll(3)).toEqual(['v2', 'v2', 'v1'])
    await patch(id, { percentage: 100, never_groups: ['employees'] })
    expect(await sidesOfAll(3)).toEqual(['v2', 'v1', 'v2'])
  })

  it('change sides with the next request after a membership changes', async () => {
    await canary({ hash: 'allow', groups: ['testers'] })
    await gateway.admin('POST', '/consumers/user-2/acls', { group: 'testers' })
    expect(await asUser(2)).toBe('v2')
    await gateway.admin('DELETE', '/consumers/user-2/acls/testers')
    expect(await asUser(2)).toBe('v1')
  })
})

describe('the header override', () => {
  it('goes before every rule, and every other value is ignored', async () => {
    const { id } = await canary({ percentage: 0, canary_by_header_name: 'X-Canary' })
    expect(await sideOf({ 'x-canary': 'always' })).toBe('v2')
    expect(await sideOf({ 'x-canary': 'perhaps' })).toBe('v1')
    await patch(id, { percentage: 100 })
    expect(await sideOf({ 'x-canary': 'never' })).toBe('v1')
    expect(await sideOf({ 'X-CANARY': 'perhaps' })).toBe('v2')
  })
})

describe('an upstream entity as canary', () => {
  it('takes the primary without targets when upstream_fallback is on, also for always', async () => {
    await configureUpstream(gateway, 'green', {})
    const { id } = await canary({
      upstream_host: 'green',
      upstream_port: null,
      percentage: 100,
      upstream_fallback: true,
      canary_by_header_name: 'x-canary',
    })
    expect(await sideOf({})).toBe('v1')
    expect(await sideOf({ 'x-canary': 'always' })).toBe('v1')
    expect(gateway.entries.at(-1)).toMatchObject({ rule: 'upstream-fallback', variant: 'primary' })
    await gateway.admin('POST', '/upstreams/green/targets', { target: v2.address })
    expect(await sideOf({})).toBe('v2')
    await patch(id, { upstream_fallback: false })
    await gateway.admin('PATCH', `/upstreams/green/targets/${v2.address}`, { weight: 0 })
    const answer = await client.ask('/')
    expect(answer.status).toBe(503)
    expect(JSON.parse(answer.body)).toMatchObject({
      message: 'failure to get a peer from the ring-balancer',
    })
  })

  it('puts upstream_uri in the place of the service path', async () => {
    await gateway.admin('PATCH', `/services/${serviceId}`, { path: '/old' })
    await gateway.admin('PATCH', '/routes/shop', { paths: ['/shop'] })
    const { id } = await canary({ percentage: 0, upstream_uri: '/new' })
    await client.ask('/shop/cart?x=1')
    expect(v1.seen.at(-1)!.url).toBe('/old/cart?x=1')
    await patch(id, { percentage: 100 })
    await client.ask('/shop/cart?x=1')
    expect(v2.seen.at(-1)!.url).toBe('/new/cart?x=1')
    expect(v2.seen.at(-1)!.headers).toMatchObject({ 'x-forwarded-prefix': '/shop' })
  })
})

describe('scopes', () => {
  it('let the route win over the service, and the service over the gateway', async () => {
    await canary({ percentage: 100 }, {})
    expect(await sideOf({})).toBe('v2')
    const ofService = await canary({ percentage: 0 })
    expect(await sideOf({})).toBe('v1')
    const ofRoute = await gateway.admin<{ id: string }>('POST', '/routes/shop/plugins', {
      name: 'canary',
      config: { upstream_host: '127.0.0.1', upstream_port: v2.port, percentage: 100 },
    })
    expect(await sideOf({})).toBe('v2')
    await gateway.admin('PATCH', `/plugins/${ofRoute.id}`, { enabled: false })
    expect(await sideOf({})).toBe('v1')
    await gateway.admin('DELETE', `/plugins/${ofService.id}`)
    expect(await sideOf({})).toBe('v2')
  })

  it('leave nobody on the canary once the plugin is disabled or deleted', async () => {
    const { id } = await canary({ percentage: 100 })
    expect(await sideOf({})).toBe('v2')
    await gateway.admin('PATCH', `/plugins/${id}`, { enabled: false })
    expect(await sideOf({})).toBe('v1')
    await gateway.admin('PATCH', `/plugins/${id}`, { enabled: true })
    expect(await sideOf({})).toBe('v2')
    await gateway.admin('DELETE', `/plugins/${id}`)
    expect(await sideOf({})).toBe('v1')
  })
})

describe('the "why me?" endpoint', () => {
  it('says for every consumer what the proxy then does, and when it will move', async () => {
    await addConsumers(40)
    const { id } = await canary({ percentage: 40 })
    for (let i = 0; i < 40; i += 1) {
      const why = await gateway.admin<{ variant: string; moves_at_percent: number }>(
        'GET',
        `/services/${serviceId}/canary/decision?consumer=user-${i}`,
      )
      expect(why.variant === 'canary' ? 'v2' : 'v1').toBe(await asUser(i))
      if (i < 10) {
        await patch(id, { percentage: why.moves_at_percent })
        expect(await asUser(i)).toBe('v2')
        await patch(id, { percentage: Math.max(0, why.moves_at_percent - 0.1) })
        expect(await asUser(i)).toBe('v1')
        await patch(id, { percentage: 40 })
      }
    }
  })
})

describe('requests that cannot be served', () => {
  it.each([
    [
      'no route',
      async () => gateway.admin('PATCH', '/routes/shop', { hosts: ['other.test'] }),
      404,
    ],
    ['no service', async () => gateway.admin('PATCH', '/routes/shop', { service: null }), 503],
    [
      'an unknown key',
      async () => gateway.admin('POST', `/services/${serviceId}/plugins`, { name: 'key-auth' }),
      401,
    ],
    ['a dead primary', async () => v1.close(), 502],
    [
      'a dead canary',
      async () => {
        await canary({ percentage: 100 })
        await v2.close()
      },
      502,
    ],
  ])('get the right status and a JSON body: %s', async (_name, arrange, status) => {
    await arrange()
    const answer = await client.ask('/', { apikey: 'nobody' })
    expect(answer.status).toBe(status)
    expect(fieldOf(answer, 'Content-Type')).toBe('application/json; charset=utf-8')
    expect(JSON.parse(answer.body)).toEqual({
      message: expect.any(String),
      request_id: gateway.entries.at(-1)!.requestId,
    })
  })
})
