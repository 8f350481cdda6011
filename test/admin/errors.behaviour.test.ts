import { afterEach, beforeEach, expect, it } from 'vitest'
import { fieldTree } from '../../src/admin/kong/errors.ts'
import { type Admin, startAdmin } from './admin-harness.ts'

const UUID = '11111111-2222-4333-8444-555555555555'

let admin: Admin
beforeEach(async () => {
  admin = await startAdmin()
})
afterEach(() => admin.close())

it('names one wrong field in the shape of Kong', async () => {
  const refused = await admin.call('POST', '/services', { json: { name: 'shop' } })
  expect(refused).toMatchObject({
    status: 400,
    json: {
      message: 'schema violation (host: required field missing)',
      name: 'schema violation',
      code: 2,
      fields: { host: 'required field missing' },
    },
  })
})

it('names all wrong fields at once, sorted, nested as they were sent', async () => {
  const refused = await admin.call('POST', '/routes', {
    json: { protocols: ['http', 'smtp'], paths: ['x'], hots: 1 },
  })
  expect(refused.json.message).toMatch(
    /^3 schema violations \(hots: .*; paths\.1: .*; protocols\.2: .*\)$/,
  )
  expect(refused.json.fields).toEqual({
    hots: 'unknown field (did you mean "hosts"?)',
    paths: [expect.stringMatching(/^should start with: \//)],
    protocols: [null, expect.stringMatching(/^expected one of: /)],
  })
})

it('reports checks over several fields as a list under @entity', async () => {
  const refused = await admin.call('POST', '/consumers', { json: {} })
  expect(refused.json.fields).toEqual({
    '@entity': ["at least one of these fields must be non-empty: 'custom_id', 'username'"],
  })
  await admin.call('PUT', '/consumers/bob')
  const updated = await admin.call('PATCH', '/consumers/bob', { json: { username: null } })
  expect(updated.json.fields).toEqual({
    '@entity': [
      "when updating, at least one of these fields must be non-empty: 'custom_id', 'username'",
    ],
  })
})

it('says a rule of several fields without a field name before it', async () => {
  const refused = await admin.call('POST', '/routes', { json: { protocols: ['http'] } })
  const rule = "must set one of 'methods', 'hosts', 'headers', 'paths' when 'protocols' is 'http'"
  expect(refused.json).toEqual({
    message: `schema violation (${rule})`,
    name: 'schema violation',
    code: 2,
    fields: { '@entity': [rule] },
  })
})

it('reports fields of a plugin configuration below config', async () => {
  const refused = await admin.call('POST', '/plugins', {
    json: { name: 'canary', config: { percentage: 101, upstream_host: 'b.test' } },
  })
  expect(refused.json).toEqual({
    message: 'schema violation (config.percentage: value should be between 0 and 100)',
    name: 'schema violation',
    code: 2,
    fields: { config: { percentage: 'value should be between 0 and 100' } },
  })
})

it('reports an unknown plugin', async () => {
  const refused = await admin.call('POST', '/plugins', { json: { name: 'x' } })
  expect(refused.json.fields).toEqual({
    name: "plugin 'x' not enabled; add it to the 'plugins' configuration property",
  })
})

it('answers 409 to a value that another entity has', async () => {
  await admin.call('POST', '/services', { json: { name: 'x', host: 'a.test' } })
  const refused = await admin.call('POST', '/services', { json: { name: 'x', host: 'b.test' } })
  expect([refused.status, refused.json]).toEqual([
    409,
    {
      message: `UNIQUE violation detected on '{name="x"}'`,
      name: 'unique constraint violation',
      code: 5,
      fields: { name: 'x' },
    },
  ])
})

it('shows every field of a value that is taken, null where it is empty', async () => {
  const { json: shop } = await admin.call('POST', '/services', {
    json: { name: 'shop', host: 'a.test' },
  })
  await admin.call('POST', '/services/shop/plugins', { form: 'name=key-auth' })
  const refused = await admin.call('POST', '/services/shop/plugins', { form: 'name=key-auth' })
  expect([refused.status, refused.json]).toEqual([
    409,
    {
      message: `UNIQUE violation detected on '{consumer=null,name="key-auth",route=null,service={id="${shop.id}"}}'`,
      name: 'unique constraint violation',
      code: 5,
      fields: { consumer: null, name: 'key-auth', route: null, service: { id: shop.id } },
    },
  ])
})

it('answers 400 to an id that is taken', async () => {
  await admin.call('POST', '/upstreams', { json: { id: UUID, name: 'a' } })
  const refused = await admin.call('POST', '/upstreams', { json: { id: UUID, name: 'b' } })
  expect([refused.status, refused.json]).toEqual([
    400,
    {
      message: `primary key violation on key '{id="${UUID}"}'`,
      name: 'primary key violation',
      code: 3,
      fields: { id: UUID },
    },
  ])
})

it('answers code 13 to a reference by name and code 4 to one by id that lead nowhere', async () => {
  const message = `the foreign key cannot be resolved with '{name="x"}' for an existing 'services' entity`
  const byName = await admin.call('POST', '/routes', {
    json: { paths: ['/'], service: { name: 'x' } },
  })
  expect([byName.status, byName.json]).toEqual([
    400,
    {
      message: `foreign key unresolved (service.name: ${message})`,
      name: 'foreign keys unresolved',
      code: 13,
      fields: { service: { name: message } },
    },
  ])
  const byId = await admin.call('POST', '/routes', {
    json: { paths: ['/'], service: { id: UUID } },
  })
  expect([byId.status, byId.json]).toEqual([
    400,
    {
      message: `the foreign key '{id="${UUID}"}' does not reference an existing 'services' entity.`,
      name: 'foreign key violation',
      code: 4,
      fields: { service: { id: UUID } },
    },
  ])
})

it('counts the references that lead nowhere', async () => {
  const refused = await admin.call('POST', '/plugins', {
    json: { name: 'key-auth', service: { name: 's' }, route: { name: 'r' } },
  })
  expect(refused.json.message).toMatch(
    /^2 foreign keys unresolved \(service\.name: .*; route\.name: .*\)$/,
  )
})

it('refuses to delete what others refer to, and says what', async () => {
  await admin.call('POST', '/services', { json: { name: 'shop', host: 'a.test' } })
  await admin.call('POST', '/services/shop/routes', { json: { paths: ['/'] } })
  const refused = await admin.call('DELETE', '/services/shop')
  expect([refused.status, refused.json]).toEqual([
    400,
    {
      message: "an existing 'routes' entity references this 'services' entity",
      name: 'foreign key violation',
      code: 4,
      fields: { '@referenced_by': 'routes' },
    },
  ])
})

it('answers 404 to unknown paths and 400 to a path that is not UTF-8', async () => {
  for (const path of ['/nope', '/services/a/b/c', '//services', '/Services']) {
    expect(await admin.call('GET', path)).toMatchObject({
      status: 404,
      json: { message: 'Not found' },
    })
  }
  const refused = await admin.call('GET', '/services/%ff')
  expect([refused.status, refused.json]).toEqual([
    400,
    { message: 'the path is not valid percent-encoded UTF-8' },
  ])
})

it('answers a bug with 500 and nothing about it, and logs it under the request id', async () => {
  await admin.close()
  admin = await startAdmin({
    configuration: {
      prepare: () => {
        throw new TypeError('secret detail')
      },
      activate: () => {},
    },
  })
  const answer = await admin.call('POST', '/services', { json: { host: 'a.test' } })
  expect([answer.status, answer.json]).toEqual([500, { message: 'An unexpected error occurred' }])
  const [entry] = admin.logged
  expect(entry?.fields).toMatchObject({ requestId: answer.headers['x-kong-admin-request-id'] })
  expect((await admin.call('GET', '/services')).json.data).toEqual([])
})

it('builds lists with null holes and keeps the first of two problems at one place', () => {
  const tree = fieldTree([
    { path: ['a', 2, 'b'], message: 'one' },
    { path: ['a', 0], message: 'two' },
    { path: ['c'], message: 'first' },
    { path: ['c'], message: 'second' },
    { path: ['@entity'], message: 'x' },
    { path: ['@entity'], message: 'y' },
  ])
  expect(tree).toEqual({ a: ['two', null, { b: 'one' }], c: 'first', '@entity': ['x', 'y'] })
})
