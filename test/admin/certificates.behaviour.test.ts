import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PEM } from '../support/pem.ts'
import { type Admin, startAdmin } from './admin-harness.ts'

const UUID = '11111111-2222-4333-8444-555555555555'
const { shop, shopEc, other } = PEM

let admin: Admin
beforeEach(async () => {
  admin = await startAdmin()
})
afterEach(() => admin.close())

/** A certificate with names; its answer. */
async function create(snis: readonly string[], pair: object = shop) {
  const made = await admin.call('POST', '/certificates', { json: { ...pair, snis } })
  expect(made.status).toBe(201)
  return made.json
}

const namesInStore = async () =>
  (await admin.call('GET', '/snis')).json.data.map((sni: { name: string }) => sni.name).sort()

describe('snis of a certificate', () => {
  it('are created with it, shown sorted, and served as entities of their own', async () => {
    const { snis, ...certificate } = await create(['b.test', 'a.test', '*.c.test'])
    expect(snis).toEqual(['*.c.test', 'a.test', 'b.test'])
    expect(admin.snapshot().tables.certificates.get(certificate.id)?.entity).toEqual(certificate)
    expect(await namesInStore()).toEqual(snis)
    const sni = await admin.call('GET', '/snis/a.test')
    expect(sni.json).toMatchObject({ name: 'a.test', certificate: { id: certificate.id } })
    expect(admin.snapshot().tables.snis.get(sni.json.id)?.entity).toEqual(sni.json)
  })

  it('are at most 1000 in one call', async () => {
    const snis = Array.from({ length: 1001 }, (_, index) => `s${index}.test`)
    const refused = await admin.call('POST', '/certificates', { json: { ...shop, snis } })
    expect([refused.status, refused.json.fields]).toEqual([
      400,
      { snis: 'length must be at most 1000' },
    ])
  })

  it('are an empty list when there are none', async () => {
    const { json } = await admin.call('POST', '/certificates', { json: shop })
    expect(json.snis).toEqual([])
  })

  it.each([
    ['snis[]=a.test&snis[]=b.test', ['a.test', 'b.test']],
    ['snis=b.test&snis=a.test', ['a.test', 'b.test']],
    ['snis[1]=b.test&snis[2]=a.test', ['a.test', 'b.test']],
    ['snis=a.test', ['a.test']],
    ['snis=', []],
    ['', []],
  ])('may be sent as %j', async (names, expected) => {
    const pair = new URLSearchParams(shop).toString()
    const made = await admin.call('POST', '/certificates', { form: `${pair}&${names}` })
    expect([made.status, made.json.snis, made.json.key]).toEqual([201, expected, shop.key])
  })

  it('are listed with every certificate, however many there are', async () => {
    const names = Array.from({ length: 150 }, (_, n) => `name-${1000 + n}.test`)
    const many = await create(names)
    const none = await create([], other)
    const { json } = await admin.call('GET', '/certificates')
    expect(json.data).toEqual([many, none])
    expect(many.snis).toEqual(names)
  })

  it('are replaced by PATCH; those that stay are the same entities as before', async () => {
    const { id } = await create(['a.test', 'b.test'])
    const kept = (await admin.call('GET', '/snis/b.test')).json
    const changed = await admin.call('PATCH', `/certificates/${id}`, {
      json: { snis: ['c.test', 'b.test'] },
    })
    expect(changed).toMatchObject({ status: 200, json: { snis: ['b.test', 'c.test'] } })
    expect(await namesInStore()).toEqual(['b.test', 'c.test'])
    expect((await admin.call('GET', '/snis/b.test')).json).toEqual(kept)
  })

  it('stay when PATCH does not name them, and go when it says null', async () => {
    const made = await create(['a.test'])
    const path = `/certificates/${made.id}`
    expect((await admin.call('PATCH', path, { json: {} })).json).toEqual(made)
    const renewed = await admin.call('PATCH', path, { json: shopEc })
    expect(renewed.json).toEqual({ ...made, ...shopEc })
    const cleared = await admin.call('PATCH', path, { json: { snis: null } })
    expect([cleared.status, cleared.json.snis]).toEqual([200, []])
    expect(await namesInStore()).toEqual([])
  })

  it('go with a PUT that does not name them', async () => {
    const made = await create(['a.test'])
    const replaced = await admin.call('PUT', `/certificates/${made.id}`, { json: other })
    expect(replaced).toMatchObject({ status: 200, json: { ...other, snis: [] } })
    expect(await namesInStore()).toEqual([])
  })

  it('are refused twice in one body, and nothing is stored', async () => {
    const refused = await admin.call('POST', '/certificates', {
      json: { ...shop, snis: ['a.test', 'b.test', 'a.test'] },
    })
    expect([refused.status, refused.json]).toEqual([
      400,
      {
        message: 'schema violation (snis: a.test is duplicated)',
        name: 'schema violation',
        code: 2,
        fields: { snis: 'a.test is duplicated' },
      },
    ])
    expect(admin.snapshot().version).toBe(0)
  })

  it('are refused when another certificate has them, and nothing is stored', async () => {
    const first = await create(['a.test'])
    const second = await create(['b.test'], other)
    const { version } = admin.snapshot()
    for (const [method, path, json] of [
      ['POST', '/certificates', { ...shop, snis: ['new.test', 'a.test'] }],
      ['PATCH', `/certificates/${second.id}`, { snis: ['new.test', 'a.test'] }],
      ['PUT', `/certificates/${UUID}`, { ...shop, snis: ['new.test', 'a.test'] }],
    ] as const) {
      const refused = await admin.call(method, path, { json })
      expect([refused.status, refused.json.message]).toEqual([
        400,
        `schema violation (snis: a.test already associated with existing certificate '${first.id}')`,
      ])
    }
    expect(admin.snapshot().version).toBe(version)
  })

  it.each([
    [['a.test', '*.b.*'], { snis: [null, 'only one wildcard must be specified'] }],
    [['10.0.0.1'], { snis: ['must not be an IP'] }],
    [['a.test:443'], { snis: ['must not have a port'] }],
    [[7], { snis: ['expected a string'] }],
    ['a.test', { snis: 'expected an array' }],
    [{ a: 1 }, { snis: 'expected an array' }],
  ])('%j are refused by position', async (snis, fields) => {
    const refused = await admin.call('POST', '/certificates', { json: { ...shop, snis } })
    expect([refused.status, refused.json.fields]).toEqual([400, fields])
    expect(admin.snapshot().version).toBe(0)
  })

  it('go with the certificate', async () => {
    const { id } = await create(['a.test', 'b.test'])
    await create(['c.test'], other)
    expect((await admin.call('DELETE', `/certificates/${id}`)).status).toBe(204)
    expect(await namesInStore()).toEqual(['c.test'])
  })
})

