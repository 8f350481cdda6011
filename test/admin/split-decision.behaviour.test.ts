import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bucketOf } from '../../src/variants/bucket.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import { startUpstream, type TestUpstream } from '../support/test-upstream.ts'

let gateway: TestGateway
let upstream: TestUpstream
let splitId: string

beforeAll(async () => {
  gateway = await startTestGateway({
    settings: { trusted_ips: '127.0.0.1', real_ip_header: 'X-Real-IP' },
  })
  upstream = await startUpstream('v1')
  await gateway.admin('PUT', '/services/shop', { host: '127.0.0.1', port: upstream.port })
  await gateway.admin('PUT', '/services/shop/routes/all', { paths: ['/'], strip_path: false })
  for (const name of ['blue', 'green']) {
    await gateway.admin('PUT', `/upstreams/${name}`)
    await gateway.admin('POST', `/upstreams/${name}/targets`, { target: upstream.address })
  }
  for (const name of ['anna', 'bob']) {
    await gateway.admin('PUT', `/consumers/${name}`)
    await gateway.admin('PUT', `/consumers/${name}/key-auth/${name}`, { key: name })
  }
  for (const group of ['gold', 'silver']) {
    await gateway.admin('PUT', `/consumer_groups/${group}`)
    await gateway.admin('POST', `/consumer_groups/${group}/consumers`, { consumer: 'anna' })
  }
  await gateway.admin('PUT', '/consumers/guest')
})

beforeEach(async () => {
  gateway.entries.length = 0
  await gateway.admin('POST', '/services/shop/plugins', {
    name: 'key-auth',
    config: { anonymous: 'guest' },
  })
})

afterEach(async () => {
  const { data } = await gateway.admin<{ data: { id: string }[] }>('GET', '/plugins')
  for (const { id } of data) await gateway.admin('DELETE', `/plugins/${id}`)
  expect(gateway.logged).toEqual([])
})

afterAll(async () => {
  await gateway.stop()
  await upstream.close()
})

const BLUE = { upstream_id: 'blue' }
const GREEN = { upstream_id: 'green' }
const BOTH = { weighted_upstreams: [BLUE, GREEN] }

async function split(rules: readonly object[], where = '/services/shop'): Promise<void> {
  const made = await gateway.admin<{ id: string }>('POST', `${where}/plugins`, {
    name: 'traffic-split',
    config: { rules },
  })
  splitId = made.id
}

const when = (...vars: readonly unknown[]) => ({ match: [{ vars }], weighted_upstreams: [BLUE] })

interface Told {
  readonly variant: string | null
  readonly rule: string
  readonly sentence: string
  readonly traffic_split: { readonly rule: number | null; readonly item: number | null } | null
}

const URL_OF_QUESTION = '/services/shop/canary/decision'

function ask(query: Readonly<Record<string, string>> = {}): Promise<Told> {
  const text = new URLSearchParams({ ip: '10.0.0.1', ...query })
  return gateway.admin('GET', `${URL_OF_QUESTION}?${text}`)
}

/** What the access log says of such a request. */
async function served(path: string, init: RequestInit = {}) {
  const headers = { 'x-real-ip': '10.0.0.1', ...init.headers }
  await (await fetch(`http://127.0.0.1:${gateway.proxyPort}${path}`, { ...init, headers })).text()
  const { variant, rule, split: at } = gateway.entries.at(-1) ?? {}
  return { variant, rule, traffic_split: { rule: at?.rule ?? null, item: at?.item ?? null } }
}

