import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ENTITY_KINDS } from '../../src/model/entities.ts'
import { PLUGIN_NAMES } from '../../src/model/plugins/registry.ts'
import { PEM } from '../support/pem.ts'
import { type Admin, startAdmin } from './admin-harness.ts'

let admin: Admin
beforeEach(async () => {
  admin = await startAdmin()
})
afterEach(() => admin.close())

type Field = Readonly<Record<string, unknown>>

/** Fields of a schema document by name. */
async function fieldsOf(path: string): Promise<Readonly<Record<string, Field>>> {
  const { status, json } = await admin.call('GET', path)
  expect(status).toBe(200)
  return byName(json.fields)
}

function byName(list: unknown): Readonly<Record<string, Field>> {
  const named = list as readonly Readonly<Record<string, Field>>[]
  for (const entry of named) expect(Object.keys(entry)).toHaveLength(1)
  const fields = Object.assign({}, ...named) as Record<string, Field>
  expect(Object.keys(fields)).toHaveLength(named.length)
  return fields
}

describe('the schema of', () => {
  it.each(ENTITY_KINDS)('%s has a field for all that an entity shows', async (kind) => {
    const fields = await fieldsOf(`/schemas/${kind}`)
    expect(fields.id).toMatchObject({ type: 'string', uuid: true, auto: true })
    expect(fields.id).not.toHaveProperty('required')
    expect(fields.created_at).toMatchObject({ timestamp: true, auto: true })
    for (const field of Object.values(fields)) expect(field.type).toEqual(expect.any(String))
  })

  it('a service tells types, defaults and limits', async () => {
    const fields = await fieldsOf('/schemas/services')
    expect(fields).toMatchObject({
      name: { type: 'string', unique: true },
      port: { type: 'integer', required: true, default: 80, between: [0, 65535] },
      retries: { type: 'integer', default: 5, between: [0, 32767] },
      host: { type: 'string', required: true },
      enabled: { type: 'boolean', required: true, default: true },
      tags: { type: 'set', elements: { type: 'string' } },
      client_certificate: { type: 'foreign', reference: 'certificates' },
      ca_certificates: { type: 'array', elements: { type: 'string', uuid: true } },
    })
    for (const name of ['name', 'path', 'tags']) {
      expect(fields[name]).not.toHaveProperty('default')
      expect(fields[name]).not.toHaveProperty('required')
    }
    expect(fields.retries).not.toHaveProperty('required')
    expect(fields.client_certificate).not.toHaveProperty('fields')
  })

  it('a route tells the keys and values of its map, and the fields in its sets', async () => {
    const fields = await fieldsOf('/schemas/routes')
    expect(fields.headers).toMatchObject({
      type: 'map',
      keys: { type: 'string' },
      values: { type: 'array', elements: { type: 'string' }, len_min: 1 },
    })
    expect(fields.headers).not.toHaveProperty('elements')
    expect(fields.protocols).toMatchObject({ len_min: 1, default: ['http', 'https'] })
    const { elements } = fields.sources as { elements: Field }
    expect(byName(elements.fields)).toMatchObject({
      ip: { type: 'string' },
      port: { type: 'integer', between: [0, 65535] },
    })
  })

  it('an upstream tells the defaults of its records field by field', async () => {
    const { healthchecks } = await fieldsOf('/schemas/upstreams')
    expect(healthchecks).toMatchObject({ type: 'record' })
    expect(healthchecks).not.toHaveProperty('required')
    expect(healthchecks).not.toHaveProperty('default')
    const { active } = byName(healthchecks?.fields)
    const { healthy, concurrency } = byName(active?.fields)
    expect(concurrency).toMatchObject({ default: 10, between: [1, 2 ** 31] })
    expect(byName(healthy?.fields)).toMatchObject({
      http_statuses: { default: [200, 302], elements: { type: 'integer', between: [100, 999] } },
    })
  })

  it('a credential asks for nothing that the gateway makes up', async () => {
    expect((await fieldsOf('/schemas/keyauth_credentials')).key).toMatchObject({ auto: true })
    const { secret, consumer } = await fieldsOf('/schemas/jwt_secrets')
    expect(secret).not.toHaveProperty('required')
    expect(consumer).toMatchObject({ reference: 'consumers', required: true, on_delete: 'cascade' })
  })

  it('tells the rules between fields', async () => {
    const checksOf = async (path: string) => (await admin.call('GET', path)).json.entity_checks
    expect(await checksOf('/schemas/consumers')).toEqual([
      { at_least_one_of: ['custom_id', 'username'] },
    ])
    expect(await checksOf('/schemas/plugins/acl')).toEqual([
      { only_one_of: ['config.allow', 'config.deny'] },
    ])
    expect(await checksOf('/schemas/targets')).toEqual([])
    const ofUpstreams = await checksOf('/schemas/upstreams')
    const conditional = (when: string, match: object, field: string, then: object) => ({
      conditional: { if_field: when, if_match: match, then_field: field, then_match: then },
    })
    expect(ofUpstreams).toContainEqual(
      conditional('hash_on', { eq: 'header' }, 'hash_on_header', { required: true }),
    )
    expect(ofUpstreams).toContainEqual(
      conditional('hash_on', { eq: 'none' }, 'hash_fallback', { one_of: ['none'] }),
    )
    expect(ofUpstreams).toContainEqual({ distinct: ['hash_on_header', 'hash_fallback_header'] })
    expect(await checksOf('/schemas/services')).toEqual(
      expect.arrayContaining([
        conditional('protocol', { one_of: ['tcp', 'tls', 'udp', 'grpc', 'grpcs'] }, 'path', {
          eq: null,
        }),
        conditional('protocol', { not_one_of: ['https', 'tls'] }, 'tls_verify', { eq: null }),
      ]),
    )
    expect(await checksOf('/schemas/certificates')).toEqual(
      expect.arrayContaining([
        { mutually_required: ['cert_alt', 'key_alt'] },
        { custom_entity_check: { field_sources: ['cert', 'key'] } },
      ]),
    )
  })

  it.each(PLUGIN_NAMES)(
    'plugin %s fills in what a plugin without configuration gets',
    async (name) => {
      const { config, protocols, ...scopes } = await fieldsOf(`/schemas/plugins/${name}`)
      expect(protocols).toMatchObject({ type: 'set', default: ['grpc', 'grpcs', 'http', 'https'] })
      expect(Object.keys(scopes)).toEqual(['consumer', 'consumer_group', 'service', 'route'])
      expect(config).toMatchObject({ type: 'record', required: true })
      const filledIn = Object.fromEntries(
        Object.entries(byName(config?.fields)).map(([key, field]) => [key, field.default ?? null]),
      )
      const needed = {
        acl: { allow: ['a'] },
        canary: { upstream_host: 'b.test' },
        'key-auth': {},
        'request-size-limiting': {},
        'traffic-split': {},
      }
      const { json } = await admin.call('POST', '/plugins', {
        json: { name, config: needed[name] },
      })
      expect({ ...filledIn, ...needed[name] }).toEqual(json.config)
    },
  )

  it('plugin configurations is still found at its old place', async () => {
    const old = await admin.call('GET', '/plugins/schema/key-auth')
    const { config } = await fieldsOf('/schemas/plugins/key-auth')
    expect(old.json).toEqual(config)
  })

  it.each([
    ['/schemas/nothing', "No entity named 'nothing'"],
    ['/schemas/Services', "No entity named 'Services'"],
    ['/schemas/plugins/nothing', "No plugin named 'nothing'"],
    ['/plugins/schema/nothing', "No plugin named 'nothing'"],
    ['/schemas/plugins/constructor', "No plugin named 'constructor'"],
  ])('nothing is at %s', async (path, message) => {
    const answer = await admin.call('GET', path)
    expect([answer.status, answer.json]).toEqual([404, { message }])
  })
})