describe('a certificate', () => {
  it('is named by its id or by any of its SNIs', async () => {
    const made = await create(['a.test', '*.b.test'])
    for (const key of [made.id, 'a.test', '%2A.b.test', '*.b.test']) {
      const path = `/certificates/${key}`
      expect((await admin.call('GET', path)).json).toEqual(made)
      expect((await admin.call('PATCH', path, { json: {} })).json).toEqual(made)
    }
    expect((await admin.call('GET', '/certificates/x.b.test')).status).toBe(404)
    expect((await admin.call('DELETE', '/certificates/a.test')).status).toBe(204)
    expect((await admin.call('GET', `/certificates/${made.id}`)).status).toBe(404)
  })

  it('is created by PUT with an id of the client', async () => {
    const made = await admin.call('PUT', `/certificates/${UUID}`, {
      json: { ...shop, snis: ['a.test'] },
    })
    expect(made).toMatchObject({ status: 200, json: { id: UUID, snis: ['a.test'] } })
  })

  it.each([
    [{}, ['new.test']],
    [{ snis: ['other.test'] }, ['new.test', 'other.test']],
    [{ snis: ['new.test', 'other.test'] }, ['new.test', 'other.test']],
    [{ snis: null }, ['new.test']],
  ])('is created by PUT with a name that nothing has, and %j beside it', async (names, snis) => {
    const made = await admin.call('PUT', '/certificates/new.test', { json: { ...shop, ...names } })
    expect(made).toMatchObject({ status: 200, json: { ...shop, snis } })
    expect((await admin.call('GET', '/certificates/new.test')).json).toEqual(made.json)
  })

  it('is replaced by PUT with the name of one of its SNIs', async () => {
    const { id } = await create(['a.test'])
    const json = { ...other, snis: ['a.test', 'b.test'] }
    const replaced = await admin.call('PUT', '/certificates/a.test', { json })
    expect(replaced).toMatchObject({ status: 200, json: { id, ...json } })
  })

  it('is not created by PUT with a name that is none', async () => {
    const refused = await admin.call('PUT', '/certificates/10.0.0.1', { json: shop })
    expect([refused.status, refused.json.fields]).toEqual([400, { snis: ['must not be an IP'] }])
    expect(admin.snapshot().version).toBe(0)
  })

  it.each([
    [
      {},
      '2 schema violations (cert: required field missing; key: required field missing)',
      { cert: 'required field missing', key: 'required field missing' },
    ],
    [
      { ...shop, key: other.key },
      'schema violation (certificate does not match key)',
      { '@entity': ['certificate does not match key'] },
    ],
  ])('case %#: is refused in the words of Kong', async (json, message, fields) => {
    const refused = await admin.call('PUT', `/certificates/${UUID}`, { json })
    expect([refused.status, refused.json]).toEqual([
      400,
      { message, name: 'schema violation', code: 2, fields },
    ])
  })

  it('cannot get a key by PATCH that is not its own', async () => {
    const { id } = await create([])
    const refused = await admin.call('PATCH', `/certificates/${id}`, { json: { key: other.key } })
    expect(refused.json.fields).toEqual({ '@entity': ['certificate does not match key'] })
  })

  it('answers 404 to what does not exist', async () => {
    for (const key of [UUID, 'none.test']) {
      const path = `/certificates/${key}`
      expect((await admin.call('GET', path)).json).toEqual({ message: 'Not found' })
      expect((await admin.call('PATCH', path, { json: shop })).status).toBe(404)
      expect((await admin.call('GET', `${path}/snis`)).status).toBe(404)
      expect((await admin.call('DELETE', path)).status).toBe(204)
    }
  })

  it('carries tags', async () => {
    const { id } = await create([], { ...shop, tags: ['web'] })
    await create([], other)
    const found = (await admin.call('GET', '/certificates?tags=web')).json.data
    expect(found.map((row: { id: string }) => row.id)).toEqual([id])
    const rows = (await admin.call('GET', '/tags/web')).json.data
    expect(rows).toEqual([{ entity_name: 'certificates', entity_id: id, tag: 'web' }])
  })

  it('leaves its keys out of the audit log', async () => {
    const { id } = await create(['a.test'], { ...shop, cert_alt: shopEc.cert, key_alt: shopEc.key })
    await admin.call('PATCH', `/certificates/${id}`, { json: { tags: ['x'] } })
    const { text, json } = await admin.call('GET', '/audit?entity=certificates')
    expect(json.data.map((row: { action: string }) => row.action)).toEqual(['update', 'create'])
    expect(json.data[1].after).toMatchObject({ key: '[redacted]', key_alt: '[redacted]' })
    expect(text).not.toContain('PRIVATE KEY')
    const snis = (await admin.call('GET', '/audit?entity=snis')).json.data
    expect(snis).toMatchObject([{ action: 'create', after: { name: 'a.test' } }])
  })
})

