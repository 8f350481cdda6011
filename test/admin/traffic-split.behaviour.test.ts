import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Admin, type Answer, startAdmin } from './admin-harness.ts'

let admin: Admin
let blueId: string

beforeEach(async () => {
  admin = await startAdmin()
  await admin.call('POST', '/services', { json: { name: 'shop', host: 'a.test' } })
  blueId = (await admin.call('POST', '/upstreams', { json: { name: 'blue' } })).json.id
})
afterEach(() => admin.close())

const MISSING_ID = '11111111-2222-4333-8444-555555555555'

const to = (...ids: string[]) => ({
  rules: [{ weighted_upstreams: ids.map((upstream_id) => ({ upstream_id })) }],
})

function post(config: object, path = '/services/shop/plugins'): Promise<Answer> {
  return admin.call('POST', path, { json: { name: 'traffic-split', config } })
}

const idsOf = ({ json }: Answer): (string | null)[] =>
  json.config.rules.flatMap(({ weighted_upstreams }: { weighted_upstreams: [] }) =>
    weighted_upstreams.map(({ upstream_id }: { upstream_id: string | null }) => upstream_id),
  )

describe('upstream_id', () => {
  it('is an id or a name, and is stored as the id', async () => {
    const created = await post(to('blue', blueId, blueId.toUpperCase()))
    expect(created.status).toBe(201)
    expect(idsOf(created)).toEqual([blueId, blueId, blueId])
    const path = `/plugins/${created.json.id}`
    expect(idsOf(await admin.call('GET', path))).toEqual([blueId, blueId, blueId])
    expect(idsOf(await admin.call('PATCH', path, { json: { config: to('blue') } }))).toEqual([
      blueId,
    ])
    const json = { name: 'traffic-split', config: to('blue') }
    expect(idsOf(await admin.call('PUT', path, { json }))).toEqual([blueId])
  })

  it('survives another name of its upstream', async () => {
    const created = await post(to('blue'))
    await admin.call('PATCH', '/upstreams/blue', { json: { name: 'azure' } })
    const path = `/plugins/${created.json.id}`
    expect(idsOf(await admin.call('PATCH', path, { json: { tags: ['a'] } }))).toEqual([blueId])
  })

  it.each(['nowhere', MISSING_ID])(
    '%s that leads nowhere is refused, and nothing stored',
    async (id) => {
      const refused = await post(to('blue', id))
      expect(refused.status).toBe(400)
      expect(refused.json).toMatchObject({
        code: 13,
        name: 'foreign keys unresolved',
        message: expect.stringContaining(
          `config.rules.0.weighted_upstreams.1.upstream_id: the foreign key cannot be resolved with '${id}'`,
        ),
      })
      expect((await admin.call('GET', '/plugins')).json.data).toEqual([])
    },
  )

  it('keeps its upstream from being deleted, as long as the plugin names it', async () => {
    const { json } = await post(to('blue'))
    const refused = await admin.call('DELETE', '/upstreams/blue')
    expect(refused.status).toBe(400)
    expect(refused.json).toMatchObject({
      message: "an existing 'plugins' entity references this 'upstreams' entity",
    })
    await admin.call('PATCH', `/plugins/${json.id}`, { json: { config: { rules: [{}] } } })
    expect((await admin.call('DELETE', '/upstreams/blue')).status).toBe(204)
  })

  it('does not keep a deleted service from taking the plugin along', async () => {
    await post(to('blue'))
    expect((await admin.call('DELETE', '/services/shop')).status).toBe(204)
    expect((await admin.call('DELETE', '/upstreams/blue')).status).toBe(204)
  })
})

describe('expressions', () => {
  const withVars = (vars: unknown) => ({ rules: [{ match: [{ vars }] }] })

  it.each([
    [[['uri', '=', '/']], "failed to validate the 'vars' expression: invalid operator '='"],
    [['uri', '==', '/'], 'rule should be wrapped inside brackets'],
    [[['post_arg.a', '==', '1']], "unsupported variable 'post_arg.a'"],
    [[['graphql_name', '==', 'q']], 'the gateway does not read GraphQL queries'],
  ])('%j are refused with their place', async (vars, message) => {
    const refused = await post(withVars(vars))
    expect(refused.status).toBe(400)
    expect(refused.json).toMatchObject({ code: 2, name: 'schema violation' })
    expect(refused.json.message).toContain('config.rules.1.match.1.vars')
    expect(refused.json.message).toContain(message)
  })

  it('are refused on PATCH and on validation as well', async () => {
    const { json } = await post({})
    const bad = withVars([['uri', '=', '/']])
    const patched = await admin.call('PATCH', `/plugins/${json.id}`, { json: { config: bad } })
    expect(patched.status).toBe(400)
    const validated = await admin.call('POST', '/schemas/plugins/validate', {
      json: { name: 'traffic-split', config: bad },
    })
    expect(validated.status).toBe(400)
  })
})

it('is stored with its defaults, on a service, a route, a consumer and globally', async () => {
  await admin.call('POST', '/services/shop/routes', { json: { name: 'all', paths: ['/'] } })
  await admin.call('POST', '/consumers', { json: { username: 'anna' } })
  for (const place of ['/services/shop', '/routes/all', '/consumers/anna', '']) {
    const created = await post({ rules: [{}] }, `${place}/plugins`)
    expect(created.status).toBe(201)
    expect(created.json.config).toEqual({
      rules: [
        {
          match: null,
          weighted_upstreams: [{ upstream_id: null, upstream: null, weight: 1 }],
          sticky: null,
        },
      ],
    })
  }
})

it('keeps the certificate that an inline upstream shows', async () => {
  const refused = await post({
    rules: [
      {
        weighted_upstreams: [
          { upstream: { nodes: [], scheme: 'https', tls: { client_cert_id: MISSING_ID } } },
        ],
      },
    ],
  })
  expect(refused.status).toBe(400)
  expect(refused.json.message).toContain(
    `'{id="${MISSING_ID}"}' does not reference an existing 'certificates' entity`,
  )
})

it('is named by the answer to who gets the canary, which it goes before', async () => {
  const path = '/services/shop/canary/decision?ip=10.0.0.1'
  expect((await admin.call('GET', path)).json.traffic_split).toBeNull()
  const { json } = await post({ rules: [{}] })
  expect((await admin.call('GET', path)).json.traffic_split).toMatchObject({
    scope: 'service',
    plugin_id: json.id,
    enabled: true,
  })
})
