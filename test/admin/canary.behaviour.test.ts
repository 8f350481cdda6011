import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bucketOf } from '../../src/variants/bucket.ts'
import { type Admin, START_MS, startAdmin } from './admin-harness.ts'

let admin: Admin
let serviceId: string
beforeEach(async () => {
  admin = await startAdmin()
  const service = await admin.call('POST', '/services', { json: { name: 'shop', host: 'a.test' } })
  serviceId = service.json.id
})
afterEach(() => admin.close())

async function addCanary(config: object, path = '/services/shop/plugins', rest: object = {}) {
  const json = { name: 'canary', config: { upstream_host: 'b.test', ...config }, ...rest }
  const made = await admin.call('POST', path, { json })
  expect(made.json).toHaveProperty('config')
  return made.json
}

describe('GET /services/{s}/canary', () => {
  const canary = async () => (await admin.call('GET', '/services/shop/canary')).json

  it('answers share 0 without a canary', async () => {
    expect(await canary()).toEqual({
      service: { id: serviceId, name: 'shop' },
      effective: false,
      source: null,
      config: null,
      mode: null,
      share_percent: 0,
      start_at: null,
      next_change: null,
      complete_at: null,
      overrides: [],
    })
  })

  it('answers the fixed share of the plugin on the service', async () => {
    const plugin = await addCanary({ percentage: 10 })
    expect(await canary()).toMatchObject({
      effective: true,
      source: { scope: 'service', plugin_id: plugin.id, enabled: true },
      config: plugin.config,
      mode: 'fixed',
      share_percent: 10,
      next_change: null,
      complete_at: null,
    })
  })

  it('answers the share of this very moment, the next change and the end of a timed rollout', async () => {
    const startMs = Math.floor(START_MS / 1000) * 1000
    await addCanary({ start: startMs / 1000, duration: 3600, steps: 10 })
    admin.clock.nowMs = startMs + 720_001
    expect(await canary()).toMatchObject({
      mode: 'timed',
      share_percent: 20,
      start_at: { at: '2026-01-01T00:00:00.000Z', epoch: startMs / 1000 },
      next_change: {
        at: '2026-01-01T00:18:00.000Z',
        epoch: startMs / 1000 + 1080,
        share_percent: 30,
      },
      complete_at: { at: '2026-01-01T01:00:00.000Z', epoch: startMs / 1000 + 3600 },
    })
    admin.clock.nowMs = startMs + 3_600_000
    expect(await canary()).toMatchObject({ share_percent: 100, next_change: null })
  })

  it('counts a rollout without start from when it was stored', async () => {
    await addCanary({ duration: 1000, steps: 10 })
    admin.clock.nowMs += 100_000
    const answer = await canary()
    expect(answer).toMatchObject({ share_percent: 10, start_at: { epoch: START_MS / 1000 } })
    expect(answer.config.start).toBeNull()
  })

  it('answers no share where groups decide', async () => {
    await addCanary({ hash: 'allow', groups: ['testers'] })
    expect(await canary()).toMatchObject({ effective: true, mode: 'allow', share_percent: null })
  })

  it('shows a disabled canary as what it is: not effective', async () => {
    const plugin = await addCanary({ percentage: 50 }, undefined, { enabled: false })
    expect(await canary()).toMatchObject({
      effective: false,
      source: { scope: 'service', plugin_id: plugin.id, enabled: false },
      mode: 'fixed',
      share_percent: 0,
    })
  })

  it('falls back to the global canary', async () => {
    const plugin = await addCanary({ percentage: 5 }, '/plugins')
    expect(await canary()).toMatchObject({
      effective: true,
      source: { scope: 'global', plugin_id: plugin.id },
      share_percent: 5,
    })
  })

  it('lists the canaries on routes of this service and of no other', async () => {
    await admin.call('POST', '/services/shop/routes', { json: { name: 'r', paths: ['/'] } })
    await admin.call('POST', '/routes', { json: { name: 'elsewhere', paths: ['/'] } })
    const plugin = await addCanary({ percentage: 70 }, '/routes/r/plugins')
    await addCanary({ percentage: 80 }, '/routes/elsewhere/plugins')
    const answer = await canary()
    expect(answer.effective).toBe(false)
    expect(answer.overrides).toMatchObject([
      {
        route: { name: 'r' },
        source: { scope: 'route', plugin_id: plugin.id, enabled: true },
        mode: 'fixed',
        share_percent: 70,
      },
    ])
  })

  it('names the end of the longest rollout that can be configured', async () => {
    await addCanary({ start: 253402300799, duration: 3153600000 })
    expect(await canary()).toMatchObject({
      share_percent: 0,
      complete_at: { at: '+010099-12-06T23:59:59.000Z', epoch: 256555900799 },
    })
  })

  it('answers problem details for a service that does not exist', async () => {
    const missing = await admin.call('GET', '/services/none/canary')
    expect([missing.status, missing.json.detail]).toEqual([404, "there is no service 'none'"])
    expect(missing.headers['content-type']).toBe('application/problem+json')
  })

  it('follows a PATCH at once', async () => {
    const plugin = await addCanary({ percentage: 10 })
    for (const percentage of [0, 100, 50]) {
      await admin.call('PATCH', `/plugins/${plugin.id}`, {
        form: `config.percentage=${percentage}`,
      })
      expect((await canary()).share_percent).toBe(percentage)
    }
  })
})