describe('SNIs', () => {
  it('are created below a certificate, by its id or by a name of it', async () => {
    const { id } = await create(['a.test'])
    for (const [key, name] of [
      [id, 'b.test'],
      ['a.test', 'c.test'],
    ]) {
      const made = await admin.call('POST', `/certificates/${key}/snis`, { json: { name } })
      expect(made).toMatchObject({ status: 201, json: { name, certificate: { id } } })
    }
    const { json } = await admin.call('GET', `/certificates/${id}/snis`)
    const names = json.data.map((sni: { name: string }) => sni.name)
    expect(names).toEqual(['a.test', 'b.test', 'c.test'])
    expect((await admin.call('GET', `/certificates/${id}`)).json.snis).toEqual(names)
  })

  it('are refused with 409 when the name is taken', async () => {
    const { id } = await create(['a.test'])
    const json = { name: 'a.test', certificate: { id } }
    for (const path of ['/snis', `/certificates/${id}/snis`]) {
      const refused = await admin.call('POST', path, { json })
      expect([refused.status, refused.json.message]).toEqual([
        409,
        `UNIQUE violation detected on '{name="a.test"}'`,
      ])
    }
  })

  it('are refused for a certificate that does not exist', async () => {
    const json = { name: 'a.test', certificate: { id: UUID } }
    const refused = await admin.call('POST', '/snis', { json })
    expect([refused.status, refused.json]).toEqual([
      400,
      {
        message: `the foreign key '{id="${UUID}"}' does not reference an existing 'certificates' entity.`,
        name: 'foreign key violation',
        code: 4,
        fields: { certificate: { id: UUID } },
      },
    ])
  })

  it('are created by PUT with an id or a name, and say what is missing', async () => {
    const { id } = await create([])
    const certificate = { id }
    const byId = await admin.call('PUT', `/snis/${UUID}`, { json: { name: 'a.test', certificate } })
    expect(byId).toMatchObject({ status: 200, json: { id: UUID, name: 'a.test' } })
    const byName = await admin.call('PUT', '/snis/b.test', { json: { certificate } })
    expect(byName).toMatchObject({ status: 200, json: { name: 'b.test', certificate } })
    const refused = await admin.call('PUT', `/snis/${UUID.replace('1', '2')}`, { json: {} })
    expect(refused.json.message).toBe(
      '2 schema violations (certificate: required field missing; name: required field missing)',
    )
  })

  it('move to another certificate, which both then show', async () => {
    const first = await create(['a.test', 'b.test'])
    const second = await create([], other)
    const json = { certificate: { id: second.id } }
    expect((await admin.call('PATCH', '/snis/a.test', { json })).status).toBe(200)
    expect((await admin.call('GET', `/certificates/${first.id}`)).json.snis).toEqual(['b.test'])
    expect((await admin.call('GET', '/certificates/a.test')).json.id).toBe(second.id)
  })

  it('lead to their certificate, which is written there as anywhere', async () => {
    const made = await create(['a.test'])
    expect((await admin.call('GET', '/snis/a.test/certificate')).json).toEqual(made)
    const patched = await admin.call('PATCH', '/snis/a.test/certificate', {
      json: { snis: ['a.test', 'b.test'] },
    })
    expect(patched.json).toMatchObject({ id: made.id, snis: ['a.test', 'b.test'] })
    expect((await admin.call('DELETE', '/snis/a.test/certificate')).status).toBe(405)
    expect((await admin.call('GET', '/snis/none.test/certificate')).status).toBe(404)
  })

  it('are deleted by name', async () => {
    const { id } = await create(['a.test', 'b.test'])
    expect((await admin.call('DELETE', '/snis/a.test')).status).toBe(204)
    expect((await admin.call('DELETE', `/certificates/${id}/snis/b.test`)).status).toBe(204)
    expect((await admin.call('DELETE', `/certificates/${id}/snis/b.test`)).status).toBe(404)
    expect((await admin.call('GET', `/certificates/${id}`)).json.snis).toEqual([])
  })
})

