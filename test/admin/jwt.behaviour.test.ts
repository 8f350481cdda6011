import { generateKeyPairSync } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Admin, startAdmin } from './admin-harness.ts'

const COLLECTION = '/consumers/bob/jwt'
const { publicKey: PUBLIC_KEY } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})

let admin: Admin
beforeEach(async () => {
  admin = await startAdmin()
  await admin.call('PUT', '/consumers/bob')
})
afterEach(() => admin.close())

/** Source: Kong's tests of the Admin API of the JWT plugin. */
describe('a JWT credential', () => {
  it('needs nothing but a consumer', async () => {
    const made = await admin.call('POST', COLLECTION, { json: {} })
    const consumer = (await admin.call('GET', '/consumers/bob')).json
    expect([made.status, made.json]).toEqual([
      201,
      {
        id: expect.any(String),
        created_at: expect.any(Number),
        consumer: { id: consumer.id },
        key: expect.stringMatching(/^[a-z0-9]{32}$/),
        secret: expect.stringMatching(/^[a-z0-9]{32}$/),
        algorithm: 'HS256',
        rsa_public_key: null,
        tags: null,
      },
    ])
    expect(made.json.key).not.toBe(made.json.secret)
  })

  it('is found by id and by key, below its consumer and in the collection of all', async () => {
    const { json } = await admin.call('POST', COLLECTION, { json: { key: 'issuer' } })
    const consumer = (await admin.call('GET', '/consumers/bob')).json
    for (const path of [`${COLLECTION}/${json.id}`, `${COLLECTION}/issuer`, '/jwts/issuer']) {
      expect((await admin.call('GET', path)).json).toEqual(json)
      expect((await admin.call('GET', `${path}/`)).json).toEqual(json)
    }
    expect((await admin.call('GET', '/jwts/')).json.data).toEqual([json])
    expect((await admin.call('GET', '/jwts/issuer/consumer')).json).toEqual(consumer)
    expect((await admin.call('GET', '/jwts/none/consumer')).status).toBe(404)
  })

  it.each([
    ['json', { json: { key: 'a', algorithm: 'RS256', rsa_public_key: PUBLIC_KEY } }],
    [
      'a form',
      {
        form: new URLSearchParams({
          key: 'a',
          algorithm: 'RS256',
          rsa_public_key: PUBLIC_KEY.replaceAll('\n', '\r\n'),
        }).toString(),
      },
    ],
  ])('takes a public key as %s', async (_, call) => {
    const made = await admin.call('POST', COLLECTION, call)
    expect(made).toMatchObject({ status: 201, json: { key: 'a', algorithm: 'RS256' } })
    expect(made.json.rsa_public_key.replaceAll('\r', '')).toBe(PUBLIC_KEY)
  })

  it.each([
    [{ algorithm: 'RS256' }, 'required field missing'],
    [{ algorithm: 'RS256', rsa_public_key: 'test' }, 'invalid key'],
    [
      { algorithm: 'ES256', rsa_public_key: PUBLIC_KEY },
      'invalid key: ES256 needs EC on P-256, not RSA',
    ],
  ])('case %#: is refused without the key that its algorithm needs', async (json, message) => {
    const refused = await admin.call('POST', COLLECTION, { json })
    expect([refused.status, refused.json.fields]).toEqual([
      400,
      {
        '@entity': ["failed conditional validation given value of field 'algorithm'"],
        rsa_public_key: message,
      },
    ])
  })

  it('cannot change to an algorithm whose key it lacks', async () => {
    await admin.call('POST', COLLECTION, { json: { key: 'issuer' } })
    const refused = await admin.call('PATCH', '/jwts/issuer', { json: { algorithm: 'PS512' } })
    expect(refused.json.fields).toMatchObject({ rsa_public_key: 'required field missing' })
    const changed = await admin.call('PATCH', '/jwts/issuer', {
      json: { algorithm: 'PS512', rsa_public_key: PUBLIC_KEY },
    })
    expect(changed).toMatchObject({ status: 200, json: { algorithm: 'PS512' } })
  })

  it('is created and replaced by PUT with its key, with a new secret unless one is given', async () => {
    const made = await admin.call('PUT', `${COLLECTION}/abcd`, { json: {} })
    expect(made).toMatchObject({ status: 200, json: { key: 'abcd', algorithm: 'HS256' } })
    const replaced = await admin.call('PUT', `${COLLECTION}/abcd`, { json: {} })
    expect(replaced).toMatchObject({ status: 200, json: { id: made.json.id, key: 'abcd' } })
    expect(replaced.json.secret).not.toBe(made.json.secret)
    const again = await admin.call('PUT', `${COLLECTION}/abcd`, { json: replaced.json })
    expect(again.json).toEqual(replaced.json)
  })

  it('has a key that no other has, and a secret that others may have', async () => {
    const json = { key: 'issuer', secret: 's' }
    await admin.call('POST', COLLECTION, { json })
    const refused = await admin.call('POST', COLLECTION, { json })
    expect([refused.status, refused.json.fields]).toEqual([409, { key: 'issuer' }])
    const other = await admin.call('POST', COLLECTION, { json: { ...json, key: 'other' } })
    expect(other.status).toBe(201)
  })

  it('needs a consumer that exists', async () => {
    for (const [method, path] of [
      ['POST', '/jwts'],
      ['PUT', '/jwts/key'],
    ] as const) {
      const refused = await admin.call(method, path, { json: {} })
      expect([refused.status, refused.json.message]).toEqual([
        400,
        'schema violation (consumer: required field missing)',
      ])
    }
    const made = await admin.call('PUT', '/jwts/key', { json: { consumer: { username: 'bob' } } })
    expect(made).toMatchObject({ status: 200, json: { key: 'key' } })
  })

  it('is paged through', async () => {
    for (const key of ['a', 'b']) await admin.call('POST', COLLECTION, { json: { key } })
    const first = (await admin.call('GET', '/jwts?size=1')).json
    const second = (await admin.call('GET', first.next)).json
    expect([first.data[0].key, second.data[0].key, second.next]).toEqual(['a', 'b', null])
  })

  it('is deleted alone or with its consumer', async () => {
    for (const key of ['a', 'b']) await admin.call('POST', COLLECTION, { json: { key } })
    expect((await admin.call('DELETE', `${COLLECTION}/a`)).status).toBe(204)
    expect((await admin.call('DELETE', `${COLLECTION}/a`)).status).toBe(404)
    await admin.call('DELETE', '/consumers/bob')
    expect(admin.snapshot().tables.jwt_secrets.size).toBe(0)
  })

  it('keeps its secret out of the audit log', async () => {
    await admin.call('POST', COLLECTION, { json: { key: 'issuer', secret: 'top-secret' } })
    const { text } = await admin.call('GET', '/audit?entity=jwt_secrets')
    expect(text).toContain('"key":"issuer"')
    expect(text).not.toContain('top-secret')
  })
})
