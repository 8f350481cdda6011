import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Admin, START_MS, startAdmin } from './admin-harness.ts'

const UUID = '11111111-2222-4333-8444-555555555555'
const UUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

let admin: Admin
beforeEach(async () => {
  admin = await startAdmin()
})
afterEach(() => admin.close())

interface Collection {
  readonly path: string
  readonly kind:
    | 'services'
    | 'routes'
    | 'upstreams'
    | 'consumers'
    | 'plugins'
    | 'acls'
    | 'keyauth_credentials'
    | 'targets'
  readonly create: Readonly<Record<string, unknown>>
  readonly change: Readonly<Record<string, unknown>>
  /** How the entity is named in paths besides its id. */
  readonly key: string | null
  readonly isNested?: boolean
}

const COLLECTIONS: readonly Collection[] = [
  {
    path: '/services',
    kind: 'services',
    create: { name: 'shop', host: 'a.test' },
    change: { host: 'b.test' },
    key: 'shop',
  },
  {
    path: '/routes',
    kind: 'routes',
    create: { name: 'all', paths: ['/'] },
    change: { paths: ['/x'] },
    key: 'all',
  },
  {
    path: '/upstreams',
    kind: 'upstreams',
    create: { name: 'blue' },
    change: { slots: 1000 },
    key: 'blue',
  },
  {
    path: '/consumers',
    kind: 'consumers',
    create: { username: 'zoë b/c' },
    change: { custom_id: '42' },
    key: 'zoë b/c',
  },
  {
    path: '/plugins',
    kind: 'plugins',
    create: { name: 'canary', instance_name: 'mine', config: { upstream_host: 'b.test' } },
    change: { enabled: false },
    key: 'mine',
  },
  {
    path: '/acls',
    kind: 'acls',
    create: { group: 'testers', consumer: { username: 'bob' } },
    change: { group: 'staff' },
    key: null,
  },
  {
    path: '/key-auths',
    kind: 'keyauth_credentials',
    create: { key: 'k1', consumer: { username: 'bob' } },
    change: { ttl: 60 },
    key: 'k1',
  },
  {
    path: '/upstreams/parent/targets',
    kind: 'targets',
    create: { target: '10.0.0.1:80' },
    change: { weight: 5 },
    key: '10.0.0.1:80',
    isNested: true,
  },
  {
    path: '/services/parent/routes',
    kind: 'routes',
    create: { name: 'all', paths: ['/'] },
    change: { paths: ['/x'] },
    key: 'all',
    isNested: true,
  },
  {
    path: '/services/parent/plugins',
    kind: 'plugins',
    create: { name: 'canary', instance_name: 'mine', config: { upstream_host: 'b.test' } },
    change: { enabled: false },
    key: 'mine',
    isNested: true,
  },
  {
    path: '/routes/parent/plugins',
    kind: 'plugins',
    create: { name: 'canary', instance_name: 'mine', config: { upstream_host: 'b.test' } },
    change: { enabled: false },
    key: 'mine',
    isNested: true,
  },
  {
    path: '/consumers/bob/acls',
    kind: 'acls',
    create: { group: 'a/b' },
    change: { tags: ['x'] },
    key: 'a/b',
    isNested: true,
  },
  {
    path: '/consumers/bob/key-auth',
    kind: 'keyauth_credentials',
    create: { key: UUID },
    change: { ttl: 60 },
    key: UUID,
    isNested: true,
  },
]