describe('the question knows all that expressions ask for', () => {
  const form = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } }
  it.each<[string, unknown, Record<string, string>, string, RequestInit]>([
    [
      'a header',
      ['http_x-env', '==', 'b:c'],
      { header: 'X-Env:b:c' },
      '/',
      { headers: { 'x-env': 'b:c' } },
    ],
    ['a cookie', ['cookie_v', '==', '2'], { cookie: 'v=2' }, '/', { headers: { cookie: 'v=2' } }],
    ['an argument', ['arg_v', '==', 'ö'], { path: '/a?v=ö' }, '/a?v=%C3%B6', {}],
    ['a path', ['uri', '==', '/a/b'], { path: '/a/./b' }, '/a/./b', {}],
    ['a method', ['request_method', '==', 'PUT'], { method: 'PUT' }, '/', { method: 'PUT' }],
    ['a form', ['post_arg_v', '==', '2'], { form: 'v=2' }, '/', { ...form, body: 'v=2' }],
    ['an address', ['remote_addr', 'ipmatch', ['10.0.0.0/8']], {}, '/', {}],
    [
      'a consumer',
      ['consumer_name', '==', 'anna'],
      { consumer: 'anna' },
      '/',
      { headers: { apikey: 'anna' } },
    ],
    [
      'a group',
      ['consumer_group', '==', 'gold'],
      { consumer: 'anna' },
      '/',
      { headers: { apikey: 'anna' } },
    ],
    ['the service', ['service_name', '==', 'shop'], {}, '/', {}],
    ['the listener', ['server_port', '>', 0], {}, '/', {}],
  ])('%s', async (_, test, query, path, init) => {
    await split([when(test), { ...when(), weighted_upstreams: [{}] }])
    const blue = {
      variant: 'split:blue',
      rule: 'traffic-split',
      traffic_split: { rule: 0, item: 0 },
    }
    expect(await ask(query)).toMatchObject(blue)
    expect(await served(path, init)).toMatchObject(blue)
    const [variable, ...rest] = test as [string, ...unknown[]]
    await gateway.admin('PATCH', `/plugins/${splitId}`, {
      config: { rules: [when([variable, '!', ...rest]), { weighted_upstreams: [{}] }] },
    })
    const own = { variant: 'primary', rule: 'no-canary', traffic_split: { rule: 1, item: 0 } }
    expect(await ask(query)).toMatchObject(own)
    expect(await served(path, init)).toMatchObject(own)
  })

  it('the route and the host', async () => {
    await split([when(['route_name', '==', 'all'], ['host', '==', 'shop.test'])])
    expect((await ask({ route: 'all', host: 'Shop.test:8000' })).variant).toBe('split:blue')
    expect(await ask({ host: 'shop.test' })).toMatchObject({
      variant: 'primary',
      traffic_split: { rule: null, item: null, items: null },
      sentence:
        'no rule of the traffic-split applies; no canary plugin is in force here, so the primary.',
    })
  })
})

describe('who is asked about', () => {
  it('meets the plugin of the consumer, of the first group, or of everybody', async () => {
    await split([{ weighted_upstreams: [GREEN] }])
    await split([{ weighted_upstreams: [BLUE] }], '/consumer_groups/silver')
    const scopes = async (consumer: string) => {
      const told = await ask({ consumer })
      return [told.variant, told.traffic_split]
    }
    expect(await scopes('anna')).toMatchObject(['split:blue', { scope: 'consumer_group' }])
    expect(await scopes('bob')).toMatchObject(['split:green', { scope: 'service' }])
    await split([{ weighted_upstreams: [BLUE] }], '/consumers/bob')
    expect(await scopes('bob')).toMatchObject(['split:blue', { scope: 'consumer' }])
    expect(await ask({ consumer: 'anna' })).toMatchObject({
      consumer: { consumer_groups: ['gold', 'silver'] },
    })
  })
})

