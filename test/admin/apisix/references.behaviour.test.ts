import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ApisixAdmin, startApisixAdmin } from './apisix-admin.ts'

const UPSTREAM = { nodes: { '127.0.0.1:1980': 1 } }
const OTHER = { nodes: { '127.0.0.1:1981': 1 } }

let admin: ApisixAdmin
beforeEach(async () => {
  admin = await startApisixAdmin()
})
afterEach(async () => {
  await admin.close()
  expect(admin.logged).toEqual([])
})

async function put(path: string, body: object) {
  const answer = await admin.apisix('PUT', path, body)
  expect(answer.text).not.toContain('error_msg')
  return answer.json.value
}
const valueAt = async (path: string) => (await admin.apisix('GET', path)).json.value
const refusal = async (method: string, path: string, body?: object) => {
  const { status, json } = await admin.apisix(method, path, body)
  expect(status).toBe(400)
  return json.error_msg
}
const splitTo = (upstream_id: string) => ({
  'traffic-split': { rules: [{ weighted_upstreams: [{ upstream_id, weight: 1 }] }] },
})

describe('the upstream that is written in a service', () => {
  it('may have any name, also one of one word', async () => {
    const upstream = { name: 'default', ...UPSTREAM }
    expect(await put('/services/1', { name: 's', upstream })).toMatchObject({ upstream })
    expect(await put('/services/2', { name: 't', upstream })).toMatchObject({ upstream })
    const { host } = (await admin.call('GET', '/services/s')).json
    expect((await admin.call('GET', `/upstreams/${host}/targets`)).json.data).toMatchObject([
      { target: '127.0.0.1:1980' },
    ])
  })

  it("stays the service's own when the other dialect renames it, and the next write follows", async () => {
    await put('/services/1', { name: 's', upstream: UPSTREAM })
    const { id } = (await admin.call('GET', '/services/s')).json
    await admin.call('PATCH', `/upstreams/${id}`, { json: { name: 'renamed' } })
    expect(await put('/services/1', { name: 's', upstream: OTHER })).toMatchObject({
      upstream: OTHER,
    })
    expect((await admin.call('GET', '/services/s')).json.host).toBe('renamed')
  })

  it('is taken back after the other dialect wrote it without saying whose it is', async () => {
    await put('/services/1', { name: 's', upstream: UPSTREAM })
    const { id, host } = (await admin.call('GET', '/services/s')).json
    await admin.call('PUT', `/upstreams/${id}`, { json: { name: host } })
    expect(await put('/services/1', { name: 's', upstream: OTHER })).toMatchObject({
      upstream: OTHER,
    })
  })
})

describe('one id in several kinds', () => {
  const ID = '5c1f0b0e-0000-4000-8000-00000000000a'

  it('is refused where it would take over the upstream of something else', async () => {
    await put(`/upstreams/${ID}`, UPSTREAM)
    const text = `an upstream with the id [${ID}] is written by itself already`
    for (const [path, body] of [
      [`/services/${ID}`, { upstream: OTHER }],
      [`/routes/${ID}`, { uri: '/', upstream: OTHER }],
    ] as const) {
      expect(await refusal('PUT', path, body)).toContain(text)
    }
    expect(await valueAt(`/upstreams/${ID}`)).toMatchObject(UPSTREAM)
    await put(`/services/${ID}`, { upstream_id: ID })
    await put(`/routes/${ID}`, { uri: '/', service_id: ID })
  })

  it('is refused for an upstream when it is that of one in a service', async () => {
    await put(`/services/${ID}`, { upstream: UPSTREAM })
    expect(await refusal('PUT', `/upstreams/${ID}`, OTHER)).toContain('is written in services')
    expect(await refusal('PUT', `/routes/${ID}`, { uri: '/', upstream: OTHER })).toContain(
      'is written in services already',
    )
    expect(await valueAt(`/services/${ID}`)).toMatchObject({ upstream: UPSTREAM })
  })
})

describe('an upstream that a traffic-split names', () => {
  beforeEach(() => put('/upstreams/up', { name: 'green', ...UPSTREAM }))

  it.each([
    ['/plugin_configs/c', 'plugin_config [c]'],
    ['/consumer_groups/g', 'consumer_group [g]'],
  ])('in %s cannot be deleted', async (path, user) => {
    await put(path, { plugins: splitTo('up') })
    expect(await refusal('DELETE', '/upstreams/up')).toBe(
      `can not delete this upstream, plugin in ${user} is still using it now`,
    )
    const { id } = (await admin.call('GET', '/upstreams/green')).json
    expect((await admin.call('DELETE', `/upstreams/${id}`)).status).toBe(400)
  })

  it('in a plugin config must be there, and may be named by its name', async () => {
    expect(await refusal('PUT', '/plugin_configs/c', { plugins: splitTo('nothing') })).toContain(
      "'nothing', which is neither id nor name",
    )
    expect(await put('/plugin_configs/c', { plugins: splitTo('green') })).toMatchObject({
      plugins: splitTo('up'),
    })
  })
})

it('a route that names plugins and none of them can be changed', async () => {
  expect(await put('/routes/1', { uri: '/a', plugins: {} })).toMatchObject({ plugins: {} })
  expect((await admin.apisix('PATCH', '/routes/1', { desc: 'd' })).status).toBe(200)
})