describe.each(COLLECTIONS)('$path', ({ path, kind, create, change, key, isNested }) => {
  beforeEach(async () => {
    for (const [collection, json] of [
      ['/services', { name: 'parent', host: 'p.test' }],
      ['/routes', { name: 'parent', hosts: ['p.test'] }],
      ['/upstreams', { name: 'parent' }],
      ['/consumers', { username: 'bob' }],
    ] as const) {
      expect((await admin.call('POST', collection, { json })).status).toBe(201)
    }
  })

  it('creates an entity with an id and timestamps, and serves it before the answer', async () => {
    const made = await admin.call('POST', path, { json: create })
    expect(made.status).toBe(201)
    expect(made.headers['content-type']).toBe('application/json; charset=utf-8')
    expect(made.json.id).toMatch(UUID_PATTERN)
    expect(made.json.created_at).toBe(
      kind === 'targets' ? START_MS / 1000 : Math.floor(START_MS / 1000),
    )
    expect(admin.snapshot().tables[kind].get(made.json.id)?.entity).toEqual(made.json)
    const list = await admin.call('GET', path)
    expect(list.json.data).toContainEqual(made.json)
  })

  it('is read by id and by key, with or without a trailing slash', async () => {
    const { json } = await admin.call('POST', path, { json: create })
    const names = [json.id, json.id.toUpperCase(), ...(key === null ? [] : [key])]
    for (const name of names) {
      const item = `${path}/${encodeURIComponent(name)}`
      expect(await admin.call('GET', item)).toMatchObject({ status: 200, json })
      expect(await admin.call('GET', `${item}/`)).toMatchObject({ status: 200, json })
      const head = await admin.call('HEAD', item)
      expect([head.status, head.text]).toEqual([200, ''])
      expect(Number(head.headers['content-length'])).toBe(Buffer.byteLength(JSON.stringify(json)))
    }
  })

  it('changes the given fields and no others by PATCH', async () => {
    const { json } = await admin.call('POST', path, { json: create })
    admin.clock.nowMs += 5_000
    const changed = await admin.call('PATCH', `${path}/${json.id}`, { json: change })
    expect(changed.status).toBe(200)
    const updated = 'updated_at' in json ? { updated_at: json.updated_at + 5 } : {}
    expect(changed.json).toEqual({ ...json, ...change, ...updated })
    expect(admin.snapshot().tables[kind].get(json.id)?.entity).toEqual(changed.json)
  })

  it('answers 404 to reading and patching what does not exist', async () => {
    for (const method of ['GET', 'PATCH']) {
      const answer = await admin.call(
        method,
        `${path}/missing`,
        method === 'PATCH' ? { json: {} } : {},
      )
      expect([answer.status, answer.json]).toEqual([404, { message: 'Not found' }])
    }
  })

  it('deletes with 204; what is absent gives 204 at the top and 404 below a parent', async () => {
    const { json } = await admin.call('POST', path, { json: create })
    const gone = await admin.call('DELETE', `${path}/${json.id}`)
    expect([gone.status, gone.text]).toEqual([204, ''])
    expect(admin.snapshot().tables[kind].has(json.id)).toBe(false)
    expect((await admin.call('DELETE', `${path}/${json.id}`)).status).toBe(isNested ? 404 : 204)
  })

  // Targets are not created by PUT; they have tests of their own below.
  if (kind !== 'targets') {
    it('creates and replaces by PUT with the id in the path, 200 for both', async () => {
      const made = await admin.call('PUT', `${path}/${UUID.toUpperCase()}`, { json: create })
      expect([made.status, made.json.id]).toEqual([200, UUID])
      await admin.call('PATCH', `${path}/${UUID}`, { json: { tags: ['kept?'] } })
      admin.clock.nowMs += 5_000
      const replaced = await admin.call('PUT', `${path}/${UUID}`, { json: create })
      const updated = 'updated_at' in made.json ? { updated_at: made.json.updated_at + 5 } : {}
      expect([replaced.status, replaced.json]).toEqual([200, { ...made.json, ...updated }])
    })
  }

  it('answers other methods with 405 and what is allowed', async () => {
    const refused = await admin.call('DELETE', path)
    expect([refused.status, refused.json]).toEqual([405, { message: 'Method not allowed' }])
    expect(refused.headers.allow).toBe('GET, HEAD, OPTIONS, POST')
    const options = await admin.call('OPTIONS', `${path}/x`)
    expect([options.status, options.headers.allow]).toEqual([
      204,
      'DELETE, GET, HEAD, OPTIONS, PATCH, PUT',
    ])
  })
})

