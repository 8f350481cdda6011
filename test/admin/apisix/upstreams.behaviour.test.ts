import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { START_MS } from '../admin-harness.ts'
import { type ApisixAdmin, startApisixAdmin } from './apisix-admin.ts'

const SECONDS = Math.floor(START_MS / 1000)
const NODES = { '127.0.0.1:1980': 1, '127.0.0.1:1981': 2 }

let admin: ApisixAdmin
beforeEach(async () => {
  admin = await startApisixAdmin()
})
afterEach(() => admin.close())

/** What is shown of the upstream 1. */
async function shown() {
  return (await admin.apisix('GET', '/upstreams/1')).json.value
}

describe('an upstream', () => {
  it('is made by PUT with 201, replaced with 200, and answered with key, value and times', async () => {
    const made = await admin.apisix('PUT', '/upstreams/1', { type: 'roundrobin', nodes: NODES })
    expect(made).toMatchObject({
      status: 201,
      headers: { 'x-api-version': 'v3' },
      json: {
        key: '/apisix/upstreams/1',
        value: {
          id: '1',
          type: 'roundrobin',
          nodes: NODES,
          create_time: SECONDS,
          update_time: SECONDS,
        },
      },
    })
    admin.clock.nowMs += 5000
    const replaced = await admin.apisix('PUT', '/upstreams/1', { nodes: { '127.0.0.1:1982': 3 } })
    expect([replaced.status, replaced.json.value]).toMatchObject([
      200,
      { nodes: { '127.0.0.1:1982': 3 }, create_time: SECONDS, update_time: SECONDS + 5 },
    ])
    expect(replaced.json.value.nodes).toEqual({ '127.0.0.1:1982': 3 })
    const found = await admin.apisix('GET', '/upstreams/1')
    expect(found.json).toEqual({ ...replaced.json, createdIndex: 1, modifiedIndex: 2 })
  })

  it('is made by POST under a number of 20 digits', async () => {
    const first = await admin.apisix('POST', '/upstreams', { nodes: NODES })
    const second = await admin.apisix('POST', '/upstreams', { nodes: NODES })
    expect([first.status, first.json.value.id]).toEqual([201, '00000000000000000001'])
    expect(second.json.value.id).toBe('00000000000000000002')
    expect(second.json.key).toBe('/apisix/upstreams/00000000000000000002')
  })

  it('keeps a number as its id, and the form and the order of its nodes', async () => {
    const nodes = [9, 3, 7].map((n) => ({ host: `10.0.0.${n}`, port: 80, weight: n }))
    const made = await admin.apisix('PUT', '/upstreams', { id: 7, nodes })
    expect([made.status, made.json.value.id, made.json.value.nodes]).toEqual([201, 7, nodes])
    expect((await admin.apisix('GET', '/upstreams/7')).json.value.id).toBe(7)
  })

  it('shows addresses of IPv6 as they were written', async () => {
    const nodes = { '[::1]:80': 1, '[2001:db8::a]:8080': 2 }
    await admin.apisix('PUT', '/upstreams/1', { nodes })
    expect((await shown()).nodes).toEqual(nodes)
    const list = [{ host: '[2001:db8::a]', port: 80, weight: 1 }]
    await admin.apisix('PUT', '/upstreams/1', { nodes: list })
    expect((await shown()).nodes).toEqual(list)
  })

  it('is an upstream with targets in the other dialect, and what that has no words for is there under apisix', async () => {
    await admin.apisix('PUT', '/upstreams/1', {
      name: 'green',
      type: 'chash',
      hash_on: 'header',
      key: 'X-User',
      nodes: NODES,
      pass_host: 'rewrite',
      upstream_host: 'green.test',
      scheme: 'https',
      timeout: { connect: 1, send: 2, read: 0.5 },
      retries: 1,
      labels: { env: 'green' },
      tls: { verify: false },
      checks: { active: { http_path: '/health', host: 'probe.test', req_headers: ['X-A: b'] } },
    })
    const { json } = await admin.call('GET', '/upstreams/green')
    expect(json).toMatchObject({
      name: 'green',
      algorithm: 'consistent-hashing',
      hash_on: 'header',
      hash_on_header: 'X-User',
      hash_fallback: 'ip',
      host_header: 'green.test',
      healthchecks: { active: { http_path: '/health', https_sni: 'probe.test' } },
      apisix: {
        id: '1',
        scheme: 'https',
        pass_host: 'rewrite',
        timeout: { connect: 1, send: 2, read: 0.5 },
        retries: 1,
        labels: { env: 'green' },
        tls_verify: false,
      },
    })
    const targets = (await admin.call('GET', '/upstreams/green/targets')).json.data
    expect(
      Object.fromEntries(
        targets.map((t: { target: string; weight: number }) => [t.target, t.weight]),
      ),
    ).toEqual(NODES)
    const value = await shown()
    expect(value).toMatchObject({
      type: 'chash',
      hash_on: 'header',
      key: 'X-User',
      tls: { verify: false },
      checks: { active: { http_path: '/health', host: 'probe.test', req_headers: ['x-a: b'] } },
    })
    expect(value).not.toHaveProperty('kong')
  })

  it('shows what the other dialect changed, and names what it has no words for', async () => {
    await admin.apisix('PUT', '/upstreams/1', { name: 'blue', nodes: NODES })
    await admin.call('PATCH', '/upstreams/blue', {
      json: { slow_start: 10, algorithm: 'least-connections', tags: ['a'] },
    })
    await admin.call('POST', '/upstreams/blue/targets', { json: { target: '127.0.0.1:1983' } })
    expect(await shown()).toMatchObject({
      type: 'least_conn',
      nodes: { ...NODES, '127.0.0.1:1983': 100 },
      kong: { slow_start: 10, tags: ['a'] },
    })
    await admin.apisix('PUT', '/upstreams/1', { name: 'blue', nodes: NODES })
    expect(await shown()).toMatchObject({
      type: 'roundrobin',
      kong: { slow_start: 10, tags: ['a'] },
    })
  })

  it('of the other dialect is shown under its id, and stays what it is when only its nodes change', async () => {
    const { json } = await admin.call('POST', '/upstreams', { json: { name: 'kongs' } })
    const path = `/upstreams/${json.id}`
    const { value } = (await admin.apisix('GET', path)).json
    expect(value).toMatchObject({
      id: json.id,
      name: 'kongs',
      nodes: [],
      kong: { as_service_and_route: expect.arrayContaining(['scheme', 'pass_host']) },
    })
    const patched = await admin.apisix('PATCH', path, {
      nodes: [{ host: 'a.test', port: 1, weight: 1 }],
    })
    expect(patched.status).toBe(200)
    expect((await admin.call('GET', '/upstreams/kongs')).json).not.toHaveProperty('apisix')
    expect((await admin.call('GET', '/upstreams/kongs/targets')).json.data).toMatchObject([
      { target: 'a.test:1' },
    ])
  })

  it('takes no name that Kong could not have, and none that a service already sends to', async () => {
    await admin.call('POST', '/services', { json: { name: 'shop', host: 'taken' } })
    for (const [id, name] of [
      ['1', 'taken'],
      ['2', 'Grün & Blau'],
      ['3', 'www.example.com'],
    ] as const) {
      const { json } = await admin.apisix('PUT', `/upstreams/${id}`, { name, nodes: NODES })
      expect(json.value.name).toBe(name)
    }
    const names = (await admin.call('GET', '/upstreams')).json.data.map(
      ({ name }: { name: string }) => name,
    )
    expect(names).toEqual(
      names.map(() => expect.stringMatching(/^[0-9a-f-]{36}\.apisix\.invalid$/)),
    )
  })
})