describe('a sticky rule', () => {
  it.each([
    [{ by: 'header', header: 'X-User' }, { header: 'emma' }, 'emma', { 'x-user': 'emma' }],
    [
      { by: 'header', header: 'X-User' },
      { header: 'x-user:zoë' },
      'zoë',
      { 'x-user': Buffer.from('zoë').toString('latin1') },
    ],
    [{ by: 'cookie', cookie: 'sid' }, { cookie: 'c1' }, 'c1', { cookie: 'sid=c1' }],
    [{ by: 'cookie', cookie: 'sid' }, { cookie: 'sid=c1' }, 'c1', { cookie: 'sid=c1' }],
    [{ by: 'ip' }, {}, '10.0.0.1', {}],
  ])('%j tells key, bucket and item', async (by, query, key, headers) => {
    await split([{ ...BOTH, sticky: { salt: 's', ...by } }])
    const bucket = bucketOf('s', by.by === 'header' ? Buffer.from(key).toString('latin1') : key)
    const item = bucket < 2 ** 31 ? 0 : 1
    const told = await ask(query as Record<string, string>)
    expect(told).toMatchObject({
      variant: item === 0 ? 'split:blue' : 'split:green',
      key,
      key_source: by.by,
      salt: 's',
      bucket,
      share_percent: 50,
      traffic_split: { rule: 0, item, key, bucket },
    })
    expect(told.sentence).toContain(`hashes to bucket ${bucket} of 4294967296`)
    expect(await served('/', { headers })).toMatchObject({ traffic_split: { rule: 0, item } })
  })

  it.each([
    [{ by: 'cookie', cookie: 'sid' }, "this traffic-split hashes the cookie 'sid'"],
    [{ by: 'ip' }, 'the client address decides here; ask with ip'],
    [{ by: 'header', header: 'x' }, 'the client address decides here; ask with header or ip'],
  ])('%j asks for what decides', async (by, problem) => {
    await split([{ ...BOTH, sticky: by }])
    const refused = await gateway.adminRaw('GET', URL_OF_QUESTION)
    expect(refused.status).toBe(400)
    expect(await refused.text()).toContain(problem)
  })
})

describe('items that take turns', () => {
  it('are told with their shares, and the turns of real requests stay where they are', async () => {
    await split([{ weighted_upstreams: [{ ...BLUE, weight: 3 }, {}] }])
    for (let asked = 0; asked < 3; asked += 1) {
      expect(await ask()).toMatchObject({
        variant: null,
        rule: 'traffic-split',
        bucket: null,
        sentence:
          "rule 0 of the traffic-split applies; its items take turns: item 0 (split:blue) 75 %, item 1 (the service's own upstream) 25 %.",
        traffic_split: {
          rule: 0,
          item: null,
          items: [
            { item: 0, variant: 'split:blue', share_percent: 75 },
            { item: 1, variant: null, share_percent: 25 },
          ],
        },
      })
    }
    const variants: unknown[] = []
    for (let sent = 0; sent < 4; sent += 1) variants.push((await served('/')).variant)
    expect(variants).toEqual(['split:blue', 'split:blue', 'split:blue', 'primary'])
  })

  it('are one item when it gets them all', async () => {
    await split([{ weighted_upstreams: [{ ...BLUE, weight: 0 }, GREEN] }])
    expect(await ask()).toMatchObject({ variant: 'split:green', traffic_split: { item: 1 } })
  })

  it('leave to the canary plugin what means the service', async () => {
    await gateway.admin('POST', '/services/shop/plugins', {
      name: 'canary',
      config: { upstream_host: 'green', percentage: 100, hash: 'ip', salt: 's' },
    })
    await split([{ weighted_upstreams: [{}] }])
    expect(await ask()).toMatchObject({
      variant: 'canary',
      rule: 'hash',
      bucket: bucketOf('s', '10.0.0.1'),
      threshold: 2 ** 32,
      sentence: expect.stringMatching(
        /^rule 0 of the traffic-split applies, and all go to item 0 .*; client address/,
      ),
    })
  })
})

describe('a question that cannot be answered', () => {
  it.each([
    ['header=blue', "query argument 'header': say which one"],
    ['cookie=blue', "query argument 'cookie': say which one"],
    ['method=get', "query argument 'method': 'get' is no method"],
    ['scheme=ftp', "query argument 'scheme': 'ftp' is not served"],
    ['host=a/b', "query argument 'host': 'a/b' is no host"],
    ['path=a', 'the path does not begin with'],
    ['path=/%25zz', "query argument 'path': "],
    ['path=/&path=/', "query argument 'path': given more than once"],
    ['', "query argument 'ip': missing, and expressions of the traffic-split look at it"],
  ])('%s says what is wrong', async (query, problem) => {
    await split([when(['remote_addr', '==', '10.0.0.1'])])
    const refused = await gateway.adminRaw(
      'GET',
      `${URL_OF_QUESTION}?${query && `ip=10.0.0.1&${query}`}`,
    )
    expect(refused.status).toBe(400)
    expect(await refused.json()).toMatchObject({ detail: expect.stringContaining(problem) })
  })
})