describe('PUT by key', () => {
  it('creates an entity of that name, whose body may be empty', async () => {
    const made = await admin.call('PUT', '/consumers/anna')
    expect(made).toMatchObject({ status: 200, json: { username: 'anna', custom_id: null } })
    const again = await admin.call('PUT', '/consumers/anna', { json: { custom_id: '7' } })
    expect(again.json).toMatchObject({ id: made.json.id, username: 'anna', custom_id: '7' })
  })

  it('refuses a body that names another entity than the path', async () => {
    const named = await admin.call('PUT', '/services/shop', {
      json: { name: 'cart', host: 'a.test' },
    })
    expect(named.status).toBe(400)
    expect(named.json.fields).toEqual({ name: "value must be 'shop', as in the path, or left out" })
    const identified = await admin.call('PUT', `/services/${UUID}`, {
      json: { id: UUID.replace('1', '2'), host: 'a.test' },
    })
    expect(identified.json.fields).toEqual({
      id: `value must be '${UUID}', as in the path, or left out`,
    })
    expect((await admin.call('GET', '/services')).json.data).toEqual([])
  })

  it('refuses a key of another type or in another spelling than the path has', async () => {
    for (const name of [5, 'Shop', ['shop']]) {
      const refused = await admin.call('PUT', '/services/shop', { json: { name, host: 'a.test' } })
      expect([refused.status, Object.keys(refused.json.fields)]).toEqual([400, ['name']])
    }
    const refused = await admin.call('PUT', `/services/${UUID}`, {
      json: { id: 5, host: 'a.test' },
    })
    expect(refused.json.fields).toEqual({ id: 'expected a string' })
    expect(await admin.store.count('services')).toBe(0)
  })

  it('takes an id in capitals for the same id', async () => {
    const json = { id: UUID.toUpperCase(), host: 'a.test' }
    expect((await admin.call('PUT', `/services/${UUID}`, { json })).json.id).toBe(UUID)
    expect((await admin.call('PATCH', `/services/${UUID}`, { json })).status).toBe(200)
  })

  it('renames by PUT with the id', async () => {
    const { json } = await admin.call('POST', '/services', {
      json: { name: 'shop', host: 'a.test' },
    })
    await admin.call('PUT', `/services/${json.id}`, { json: { name: 'cart', host: 'a.test' } })
    expect((await admin.call('GET', '/services/cart')).json.id).toBe(json.id)
    expect((await admin.call('GET', '/services/shop')).status).toBe(404)
  })
})

describe('targets', () => {
  beforeEach(() => admin.call('POST', '/upstreams', { json: { name: 'blue' } }))

  it('are listed newest first, in both lists', async () => {
    for (const port of [81, 82, 83]) {
      await admin.call('POST', '/upstreams/blue/targets', { json: { target: `10.0.0.1:${port}` } })
    }
    for (const path of ['/upstreams/blue/targets', '/upstreams/blue/targets/all/']) {
      const { json } = await admin.call('GET', path)
      const targets = json.data.map((row: { target: string }) => row.target)
      expect(targets).toEqual(['10.0.0.1:83', '10.0.0.1:82', '10.0.0.1:81'])
    }
  })

  it('are updated but not created by PUT', async () => {
    const missing = await admin.call('PUT', `/upstreams/blue/targets/${UUID}`, {
      json: { target: '10.0.0.1:80' },
    })
    expect(missing.status).toBe(404)
    await admin.call('POST', '/upstreams/blue/targets', {
      json: { target: '10.0.0.1:80', tags: ['x'] },
    })
    const updated = await admin.call('PUT', '/upstreams/blue/targets/10.0.0.1:80', {
      json: { weight: 0 },
    })
    expect(updated).toMatchObject({ status: 200, json: { weight: 0, tags: ['x'] } })
  })

  it('are refused a second time with 409', async () => {
    await admin.call('POST', '/upstreams/blue/targets', { json: { target: '10.0.0.1' } })
    const again = await admin.call('POST', '/upstreams/blue/targets', {
      json: { target: '10.0.0.1:8000' },
    })
    expect([again.status, again.json.code]).toEqual([409, 5])
  })

  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['10.0.0.1', '10.0.0.1:8000'],
    ['[::1]:80', '[::1]:80'],
  ])('given as %s are addressed as %s', async (given, addressed) => {
    await admin.call('POST', '/upstreams/blue/targets', { json: { target: given } })
    const path = `/upstreams/blue/targets/${encodeURIComponent(addressed)}`
    expect((await admin.call('PATCH', path, { json: { weight: 1 } })).status).toBe(200)
    expect((await admin.call('DELETE', path)).status).toBe(204)
  })

  it('have no collection of their own', async () => {
    expect((await admin.call('GET', '/targets')).status).toBe(404)
  })
})

