import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bucketOf } from '../../src/variants/bucket.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import { startUpstream, type TestUpstream } from '../support/test-upstream.ts'

let gateway: TestGateway
let own: TestUpstream
let blue: TestUpstream
let green: TestUpstream

beforeAll(async () => {
  own = await startUpstream('own')
  blue = await startUpstream('blue')
  green = await startUpstream('green')
  gateway = await startTestGateway()
  await gateway.admin('PUT', '/services/shop', { host: '127.0.0.1', port: own.port })
  await gateway.admin('PUT', '/services/shop/routes/all', { paths: ['/'] })
  await gateway.admin('PUT', '/services/shop/routes/other', { paths: ['/other'] })
  for (const [name, { address }] of [
    ['blue', blue],
    ['green', green],
  ] as const) {
    await gateway.admin('PUT', `/upstreams/${name}`)
    await gateway.admin('POST', `/upstreams/${name}/targets`, { target: address })
  }
})

afterAll(async () => {
  await gateway.stop()
  await Promise.all([own.close(), blue.close(), green.close()])
})

beforeEach(() => {
  gateway.entries.length = 0
  for (const { seen } of [own, blue, green]) seen.length = 0
})

afterEach(async () => {
  const { data } = await gateway.admin<{ data: { id: string }[] }>('GET', '/plugins')
  for (const { id } of data) await gateway.admin('DELETE', `/plugins/${id}`)
  expect(gateway.logged).toEqual([])
})

const BLUE = { upstream_id: 'blue' }
const GREEN = { upstream_id: 'green' }

function inline(upstream: TestUpstream, others: object = {}): object {
  return { upstream: { nodes: { [upstream.address]: 1 }, ...others } }
}

function split(rules: readonly object[], where = '/services/shop'): Promise<{ id: string }> {
  return gateway.admin('POST', `${where}/plugins`, { name: 'traffic-split', config: { rules } })
}

const items = (...weighted_upstreams: object[]) => [{ weighted_upstreams }]

interface Sent {
  readonly path?: string
  readonly headers?: Record<string, string>
}

