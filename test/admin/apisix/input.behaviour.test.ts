import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ApisixAdmin, startApisixAdmin } from './apisix-admin.ts'

const UPSTREAM = { nodes: { '127.0.0.1:1980': 1 } }
const ROUTE = { uri: '/a', upstream: UPSTREAM }
const WRONG_VARS = [['arg_a', 'like', 'b']]

let admin: ApisixAdmin
beforeEach(async () => {
  admin = await startApisixAdmin()
})
afterEach(async () => {
  await admin.close()
  expect(admin.logged).toEqual([])
})

describe('what is judged without being stored', () => {
  it.each([
    [{ ...ROUTE, vars: WRONG_VARS }, /'vars' expression: invalid operator 'like'/],
    [
      {
        ...ROUTE,
        plugins: { 'traffic-split': { rules: [{ match: [{ vars: WRONG_VARS }] }] } },
      },
      /plugin traffic-split err: failed to validate the 'vars' expression/,
    ],
    [{ ...ROUTE, plugins: { acl: {} } }, /configuration of plugin acl err/],
    [{ ...ROUTE, id: 'a b' }, /failed to match pattern/],
  ])('%j is refused as by a PUT', async (body, message) => {
    const judged = await admin.apisix('POST', '/schema/validate/routes', body)
    expect([judged.status, judged.json?.error_msg]).toEqual([400, expect.stringMatching(message)])
  })

  it('may name what comes with it', async () => {
    const plugins = { 'traffic-split': { rules: [{ weighted_upstreams: [{ upstream_id: 'x' }] }] } }
    const routes = [{ id: '1', ...ROUTE, plugins }]
    expect((await admin.apisix('POST', '/configs/validate', { routes })).status).toBe(200)
  })

  it('of many, what is no object is named by its place', async () => {
    const { status, json } = await admin.apisix('POST', '/configs/validate', {
      routes: [ROUTE, null, 5, []],
    })
    expect(status).toBe(400)
    expect(json.errors.map(({ index }: { index: number }) => index)).toEqual([1, 2, 3])
  })
})

describe('ttl', () => {
  it.each([
    ['5', /do not expire here/],
    ['soon', /^invalid argument ttl: should be a number$/],
    ['', /^invalid argument ttl: should be a number$/],
  ])('%j is refused, since the configuration would stay', async (ttl, message) => {
    for (const [method, path] of [
      ['PUT', '/upstreams/1'],
      ['POST', '/upstreams'],
      ['PATCH', '/upstreams/1'],
    ] as const) {
      const { status, json } = await admin.apisix(method, `${path}?ttl=${ttl}`, UPSTREAM)
      expect([status, json.error_msg]).toEqual([400, expect.stringMatching(message)])
    }
    expect(admin.snapshot().tables.upstreams.size).toBe(0)
  })
})

it('force=true deletes nothing that is in use, and says so', async () => {
  await admin.apisix('PUT', '/upstreams/1', UPSTREAM)
  await admin.apisix('PUT', '/services/1', { upstream_id: '1' })
  const { status, json } = await admin.apisix('DELETE', '/upstreams/1?force=true')
  expect([status, json.error_msg]).toEqual([
    400,
    'can not delete this upstream, service [1] is still using it now (force is not served: references stay whole)',
  ])
})

it('hosts of a service times uris of its routes are bounded, whichever is written last', async () => {
  const hosts = Array.from({ length: 101 }, (_, i) => `h${i}.test`)
  const uris = Array.from({ length: 100 }, (_, i) => `/${i}`)
  const route = (count: number) => ({ uris: uris.slice(0, count), service_id: '1' })
  await admin.apisix('PUT', '/services/1', { upstream: UPSTREAM, hosts })
  const refused = await admin.apisix('PUT', '/routes/1', route(100))
  expect([refused.status, refused.json.error_msg]).toEqual([
    400,
    expect.stringContaining('must be at most 10000, these are 10100; divide the route'),
  ])
  expect((await admin.apisix('PUT', '/routes/1', route(99))).status).toBe(201)
  await admin.apisix('PUT', '/services/1', { upstream: UPSTREAM })
  expect((await admin.apisix('PUT', '/routes/1', route(100))).status).toBe(200)
  const later = await admin.apisix('PUT', '/services/1', { upstream: UPSTREAM, hosts })
  expect(later.status).toBe(400)
  const own = { ...route(100), hosts: ['a.test'] }
  expect((await admin.apisix('PUT', '/routes/1', own)).status).toBe(200)
  expect((await admin.apisix('PUT', '/services/1', { upstream: UPSTREAM, hosts })).status).toBe(200)
})