describe('nested endpoints', () => {
  beforeEach(async () => {
    for (const name of ['shop', 'cart']) {
      await admin.call('POST', '/services', { json: { name, host: `${name}.test` } })
    }
  })

  it('answer 404 for a parent that does not exist, whatever the method', async () => {
    const calls = [
      ['GET', '/services/none/routes', {}],
      ['POST', '/services/none/routes', { json: { paths: ['/'] } }],
      ['GET', '/services/none/routes/x', {}],
      ['PUT', '/services/none/routes/x', { json: { paths: ['/'] } }],
      ['DELETE', '/services/none/routes/x', {}],
    ] as const
    for (const [method, path, call] of calls) {
      expect((await admin.call(method, path, call)).json).toEqual({ message: 'Not found' })
    }
  })

  it('show, change and delete only what belongs to the parent', async () => {
    const { json } = await admin.call('POST', '/services/shop/routes', {
      json: { name: 'r', paths: ['/'] },
    })
    expect((await admin.call('GET', '/services/cart/routes')).json.data).toEqual([])
    for (const [method, call] of [
      ['GET', {}],
      ['PATCH', { json: { paths: ['/x'] } }],
      ['DELETE', {}],
    ] as const) {
      expect((await admin.call(method, '/services/cart/routes/r', call)).status).toBe(404)
    }
    expect((await admin.call('GET', '/routes/r')).json).toEqual(json)
  })

  it('move what PUT names by id or by name to the parent in the path', async () => {
    const created = await admin.call('POST', '/services/shop/routes', {
      json: { name: 'r', paths: ['/'] },
    })
    const { id, service: shop } = created.json
    const { json: cart } = await admin.call('GET', '/services/cart')
    for (const [parent, key, service] of [
      ['cart', id, { id: cart.id }],
      ['shop', 'r', shop],
    ]) {
      const body = { name: 'r', paths: ['/'] }
      const moved = await admin.call('PUT', `/services/${parent}/routes/${key}`, { json: body })
      expect(moved).toMatchObject({ status: 200, json: { id, service } })
    }
  })

  it('let the parent in the path win over one in the body, but for PATCH', async () => {
    const { json: cart } = await admin.call('GET', '/services/cart')
    const body = { name: 'r', paths: ['/'], service: { name: 'cart' } }
    const created = await admin.call('POST', '/services/shop/routes', { json: body })
    expect(created.status).toBe(201)
    expect(created.json.service.id).not.toBe(cart.id)
    const unknown = { ...body, service: { name: 'nobody' } }
    const replaced = await admin.call('PUT', '/services/shop/routes/r', { json: unknown })
    expect(replaced).toMatchObject({ status: 200, json: { service: created.json.service } })
    const moved = await admin.call('PATCH', '/services/shop/routes/r', { json: body })
    expect(moved).toMatchObject({ status: 200, json: { service: { id: cart.id } } })
  })

  it('reach the entity that another one points at', async () => {
    await admin.call('POST', '/services/shop/routes', { json: { name: 'r', paths: ['/'] } })
    await admin.call('POST', '/routes', { json: { name: 'alone', paths: ['/'] } })
    expect((await admin.call('GET', '/routes/r/service')).json.name).toBe('shop')
    const patched = await admin.call('PATCH', '/routes/r/service', { json: { retries: 1 } })
    expect(patched).toMatchObject({
      status: 200,
      json: { name: 'shop', retries: 1, host: 'shop.test' },
    })
    const put = await admin.call('PUT', '/routes/r/service', {
      json: { name: 'shop', host: 'new.test' },
    })
    expect(put).toMatchObject({ status: 200, json: { retries: 5, host: 'new.test' } })
    expect((await admin.call('DELETE', '/routes/r/service')).status).toBe(405)
    expect((await admin.call('GET', '/routes/alone/service')).status).toBe(404)
    expect((await admin.call('GET', '/routes/none/service')).status).toBe(404)
  })

  it('refuse a plugin below a consumer, which none of the plugins supports', async () => {
    await admin.call('PUT', '/consumers/bob')
    const refused = await admin.call('POST', '/consumers/bob/plugins', {
      json: { name: 'canary', config: { upstream_host: 'x.test' } },
    })
    expect(refused.json.fields).toEqual({ consumer: 'value must be null' })
    expect((await admin.call('GET', '/consumers/bob/plugins')).json).toEqual({
      data: [],
      next: null,
    })
  })
})