describe('PATCH', () => {
  beforeEach(() =>
    admin.apisix('PUT', '/upstreams/1', { nodes: NODES, labels: { a: '1', b: '2' } }),
  )

  it('merges objects, and null deletes', async () => {
    const answer = await admin.apisix('PATCH', '/upstreams/1', {
      nodes: { '127.0.0.1:1981': null, '127.0.0.1:1982': 5 },
      labels: { b: '3' },
    })
    expect([answer.status, answer.json.value]).toMatchObject([200, { labels: { a: '1', b: '3' } }])
    expect(answer.json.value.nodes).toEqual({ '127.0.0.1:1980': 1, '127.0.0.1:1982': 5 })
  })

  it('sets one value behind a sub-path, and refuses one through a text', async () => {
    const nodes = { '127.0.0.1:1': 1 }
    expect((await admin.apisix('PATCH', '/upstreams/1/nodes', nodes)).json.value.nodes).toEqual(
      nodes,
    )
    await admin.apisix('PATCH', '/upstreams/1/labels/a', undefined, { raw: '"x"' })
    expect((await shown()).labels).toEqual({ a: 'x', b: '2' })
    const refused = await admin.apisix('PATCH', '/upstreams/1/type/x/y', {})
    expect([refused.status, refused.json]).toEqual([
      400,
      { error_msg: 'invalid sub-path: /type/x/y' },
    ])
    const merged = await admin.apisix('PATCH', '/upstreams/1/', { desc: 'd' })
    expect(merged.json.value).toMatchObject({ desc: 'd', labels: { a: 'x' } })
  })

  it('takes a JSON patch, whole or not at all', async () => {
    const patch = [
      { op: 'replace', path: '/nodes', value: { '127.0.0.1:2': 2 } },
      { op: 'remove', path: '/labels/a' },
    ]
    const answer = await admin.apisix('PATCH', '/upstreams/1', patch)
    expect(answer.json.value).toMatchObject({ nodes: { '127.0.0.1:2': 2 }, labels: { b: '2' } })
    const refused = await admin.apisix('PATCH', '/upstreams/1', [
      { op: 'remove', path: '/labels/b' },
      { op: 'test', path: '/type', value: 'chash' },
    ])
    expect(refused.status).toBe(400)
    expect(refused.json.error_msg).toContain('JSON patch does not apply: test /type')
    expect((await shown()).labels).toEqual({ b: '2' })
    const hostile = await admin.apisix('PATCH', '/upstreams/1', [
      { op: 'add', path: '/__proto__/x', value: 1 },
    ])
    expect([hostile.status, hostile.json.error_msg]).toEqual([
      400,
      "the key '__proto__' is not allowed",
    ])
  })

  it.each([
    ['without a body', undefined, 'missing new configuration'],
    [
      'that breaks the schema',
      { type: 5 },
      'invalid configuration: property "type" validation failed',
    ],
  ])('%s is refused', async (_, body, message) => {
    const refused = await admin.apisix('PATCH', '/upstreams/1', body)
    expect(refused.status).toBe(400)
    expect(refused.json.error_msg).toContain(message)
  })
})