async function get({ path = '/', headers = {} }: Sent = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${gateway.proxyPort}${path}`, { headers })
}

/** Who answered each of so many requests in a row; in place of a text the status of what is no 200. */
async function answers(count: number, sent?: Sent): Promise<string[]> {
  const found: string[] = []
  for (let i = 0; i < count; i += 1) {
    const response = await get(sent)
    const text = await response.text()
    found.push(response.status === 200 ? text : String(response.status))
  }
  return found
}

const shares = async (count: number, sent?: Sent) => {
  const counts = { own: 0, blue: 0, green: 0 }
  for (const name of await answers(count, sent)) counts[name as keyof typeof counts] += 1
  return counts
}

describe('shares', () => {
  it.each([
    ['two thirds and one third', [{ ...BLUE, weight: 2 }, GREEN], 6, { own: 0, blue: 4, green: 2 }],
    ['half and half', [BLUE, GREEN], 6, { own: 0, blue: 3, green: 3 }],
    ['all', [{ ...BLUE, weight: 100 }, { weight: 0 }], 5, { own: 0, blue: 5, green: 0 }],
    ['none', [{ ...BLUE, weight: 0 }, { weight: 100 }], 5, { own: 5, blue: 0, green: 0 }],
    [
      'two, two and one',
      [{ ...BLUE, weight: 2 }, { ...GREEN, weight: 2 }, { weight: 1 }],
      5,
      { own: 1, blue: 2, green: 2 },
    ],
    [
      'nobody else with a lone weight of 0',
      [{ ...BLUE, weight: 0 }],
      3,
      { own: 0, blue: 3, green: 0 },
    ],
    ['the service without an upstream', [{}], 2, { own: 2, blue: 0, green: 0 }],
  ])('are %s', async (_, weighted, count, expected) => {
    await split(items(...weighted))
    expect(await shares(count)).toEqual(expected)
  })

  it('are the same for inline upstreams', async () => {
    await split(items({ ...inline(blue), weight: 2 }, { ...inline(green), weight: 1 }))
    expect(await shares(6)).toEqual({ own: 0, blue: 4, green: 2 })
  })

  it('go on where they were after changes elsewhere', async () => {
    await split(items({ ...BLUE, weight: 3 }, GREEN))
    const before = await answers(2)
    await gateway.admin('PATCH', '/routes/other', { tags: [`t${Date.now()}`] })
    const after = await answers(2)
    expect([...before, ...after].toSorted()).toEqual(['blue', 'blue', 'blue', 'green'])
  })

  it('change with the next request after a write', async () => {
    const { id } = await split(items({ ...GREEN, weight: 100 }, { weight: 0 }))
    expect(await answers(2)).toEqual(['green', 'green'])
    await gateway.admin('PATCH', `/plugins/${id}`, {
      config: { rules: items({ ...GREEN, weight: 0 }, { weight: 100 }) },
    })
    expect(await answers(3)).toEqual(['own', 'own', 'own'])
  })
})

describe('rules', () => {
  const onEnv = (value: string, item: object) => ({
    match: [{ vars: [['http_x_env', '==', value]] }],
    weighted_upstreams: [item],
  })

  it('choose by what the request says, the first that applies', async () => {
    await split([onEnv('green', GREEN), onEnv('blue', inline(blue)), onEnv('green', BLUE)])
    const inEnv = (value: string) => answers(1, { headers: { 'x-env': value } })
    expect(await inEnv('green')).toEqual(['green'])
    expect(await inEnv('blue')).toEqual(['blue'])
    expect(await inEnv('red')).toEqual(['own'])
    expect(await answers(1)).toEqual(['own'])
  })

  it.each([
    ['an argument', [['arg_v', '==', '2']], '/?v=2', {}],
    ['a path', [['uri', '~~', '^/a/']], '/a/b', {}],
    ['a cookie', [['cookie_v', '==', '2']], '/', { cookie: 'v=2' }],
    ['an address', [['remote_addr', 'ipmatch', ['127.0.0.0/8']]], '/', {}],
    ['the route', [['route_name', '==', 'other']], '/other', {}],
    ['the service', [['service_name', '==', 'shop']], '/', {}],
    ['a number', [['http_x-n', '>', 5]], '/', { 'x-n': '10' }],
    ['one of two', ['OR', ['arg_v', '==', '1'], ['http_x', 'in', ['a', 'b']]], '/', { x: 'b' }],
  ])('match %s', async (_, vars, path, headers) => {
    await split([{ match: [{ vars }], weighted_upstreams: [GREEN] }])
    expect(await answers(1, { path, headers })).toEqual(['green'])
    expect(await answers(1, { headers: { 'x-n': 'none' } })).toEqual(
      path === '/' && Object.keys(headers).length === 0 ? ['green'] : ['own'],
    )
  })

  it('match the consumer', async () => {
    for (const name of ['anna', 'bob']) {
      await gateway.admin('PUT', `/consumers/${name}`)
      await gateway.admin('PUT', `/consumers/${name}/key-auth/${name}`, { key: name })
    }
    await gateway.admin('POST', '/services/shop/plugins', { name: 'key-auth' })
    await split([
      { match: [{ vars: [['consumer_name', '==', 'anna']] }], weighted_upstreams: [GREEN] },
    ])
    expect(await answers(1, { headers: { apikey: 'anna' } })).toEqual(['green'])
    expect(await answers(1, { headers: { apikey: 'bob' } })).toEqual(['own'])
  })
})

describe('scopes', () => {
  it('are route, service and everything, the most specific first', async () => {
    await split(items(GREEN), '')
    expect(await answers(1)).toEqual(['green'])
    await split(items(BLUE))
    expect(await answers(1)).toEqual(['blue'])
    await split(items({}), '/routes/all')
    expect(await answers(1)).toEqual(['own'])
    expect(await answers(1, { path: '/other' })).toEqual(['blue'])
  })

  it('are consumers as well', async () => {
    await gateway.admin('PUT', '/consumers/carla')
    await gateway.admin('PUT', '/consumers/carla/key-auth/carla', { key: 'carla' })
    await gateway.admin('POST', '/services/shop/plugins', {
      name: 'key-auth',
      config: { anonymous: null },
    })
    await gateway.admin('PUT', '/consumers/dora')
    await gateway.admin('PUT', '/consumers/dora/key-auth/dora', { key: 'dora' })
    await split(items({ ...GREEN, weight: 1 }, inline(blue)), '/consumers/carla')
    expect(await shares(4, { headers: { apikey: 'carla' } })).toEqual({ own: 0, blue: 2, green: 2 })
    expect(await answers(1, { headers: { apikey: 'dora' } })).toEqual(['own'])
  })
})

describe('a sticky rule', () => {
  const sticky = (by: object, ...weighted_upstreams: object[]) => [
    { weighted_upstreams, sticky: { salt: 's', ...by } },
  ]
  const byUser = { by: 'header', header: 'X-User' }
  const who = (user: string) => ({ headers: { 'x-user': user } })
  const users = Array.from({ length: 20 }, (_, i) => `user-${i}`)

  it('keeps each client on its item', async () => {
    await split(sticky(byUser, BLUE, GREEN))
    for (const user of users.slice(0, 6)) {
      const side = bucketOf('s', user) < 2 ** 31 ? 'blue' : 'green'
      expect(await answers(2, who(user))).toEqual([side, side])
    }
  })

  it('moves clients to the item that grows, and none the other way', async () => {
    const { id } = await split(sticky(byUser, { ...BLUE, weight: 80 }, { ...GREEN, weight: 20 }))
    const sides = async () =>
      Object.fromEntries(
        await Promise.all(users.map(async (user) => [user, (await answers(1, who(user)))[0]])),
      )
    const before = await sides()
    const rules = sticky(byUser, { ...BLUE, weight: 30 }, { ...GREEN, weight: 70 })
    await gateway.admin('PATCH', `/plugins/${id}`, { config: { rules } })
    const after = await sides()
    const moved = users.filter((user) => before[user] !== after[user])
    expect(moved.length).toBeGreaterThan(0)
    expect(moved.map((user) => after[user])).toEqual(moved.map(() => 'green'))
  })

  it('issues its cookie once, and follows it', async () => {
    await split(sticky({ by: 'cookie', cookie: 'side' }, BLUE, GREEN))
    const first = await get()
    const [cookie = ''] = first.headers.getSetCookie()
    expect(cookie).toMatch(/^side=[0-9a-f-]{36}; Path=\/; HttpOnly; SameSite=Lax$/)
    const side = await first.text()
    const again = await get({ headers: { cookie: cookie.split(';')[0] ?? '' } })
    expect(again.headers.getSetCookie()).toEqual([])
    expect(await again.text()).toBe(side)
  })
})

describe('beside a canary', () => {
  const canary = (config: object) =>
    gateway.admin('POST', '/services/shop/plugins', {
      name: 'canary',
      config: { upstream_host: 'green', percentage: 100, ...config },
    })

  it('goes first, and leaves what means the service to it', async () => {
    await canary({})
    await split(items(BLUE, {}))
    expect(await answers(4)).toEqual(['blue', 'green', 'blue', 'green'])
    expect(gateway.entries.map(({ variant, rule }) => [variant, rule])).toEqual([
      ['split:blue', 'traffic-split'],
      ['canary', 'hash'],
      ['split:blue', 'traffic-split'],
      ['canary', 'hash'],
    ])
  })

  it('leaves requests that no rule applies to to it', async () => {
    await canary({})
    await split([{ match: [{ vars: [['arg_a', '==', '1']] }], weighted_upstreams: [BLUE] }])
    expect(await answers(1, { path: '/?a=1' })).toEqual(['blue'])
    expect(await answers(1)).toEqual(['green'])
  })

  it('tells the variant in the field of the canary', async () => {
    await canary({ percentage: 0 })
    await split(items(BLUE, inline(green), {}))
    const told = [await get(), await get(), await get()]
    expect(told.map(({ headers }) => headers.get('canary-variant'))).toEqual([
      'split:blue',
      'split:0.1',
      'primary',
    ])
  })

  it('gives a cookie that both keep clients by one value', async () => {
    await canary({ hash: 'cookie', hash_cookie: 'side', percentage: 50 })
    await split([{ weighted_upstreams: [{}], sticky: { by: 'cookie', cookie: 'side' } }])
    const first = await get()
    const cookies = first.headers.getSetCookie()
    expect(cookies).toHaveLength(1)
    const variant = first.headers.get('canary-variant')
    const again = await get({ headers: { cookie: cookies[0]?.split(';')[0] ?? '' } })
    expect(again.headers.get('canary-variant')).toBe(variant)
  })
})

describe('the access log', () => {
  it('says which rule and item, and the bucket', async () => {
    await split([
      { match: [{ vars: [['arg_a', '==', '1']] }] },
      { weighted_upstreams: [BLUE], sticky: { by: 'ip', salt: 's' } },
    ])
    await answers(1)
    await answers(1, { path: '/?a=1' })
    expect(gateway.entries).toMatchObject([
      {
        variant: 'split:blue',
        rule: 'traffic-split',
        split: {
          rule: 1,
          item: 0,
          keySource: 'ip',
          key: '127.0.0.1',
          bucket: bucketOf('s', '127.0.0.1'),
        },
      },
      {
        variant: 'primary',
        rule: 'no-canary',
        split: { rule: 0, item: 0, keySource: null, key: null, bucket: null },
      },
    ])
  })

  it('keeps values of header fields and cookies out', async () => {
    await split([{ sticky: { by: 'header', header: 'x-session', salt: 's' } }])
    await answers(1, { headers: { 'x-session': 'secret' } })
    expect(gateway.entries[0]?.split).toEqual({
      rule: 0,
      item: 0,
      keySource: 'header',
      key: null,
      bucket: bucketOf('s', 'secret'),
    })
  })
})