describe('GET /services/{s}/canary/decision', () => {
  const decision = async (query: string) =>
    (await admin.call('GET', `/services/shop/canary/decision?${query}`)).json

  it('explains a hash of the consumer, named by username, custom_id or id', async () => {
    const { json: bob } = await admin.call('PUT', '/consumers/bob', { json: { custom_id: 'c 7' } })
    await addCanary({ percentage: 10, steps: 1000 })
    const bucket = bucketOf(serviceId, bob.id)
    for (const name of ['bob', 'c%207', bob.id]) {
      const answer = await decision(`consumer=${name}`)
      expect(answer).toMatchObject({
        consumer: { id: bob.id, username: 'bob', groups: [] },
        rule: 'hash',
        key: bob.id,
        key_source: 'consumer',
        salt: serviceId,
        bucket,
        share_percent: 10,
        variant: bucket < answer.threshold ? 'canary' : 'primary',
        sentence: expect.stringContaining(`consumer 'bob' hashes to bucket ${bucket}`),
      })
    }
  })

  it('names the share at which the key moves, exactly', async () => {
    const plugin = await addCanary({ percentage: 0, steps: 1000, hash: 'ip' })
    for (const ip of ['10.0.0.1', '10.0.0.2', '2001:db8::1']) {
      const { moves_at_percent: share } = await decision(`ip=${ip}`)
      for (const [percentage, variant] of [
        [share - 0.1, 'primary'],
        [share, 'canary'],
      ] as const) {
        await admin.call('PATCH', `/plugins/${plugin.id}`, { json: { config: { percentage } } })
        expect((await decision(`ip=${ip}`)).variant).toBe(variant)
      }
    }
  })

  it('uses the groups of the consumer', async () => {
    await admin.call('PUT', '/consumers/bob')
    await admin.call('POST', '/consumers/bob/acls', { form: 'group=testers' })
    await addCanary({ percentage: 0, always_groups: ['testers'] })
    expect(await decision('consumer=bob')).toMatchObject({
      variant: 'canary',
      rule: 'always-groups',
      consumer: { groups: ['testers'] },
      key: null,
      bucket: null,
      moves_at_percent: null,
      sentence: expect.stringContaining("group 'testers'"),
    })
  })

  it('takes header= as the value of the hashed header, with or without its name', async () => {
    await addCanary({ percentage: 50, hash: 'header', hash_header: 'X-User' })
    for (const header of ['ann:7', 'X-User:ann:7', 'x-user: ann:7']) {
      expect(await decision(`header=${encodeURIComponent(header)}`)).toMatchObject({
        key: 'ann:7',
        key_source: 'header',
      })
    }
  })

  it('takes the override header by its name', async () => {
    await addCanary({ percentage: 0, canary_by_header_name: 'X-Canary' })
    expect(await decision('header=X-Canary:always')).toMatchObject({
      variant: 'canary',
      rule: 'header-override',
    })
    const refused = await decision('header=bob')
    expect(refused.detail).toBe(
      "query argument 'header': this canary looks at the header 'x-canary' only; ask with header=x-canary:always",
    )
  })

  it('takes cookie= as the value of the hashed cookie, and asks for it when it decides', async () => {
    await addCanary({ percentage: 50, hash: 'cookie', hash_cookie: 'sid' })
    expect(await decision('cookie=abc')).toMatchObject({ key: 'abc', key_source: 'cookie' })
    expect(await decision('ip=10.0.0.1')).toMatchObject({
      status: 400,
      detail: expect.stringContaining('ask with cookie=<its value>'),
    })
  })

  it('does not move the cycle that real requests take turns by', async () => {
    await admin.close()
    const positions: string[] = []
    admin = await startAdmin({
      draws: {
        uuid: () => crypto.randomUUID(),
        nextInCycle: (name) => positions.push(name) - 1,
      },
    })
    await admin.call('POST', '/services', { json: { name: 'shop', host: 'a.test' } })
    await addCanary({ percentage: 50, hash: 'none' })
    expect(await decision('')).toMatchObject({ rule: 'hash', key: null, key_source: 'none' })
    expect(positions).toEqual([])
  })

  it('names no side where requests take turns, unless one side gets them all', async () => {
    const plugin = await addCanary({ percentage: 25, hash: 'none' })
    expect(await decision('')).toMatchObject({
      variant: null,
      rule: 'hash',
      bucket: null,
      share_percent: 25,
      sentence: 'requests without a sticky key take turns, 25 % of them on the canary.',
    })
    for (const [percentage, variant] of [
      [0, 'primary'],
      [100, 'canary'],
    ] as const) {
      await admin.call('PATCH', `/plugins/${plugin.id}`, { json: { config: { percentage } } })
      expect(await decision('')).toMatchObject({ variant, bucket: null })
    }
  })

  it.each([
    ['consumer', {}, 'consumer or ip'],
    ['ip', {}, 'ip'],
    ['header', { hash_header: 'X-User' }, 'header or ip'],
  ])(
    'asks for the address that decides when hash is %s and it is missing',
    async (hash, more, ways) => {
      await addCanary({ percentage: 10, hash, ...more })
      expect(await decision('')).toMatchObject({
        status: 400,
        detail: `query argument 'ip': missing, and the client address decides here; ask with ${ways}`,
      })
      expect(await decision('ip=10.0.0.1')).toMatchObject({ key: '10.0.0.1', key_source: 'ip' })
    },
  )

  it('takes an address in any spelling for the one that the proxy sees', async () => {
    await addCanary({ percentage: 10, hash: 'ip' })
    for (const [ip, key] of [
      ['::ffff:10.0.0.1', '10.0.0.1'],
      ['2001:DB8:0:0::1', '2001:db8::1'],
    ]) {
      expect(await decision(`ip=${ip}`)).toMatchObject({ key })
    }
  })

  it('hashes the bytes that a header with other letters than ASCII has, and shows its text', async () => {
    await addCanary({ percentage: 10, hash: 'header', hash_header: 'X-User' })
    const answer = await decision(`header=${encodeURIComponent(' zoë\t')}`)
    const bytes = Buffer.from('zoë').toString('latin1')
    expect(answer).toMatchObject({ key: 'zoë', bucket: bucketOf(serviceId, bytes) })
    expect(answer.sentence).toContain("with value 'zoë'")
  })

  it('puts the anonymous consumer of key-auth in place of a missing one, and does not hash it', async () => {
    await admin.call('PUT', '/consumers/guest')
    await admin.call('POST', '/consumers/guest/acls', { form: 'group=visitors' })
    const keyAuth = await admin.call('POST', '/services/shop/plugins', {
      json: { name: 'key-auth', config: { anonymous: 'guest' } },
    })
    const canary = await addCanary({ percentage: 10 })
    const asGuest = { key: '10.0.0.1', consumer: { username: 'guest', anonymous: true } }
    expect(await decision('ip=10.0.0.1')).toMatchObject(asGuest)
    expect(await decision('ip=10.0.0.1&consumer=guest')).toMatchObject(asGuest)
    await admin.call('PATCH', `/plugins/${canary.id}`, {
      json: { config: { never_groups: ['visitors'] } },
    })
    expect(await decision('ip=10.0.0.1')).toMatchObject({ rule: 'never-groups' })
    await admin.call('PATCH', `/plugins/${canary.id}`, { json: { config: { never_groups: null } } })
    await admin.call('POST', '/consumers/guest/key-auth')
    expect(await decision('ip=10.0.0.1&consumer=guest')).toMatchObject({
      key_source: 'consumer',
      consumer: { anonymous: false },
    })
    await admin.call('DELETE', `/plugins/${keyAuth.json.id}`)
    expect(await decision('ip=10.0.0.1')).toMatchObject({ key: '10.0.0.1', consumer: null })
  })

  it("looks at the service's own upstream when the canary only has another path", async () => {
    await admin.call('POST', '/upstreams', { json: { name: 'a.test' } })
    await addCanary({
      percentage: 100,
      upstream_host: null,
      upstream_uri: '/v2',
      upstream_fallback: true,
    })
    expect(await decision('ip=10.0.0.1')).toMatchObject({ rule: 'upstream-fallback' })
  })

  it.each(['a%0ab', '%00', 'a%7f'])(
    'refuses header=%s, which no header can hold',
    async (header) => {
      await addCanary({ percentage: 10, hash: 'header', hash_header: 'X-User' })
      expect(await decision(`header=${header}`)).toMatchObject({
        status: 400,
        detail: "query argument 'header': no header field can hold a control character",
      })
    },
  )

  it('tells a canary upstream without usable targets from a living one', async () => {
    await admin.call('POST', '/upstreams', { json: { name: 'b.test' } })
    await addCanary({ percentage: 100, upstream_fallback: true })
    expect(await decision('ip=10.0.0.1')).toMatchObject({
      variant: 'primary',
      rule: 'upstream-fallback',
    })
    await admin.call('POST', '/upstreams/b.test/targets', {
      json: { target: '10.0.0.1:80', weight: 0 },
    })
    expect(await decision('ip=10.0.0.1')).toMatchObject({ variant: 'primary' })
    await admin.call('PATCH', '/upstreams/b.test/targets/10.0.0.1:80', { json: { weight: 1 } })
    expect(await decision('ip=10.0.0.1')).toMatchObject({ variant: 'canary', rule: 'hash' })
  })

  it('asks the canary of a route when the route is named', async () => {
    await admin.call('POST', '/services/shop/routes', { json: { name: 'r', paths: ['/'] } })
    await admin.call('POST', '/routes', { json: { name: 'elsewhere', paths: ['/'] } })
    await addCanary({ percentage: 0 })
    await addCanary({ percentage: 100 }, '/routes/r/plugins')
    expect(await decision('ip=10.0.0.1')).toMatchObject({ variant: 'primary', route: null })
    expect(await decision('ip=10.0.0.1&route=r')).toMatchObject({
      variant: 'canary',
      route: { name: 'r' },
      source: { scope: 'route' },
    })
    expect((await decision('route=elsewhere')).detail).toBe(
      "there is no route 'elsewhere' of this service",
    )
  })

  it('says so when there is no canary', async () => {
    expect(await decision('ip=10.0.0.1')).toMatchObject({
      variant: 'primary',
      rule: 'no-canary',
      source: null,
      bucket: null,
    })
  })

  it.each([
    ['consumer=nobody', 404, "there is no consumer with the username, custom_id or id 'nobody'"],
    ['ip=localhost', 400, "query argument 'ip': 'localhost' is not an IP address"],
    [
      'user=bob',
      400,
      "query argument 'user': unknown; ask with consumer, ip, header, cookie, route, method, host, scheme, path, form",
    ],
    ['ip=1.1.1.1&ip=2.2.2.2', 400, "query argument 'ip': given more than once"],
    [
      'cookie=x',
      400,
      "query argument 'cookie': this canary looks at no cookie; ask with consumer, ip or header",
    ],
    [
      'header=x',
      400,
      "query argument 'header': this canary looks at no header; ask with consumer or ip",
    ],
  ])('refuses ?%s with %d', async (query, status, detail) => {
    await addCanary({ percentage: 10 })
    expect(await decision(query)).toMatchObject({ status, detail })
  })
})
