import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isPasswordHash, verifyPassword } from '../../src/model/password-hash.ts'
import { type Admin, startAdmin } from './admin-harness.ts'

const UUID = '11111111-2222-4333-8444-555555555555'
const COLLECTION = '/consumers/bob/basic-auth'

let admin: Admin
beforeEach(async () => {
  admin = await startAdmin()
  await admin.call('PUT', '/consumers/bob')
})
afterEach(() => admin.close())

const create = (fields: object = {}) =>
  admin.call('POST', COLLECTION, { json: { username: 'bobby', password: 'secret', ...fields } })

describe('the password of a basic-auth credential', () => {
  it('is stored and shown as a hash, with a salt of its own', async () => {
    const made = await create()
    expect(made.status).toBe(201)
    expect(await verifyPassword('secret', made.json.password)).toBe(true)
    const other = await create({ username: 'other' })
    expect(other.json.password).not.toBe(made.json.password)
    const stored = admin.snapshot().tables.basicauth_credentials.get(made.json.id)?.entity
    expect(stored).toEqual(made.json)
  })

  it.each([
    ['PATCH', { password: 'new' }],
    ['PUT', { username: 'bobby', password: 'new' }],
  ])('is hashed by %s too', async (method, json) => {
    const { id } = (await create()).json
    const changed = await admin.call(method, `${COLLECTION}/${id}`, { json })
    expect([changed.status, await verifyPassword('new', changed.json.password)]).toEqual([
      200,
      true,
    ])
  })

  it('is hashed from a form, whatever it looks like', async () => {
    const made = await admin.call('POST', COLLECTION, { form: 'username=n&password=12' })
    expect(await verifyPassword('12', made.json.password)).toBe(true)
  })

  it('stays when something else changes', async () => {
    const made = (await create()).json
    const changed = await admin.call('PATCH', '/basic-auths/bobby', { json: { tags: ['x'] } })
    expect(changed.json).toEqual({ ...made, tags: ['x'] })
  })

  it('is the same after what was read is written again, here or into another gateway', async () => {
    const made = (await create()).json
    const again = await admin.call('PUT', `${COLLECTION}/${made.id}`, { json: made })
    expect([again.status, again.json]).toEqual([200, made])
    await admin.call('DELETE', COLLECTION.concat('/bobby'))
    const copied = await admin.call('PUT', `${COLLECTION}/${made.id}`, { json: made })
    expect(copied.json).toEqual(made)
  })

  it.each([
    [{ password: '' }, 'length must be at least 1'],
    [{ password: null }, 'required field missing'],
    [{ password: 7 }, 'expected a string'],
    [{ password: ['secret'] }, 'expected a string'],
  ])('may not be %j', async (fields, message) => {
    const refused = await create(fields)
    expect([refused.status, refused.json.fields]).toEqual([400, { password: message }])
  })

  it('is neither in the audit log nor in any file of the store, not even as a hash', async () => {
    await create()
    const { text } = await admin.call('GET', '/audit?entity=basicauth_credentials')
    expect(text).toContain('"password":"[redacted]"')
    expect(text).not.toMatch(/secret|scrypt/)
    const { rows } = await admin.store.load()
    expect(JSON.stringify(rows)).not.toContain('"secret"')
  })

  it('does not keep the other changes waiting while it is hashed', async () => {
    const order: string[] = []
    const note = (name: string) => () => order.push(name)
    const slow = [1, 2, 3, 4].map((n) => create({ username: `u${n}` }).then(note('credential')))
    const quick = admin.call('POST', '/upstreams', { json: { name: 'blue' } }).then(note('quick'))
    await Promise.all([...slow, quick])
    expect(order.indexOf('quick')).toBeLessThan(4)
    expect(order.at(-1)).toBe('credential')
  })
})

describe('a basic-auth credential', () => {
  it('is found below its consumer and in the collection of all', async () => {
    const { json } = await create()
    const consumer = (await admin.call('GET', '/consumers/bob')).json
    expect(json).toEqual({
      id: expect.any(String),
      created_at: expect.any(Number),
      consumer: { id: consumer.id },
      username: 'bobby',
      password: expect.stringMatching(/^\$scrypt\$/),
      tags: null,
    })
    for (const path of [
      `${COLLECTION}/${json.id}`,
      `${COLLECTION}/bobby`,
      `/basic-auths/${json.id}`,
      '/basic-auths/bobby',
    ]) {
      expect((await admin.call('GET', path)).json).toEqual(json)
    }
    for (const path of [COLLECTION, '/basic-auths']) {
      expect((await admin.call('GET', path)).json).toEqual({ data: [json], next: null })
    }
    expect((await admin.call('GET', '/basic-auths/bobby/consumer')).json).toEqual(consumer)
    expect((await admin.call('GET', '/consumers/none/basic-auth')).status).toBe(404)
  })

  it('is created by PUT with an id or a username', async () => {
    const json = { username: 'bobby', password: 'secret' }
    const byId = await admin.call('PUT', `${COLLECTION}/${UUID}`, { json })
    expect(byId).toMatchObject({ status: 200, json: { id: UUID, username: 'bobby' } })
    const byName = await admin.call('PUT', `${COLLECTION}/anna`, { json: { password: 'p' } })
    expect(byName).toMatchObject({ status: 200, json: { username: 'anna' } })
    expect(isPasswordHash(byName.json.password)).toBe(true)
  })

  it('has a username that no other has', async () => {
    await create()
    await admin.call('PUT', '/consumers/eve')
    const refused = await admin.call('POST', '/consumers/eve/basic-auth', {
      json: { username: 'bobby', password: 'p' },
    })
    expect([refused.status, refused.json.fields]).toEqual([409, { username: 'bobby' }])
  })

  it('needs a consumer', async () => {
    const json = { username: 'bobby', password: 'p' }
    const none = await admin.call('POST', '/basic-auths', { json })
    expect(none.json.message).toBe('schema violation (consumer: required field missing)')
    const unknown = await admin.call('POST', '/basic-auths', {
      json: { ...json, consumer: { id: UUID } },
    })
    expect([unknown.status, unknown.json.code]).toEqual([400, 4])
  })

  it('is deleted alone or with its consumer', async () => {
    await create()
    await create({ username: 'second' })
    expect((await admin.call('DELETE', `${COLLECTION}/bobby`)).status).toBe(204)
    expect((await admin.call('DELETE', `${COLLECTION}/bobby`)).status).toBe(404)
    expect((await admin.call('DELETE', '/basic-auths/bobby')).status).toBe(204)
    await admin.call('DELETE', '/consumers/bob')
    expect(admin.snapshot().tables.basicauth_credentials.size).toBe(0)
  })

  it('is found by tag', async () => {
    const { json } = await create({ tags: ['ci'] })
    expect((await admin.call('GET', '/basic-auths?tags=ci')).json.data).toEqual([json])
    expect((await admin.call('GET', '/tags/ci')).json.data).toEqual([
      { entity_name: 'basicauth_credentials', entity_id: json.id, tag: 'ci' },
    ])
  })
})