describe('client certificates', () => {
  it.each([
    ['services', { name: 'x', protocol: 'https', host: 'a.test' }],
    ['upstreams', { name: 'x' }],
  ])('of %s exist, are not deleted while used, and lead both ways', async (kind, fields) => {
    const { id } = await create(['a.test'])
    const json = { ...fields, client_certificate: { id } }
    expect((await admin.call('POST', `/${kind}`, { json })).status).toBe(201)
    const refused = await admin.call('DELETE', '/certificates/a.test')
    expect([refused.status, refused.json]).toEqual([
      400,
      {
        message: `an existing '${kind}' entity references this 'certificates' entity`,
        name: 'foreign key violation',
        code: 4,
        fields: { '@referenced_by': kind },
      },
    ])
    expect(await namesInStore()).toEqual(['a.test'])
    const shown = await admin.call('GET', `/${kind}/x/client_certificate`)
    expect(shown.json).toMatchObject({ id, snis: ['a.test'] })
    const users = (await admin.call('GET', `/certificates/a.test/${kind}`)).json.data
    expect(users.map((row: { name: string }) => row.name)).toEqual(['x'])
    await admin.call('PATCH', `/${kind}/x`, { json: { client_certificate: null } })
    expect((await admin.call('DELETE', '/certificates/a.test')).status).toBe(204)
  })

  it('that do not exist are refused', async () => {
    const refused = await admin.call('POST', '/services', {
      json: { protocol: 'https', host: 'a.test', client_certificate: { id: UUID } },
    })
    expect([refused.status, refused.json.code, refused.json.fields]).toEqual([
      400,
      4,
      { client_certificate: { id: UUID } },
    ])
  })
})