describe('errors', () => {
  it.each([
    [{}, 'invalid configuration: property "nodes" is required'],
    [
      { nodes: { '127.0.0.1:80': -1 } },
      'invalid configuration: property "nodes" validation failed: failed to validate item 1: property "weight" validation failed: expected -1 to be at least 0',
    ],
    [
      { nodes: [], retries: 'a' },
      'invalid configuration: property "retries" validation failed: wrong type: expected integer, got string',
    ],
    [
      { nodes: [], nonsense: 1 },
      'invalid configuration: additional properties forbidden, found nonsense',
    ],
    [
      { nodes: [], type: 'chash' },
      'invalid configuration: property "key" validation failed: missing key',
    ],
    [{ nodes: [], create_time: 1 }, 'the property is forbidden:  create_time'],
    [{ nodes: [], id: '2' }, 'wrong upstream id'],
    [
      { nodes: [], name: 'a'.repeat(257) },
      'invalid configuration: property "name" validation failed: string too long, expected at most 256, got 257',
    ],
  ])('of %j', async (body, message) => {
    const refused = await admin.apisix('PUT', '/upstreams/1', body)
    expect([refused.status, refused.json]).toEqual([400, { error_msg: message }])
    expect((await admin.apisix('GET', '/upstreams')).json).toEqual({ total: 0, list: [] })
  })

  it.each([
    ['GET', '/upstreams/9', undefined, 404, { message: 'Key not found' }],
    ['PATCH', '/upstreams/9', {}, 404, { message: 'Key not found' }],
    ['DELETE', '/upstreams/9', undefined, 404, { message: 'Key not found' }],
    ['GET', '/upstreems', undefined, 404, { error_msg: 'Unsupported resource type: upstreems' }],
    ['PUT', '/upstreams', { nodes: [] }, 400, { error_msg: 'missing upstream id' }],
    [
      'POST',
      '/upstreams',
      { nodes: [], id: '1' },
      400,
      { error_msg: 'wrong upstream id, do not need it' },
    ],
    [
      'POST',
      '/upstreams/1',
      { nodes: [] },
      405,
      { error_msg: 'not supported `POST` method for upstream' },
    ],
  ])('of %s %s', async (method, path, body, status, json) => {
    const refused = await admin.apisix(method, path, body)
    expect([refused.status, refused.json]).toEqual([status, json])
  })

  it('of a body that is no JSON or too large', async () => {
    const broken = await admin.apisix('PUT', '/upstreams/1', undefined, { raw: '{"a":' })
    expect([broken.status, broken.json.error_msg]).toEqual([
      400,
      expect.stringMatching(/^invalid request body: /),
    ])
    const large = await admin.apisix('PUT', '/upstreams/1', undefined, {
      raw: ' '.repeat(1_572_865),
    })
    expect([large.status, large.json]).toEqual([
      400,
      {
        error_msg:
          'invalid request body: request size 1572865 is greater than the maximum size 1572864 allowed',
      },
    ])
  })

  it('takes JSON as curl sends it, and no text of a web page', async () => {
    const raw = JSON.stringify({ nodes: NODES })
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    expect(
      (await admin.apisix('PUT', '/upstreams/1', undefined, { raw, headers: form })).status,
    ).toBe(201)
    const text = { 'content-type': 'text/plain' }
    expect(
      (await admin.apisix('PUT', '/upstreams/1', undefined, { raw, headers: text })).status,
    ).toBe(415)
  })
})