describe('PATCH', () => {
  it('merges records deeply, replaces lists and maps, and stores an explicit null', async () => {
    const plugin = await admin.call('POST', '/plugins', {
      json: {
        name: 'canary',
        config: { upstream_host: 'b.test', percentage: 10, always_groups: ['a', 'b'] },
      },
    })
    const path = `/plugins/${plugin.json.id}`
    const changed = await admin.call('PATCH', path, {
      json: { config: { percentage: 20, always_groups: ['c'] } },
    })
    expect(changed.json.config).toEqual({
      ...plugin.json.config,
      percentage: 20,
      always_groups: ['c'],
    })
    const cleared = await admin.call('PATCH', path, { json: { config: { variant_header: null } } })
    expect(cleared.json.config).toMatchObject({ variant_header: null, percentage: 20 })
  })

  it('merges health checks field by field', async () => {
    await admin.call('POST', '/upstreams', { json: { name: 'blue' } })
    const changed = await admin.call('PATCH', '/upstreams/blue', {
      json: { healthchecks: { active: { healthy: { interval: 5 } } } },
    })
    expect(changed.json.healthchecks.active.healthy).toEqual({
      interval: 5,
      http_statuses: [200, 302],
      successes: 0,
    })
    expect(changed.json.healthchecks.active.http_path).toBe('/')
  })

  it('keeps the start of a timed canary that has none of its own', async () => {
    const { json } = await admin.call('POST', '/plugins', {
      json: { name: 'canary', config: { upstream_host: 'b.test' } },
    })
    admin.clock.nowMs += 60_000
    await admin.call('PATCH', `/plugins/${json.id}`, { json: { config: { upstream_port: 81 } } })
    expect(admin.snapshot().tables.plugins.get(json.id)?.internals).toEqual({
      timedSince: START_MS,
    })
  })

  it('refuses another id', async () => {
    await admin.call('POST', '/upstreams', { json: { name: 'blue' } })
    const refused = await admin.call('PATCH', '/upstreams/blue', { json: { id: UUID } })
    expect(refused.json.fields).toEqual({ id: 'immutable field cannot be updated' })
  })
})

describe('deleting', () => {
  it('takes plugins, targets and credentials along', async () => {
    await admin.call('POST', '/services', { json: { name: 'shop', host: 'a.test' } })
    await admin.call('POST', '/services/shop/plugins', { json: { name: 'key-auth' } })
    await admin.call('PUT', '/consumers/bob')
    await admin.call('POST', '/consumers/bob/key-auth')
    await admin.call('DELETE', '/services/shop')
    await admin.call('DELETE', '/consumers/bob')
    const { plugins, keyauth_credentials } = admin.snapshot().tables
    expect([plugins.size, keyauth_credentials.size]).toEqual([0, 0])
  })
})

it('makes up the key of a credential that is created without one', async () => {
  await admin.call('PUT', '/consumers/bob')
  const { json } = await admin.call('POST', '/consumers/bob/key-auth')
  expect(json.key).toMatch(/^[0-9a-f]{32}$/)
})

it('takes names in UTF-8', async () => {
  await admin.call('POST', '/services', { json: { name: 'größe', host: 'a.test' } })
  expect((await admin.call('GET', '/services/gr%C3%B6%C3%9Fe')).json.name).toBe('größe')
})

it('finds a consumer by custom_id', async () => {
  await admin.call('PUT', '/consumers/bob', { json: { custom_id: 'c7' } })
  await admin.call('PUT', '/consumers/eve', { json: { custom_id: 'c8' } })
  const { json } = await admin.call('GET', '/consumers?custom_id=c7')
  expect(json.data.map((row: { username: string }) => row.username)).toEqual(['bob'])
})

it('lets one of many creations of the same name win, and serves that one', async () => {
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, i) =>
      admin.call('POST', '/services', { json: { name: 'shop', host: `h${i}.test` } }),
    ),
  )
  const statuses = answers.map(({ status }) => status).sort()
  expect(statuses).toEqual([201, ...Array(9).fill(409)])
  const winner = answers.find(({ status }) => status === 201)
  expect([...admin.snapshot().tables.services.values()].map(({ entity }) => entity)).toEqual([
    winner?.json,
  ])
})