describe('validation', () => {
  const validate = (kind: string, json: object) =>
    admin.call('POST', `/schemas/${kind}/validate`, { json })

  it.each([
    ['services', { url: 'http://a.test/x', name: 'shop' }],
    ['routes', { paths: ['/'], service: null }],
    ['consumers', { username: 'anna', tags: [] }],
    ['plugins', { name: 'canary', config: { upstream_host: 'b.test' } }],
    ['targets', { target: 'a.test', upstream: { id: '00000000-0000-4000-8000-000000000001' } }],
    ['keyauth_credentials', { key: 'k', consumer: { id: '00000000-0000-4000-8000-000000000001' } }],
    ['certificates', { ...PEM.shop, snis: ['a.test', '*.b.test'] }],
  ])('of %s says yes and stores nothing', async (kind, json) => {
    const answer = await validate(kind, json)
    expect([answer.status, answer.json]).toEqual([200, { message: 'schema validation successful' }])
    expect(await admin.store.count('services')).toBe(0)
    expect((await admin.store.load()).rows).toEqual([])
    expect((await admin.call('GET', '/audit')).json.data).toEqual([])
  })

  it.each([
    ['/services', 'services', { port: 'x', path: 'a' }],
    ['/routes', 'routes', { protocols: ['https'] }],
    ['/routes', 'routes', { paths: ['/'], service: { name: 'gone' } }],
    ['/consumers', 'consumers', {}],
    ['/upstreams', 'upstreams', { name: 'blue', hash_on: 'header' }],
    ['/plugins', 'plugins', { name: 'canary', config: { percentage: 101 } }],
    ['/plugins', 'plugins', { name: 'nothing' }],
    ['/certificates', 'certificates', { ...PEM.shop, snis: ['a.test', '1.2.3.4'] }],
    ['/certificates', 'certificates', { ...PEM.shop, snis: ['a.test', 'a.test'] }],
    ['/certificates', 'certificates', { cert: PEM.shop.cert, key: PEM.other.key }],
    ['/services', 'services', { host: 'a.test', constructor: {} }],
  ])('says what a POST to %s would say', async (path, kind, json) => {
    const created = await admin.call('POST', path, { json })
    expect(created.status).toBe(400)
    const validated = await validate(kind, json)
    expect([validated.status, validated.json]).toEqual([created.status, created.json])
  })

  it('heeds the protocols of the routes that a plugin would run on', async () => {
    await admin.call('PUT', '/routes/r', { json: { paths: ['/'], protocols: ['https'] } })
    const { json: route } = await admin.call('GET', '/routes/r')
    const plugin = { name: 'key-auth', protocols: ['http'], route: { id: route.id } }
    const refused = await validate('plugins', plugin)
    expect([refused.status, refused.json.fields]).toEqual([
      400,
      { protocols: "must match the associated route's protocols" },
    ])
  })

  it('has nothing against a name that is taken, since a form for a change asks too', async () => {
    await admin.call('PUT', '/services/shop', { json: { host: 'a.test' } })
    expect((await validate('services', { name: 'shop', host: 'a.test' })).status).toBe(200)
  })

  it('takes forms, and refuses what is no body', async () => {
    const path = '/schemas/services/validate'
    expect((await admin.call('POST', path, { form: 'host=a.test&port=80' })).status).toBe(200)
    const headers = { 'content-type': 'text/plain' }
    expect((await admin.call('POST', path, { raw: '{}', headers })).status).toBe(415)
  })

  it('knows no other entities', async () => {
    const answer = await validate('nothing', {})
    expect([answer.status, answer.json]).toEqual([404, { message: "No entity named 'nothing'" }])
  })
})