describe('DELETE', () => {
  it('answers the key, once', async () => {
    await admin.apisix('PUT', '/upstreams/1', { nodes: NODES })
    const gone = await admin.apisix('DELETE', '/upstreams/1?force=true')
    expect([gone.status, gone.json]).toEqual([200, { key: '/apisix/upstreams/1', deleted: '1' }])
    expect((await admin.apisix('GET', '/upstreams/1')).status).toBe(404)
    expect(admin.snapshot().tables.targets.size).toBe(0)
  })

  it('is refused while a service sends to it', async () => {
    await admin.apisix('PUT', '/upstreams/1', { name: 'green', nodes: NODES })
    await admin.call('PUT', '/services/shop', { json: { host: 'green' } })
    const id = (await admin.call('GET', '/services/shop')).json.id
    const refused = await admin.apisix('DELETE', '/upstreams/1')
    expect([refused.status, refused.json]).toEqual([
      400,
      { error_msg: `can not delete this upstream, service [${id}] is still using it now` },
    ])
  })
})

describe('a list', () => {
  beforeEach(async () => {
    for (let n = 1; n <= 12; n += 1) {
      await admin.apisix('PUT', `/upstreams/${n}`, {
        name: `u${n}`,
        nodes: [],
        labels: { parity: n % 2 ? 'odd' : 'even' },
      })
      admin.clock.nowMs += 1000
    }
  })
  const idsAt = async (query: string) => {
    const { json } = await admin.apisix('GET', `/upstreams?${query}`)
    return [json.total, json.list.map(({ value }: { value: { id: string } }) => value.id).join(' ')]
  }

  it('is whole, a page of it, or what filters leave; unknown arguments say nothing', async () => {
    expect(await idsAt('gateway_group_id=default')).toEqual([12, '1 2 3 4 5 6 7 8 9 10 11 12'])
    expect(await idsAt('page=2&page_size=10')).toEqual([12, '11 12'])
    expect(await idsAt('name=u1')).toEqual([4, '1 10 11 12'])
    expect(await idsAt('label=nothing')).toEqual([0, ''])
    expect(await idsAt('labels[parity]=even&name=u1')).toEqual([2, '10 12'])
    const { json } = await admin.apisix('GET', '/upstreams?page=1&page_size=10')
    expect(json.list[1]).toMatchObject({
      key: '/apisix/upstreams/2',
      createdIndex: 2,
      modifiedIndex: 2,
    })
  })

  it('refuses a size that it does not have', async () => {
    const refused = await admin.apisix('GET', '/upstreams?page=1&page_size=5')
    expect([refused.status, refused.json]).toEqual([
      400,
      { error_msg: 'page_size must be between 10 and 500' },
    ])
  })
})
