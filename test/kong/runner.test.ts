import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type KongRunner, startKongRunner } from '../support/kong-runner.ts'
import { type Expectation, get, post, proxy, put, type Row } from './conformance.ts'

const SHOP = [
  put('/services/shop', { host: '127.0.0.1', port: '{one}', tags: ['a'] }),
  put('/services/shop/routes/all', { paths: ['/'] }),
]
const SERVICE = get('/services/shop')
const REQUEST = proxy('GET /a', { host: 'a.test' })

const WRONG: readonly (readonly [what: string, request: Row['request'], expect: Expectation])[] = [
  ['another status', SERVICE, { status: 201 }],
  ['a field with another value', SERVICE, { status: 200, body: { host: 'b.test' } }],
  ['a field that is missing', SERVICE, { status: 200, body: { missing: 1 } }],
  ['a field that does not match', SERVICE, { status: 200, body: { host: /^b/ } }],
  ['a pattern for null', SERVICE, { status: 200, body: { path: /./ } }],
  ['a list with more elements', SERVICE, { status: 200, body: { tags: [] } }],
  ['further fields', SERVICE, { status: 200, exactly: { name: 'shop' } }],
  ['another text', SERVICE, { status: 200, exactly: /^nothing/ }],
  ['a header with another value', SERVICE, { status: 200, headers: { 'content-type': 'x' } }],
  ['a header that must be absent', SERVICE, { status: 200, headers: { 'content-type': null } }],
  ['a header that is absent', SERVICE, { status: 200, headers: { 'x-none': /./ } }],
  ['another upstream', REQUEST, { status: 200, upstream: { name: 'two' } }],
  ['another upstream path', REQUEST, { status: 200, upstream: { url: '/b' } }],
  ['another upstream header', REQUEST, { status: 200, upstream: { headers: { via: 'x' } } }],
  ['an upstream that saw the request', REQUEST, { status: 200, upstream: null }],
  ['no upstream that saw it', SERVICE, { status: 200, upstream: {} }],
  ['another spread', REQUEST, { status: 200, spread: { one: 1, two: 1 } }],
]

describe('the runner of the conformance suite', () => {
  let runner: KongRunner
  beforeAll(async () => {
    runner = await startKongRunner({})
  })
  afterAll(() => runner.stop())

  const row = (request: Row['request'], expectation: Expectation): Row => ({
    id: 'x',
    source: 'x',
    title: 'x',
    given: SHOP,
    request,
    expect: expectation,
  })

  it.each(WRONG)('fails for %s', async (_what, request, expectation) => {
    await expect(runner.run(row(request, expectation))).rejects.toThrow()
  })

  it('fails when requests that must stay together do not', async () => {
    const two = put('/services/two', { host: '127.0.0.1', port: '{two}' })
    const upstream = [
      post('/upstreams', { name: 'blue' }),
      post('/upstreams/blue/targets', { target: '127.0.0.1:{one}' }),
      post('/upstreams/blue/targets', { target: '127.0.0.1:{two}' }),
      put('/services/shop', { host: 'blue' }),
    ]
    const given = [...SHOP, two, ...upstream]
    const sticky = { ...row(REQUEST, { status: 200, isSticky: true }), given, times: 4 }
    await expect(runner.run(sticky)).rejects.toThrow()
  })

  it('fails when what is given is refused', async () => {
    const refused = { ...row(SERVICE, { status: 200 }), given: [post('/services')] }
    await expect(runner.run(refused)).rejects.toThrow('given POST /services: 400')
  })

  it('fails for what is found afterwards', async () => {
    const step = { request: get('/services/other'), expect: { status: 200 } }
    const passing = row(SERVICE, { status: 200 })
    await expect(runner.run({ ...passing, afterwards: [step] })).rejects.toThrow()
  })

  it('leaves nothing behind, also after a failure', async () => {
    const left = row(SERVICE, { status: 500 })
    await expect(runner.run(left)).rejects.toThrow()
    for (const path of ['/services', '/routes', '/upstreams', '/plugins']) {
      const empty = { status: 200, exactly: { data: [], next: null } }
      await runner.run({ ...row(get(path), empty), given: [] })
    }
  })
})
