import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PEM } from '../support/pem.ts'
import { type Admin, startAdmin } from './admin-harness.ts'

const UUID = '11111111-2222-4333-8444-555555555555'
const { rootCa, otherRootCa } = PEM

let admin: Admin
beforeEach(async () => {
  admin = await startAdmin()
})
afterEach(() => admin.close())

const create = async (cert = rootCa) =>
  (await admin.call('POST', '/ca_certificates', { json: { cert } })).json

describe('a CA certificate', () => {
  it('is stored with its digest, computed anew when the certificate changes', async () => {
    const made = await admin.call('POST', '/ca_certificates', {
      json: { cert: rootCa, cert_digest: 'mine' },
    })
    expect(made).toMatchObject({ status: 201, json: { cert: rootCa, tags: null } })
    expect(made.json.cert_digest).toMatch(/^[0-9a-f]{64}$/)
    const path = `/ca_certificates/${made.json.id}`
    expect((await admin.call('GET', path)).json).toEqual(made.json)
    const tagged = await admin.call('PATCH', path, { json: { tags: ['web'], cert_digest: 'x' } })
    expect(tagged.json).toEqual({ ...made.json, tags: ['web'] })
    const changed = await admin.call('PATCH', path, { json: { cert: otherRootCa } })
    expect(changed.json.cert_digest).not.toBe(made.json.cert_digest)
    expect(changed.json.cert_digest).toMatch(/^[0-9a-f]{64}$/)
  })

  it('is written again as it was read', async () => {
    const made = await create()
    const again = await admin.call('PUT', `/ca_certificates/${made.id}`, { json: made })
    expect([again.status, again.json]).toEqual([200, made])
  })

  it('is refused a second time, however it is written', async () => {
    const { cert_digest } = await create()
    const json = { cert: rootCa.replaceAll('\n', '\r\n') }
    const refused = await admin.call('POST', '/ca_certificates', { json })
    expect([refused.status, refused.json.code, refused.json.fields]).toEqual([
      409,
      5,
      { cert_digest },
    ])
  })

  it.each([
    [PEM.shop.cert, 'it is missing the "CA" basic constraint'],
    [`${rootCa}${otherRootCa}`, 'please submit only one certificate at a time'],
  ])('case %#: is one of an authority, and one only', async (cert, message) => {
    const refused = await admin.call('POST', '/ca_certificates', { json: { cert } })
    expect(refused.status).toBe(400)
    expect(refused.json.message).toContain(message)
    expect(refused.json.fields).toEqual({ '@entity': [expect.stringContaining(message)] })
  })

  it('is refused once it has expired', async () => {
    const made = await create()
    admin.clock.nowMs = Date.UTC(2127, 0, 1)
    const message = 'certificate expired, "Not After" time is in the past'
    for (const [method, path] of [
      ['POST', '/ca_certificates'],
      ['PATCH', `/ca_certificates/${made.id}`],
    ] as const) {
      const refused = await admin.call(method, path, { json: { cert: otherRootCa } })
      expect([refused.status, refused.json.message]).toEqual([400, `schema violation (${message})`])
      expect(refused.json.fields).toEqual({ '@entity': [message] })
    }
    expect((await admin.call('GET', `/ca_certificates/${made.id}`)).json).toEqual(made)
  })
})

describe('ca_certificates of a service', () => {
  const https = { name: 'shop', protocol: 'https', host: 'a.test' }

  it('are kept in their order, and none is deleted while it is named', async () => {
    const [one, two] = [await create(), await create(otherRootCa)]
    const ca_certificates = [two.id, one.id]
    const made = await admin.call('POST', '/services', { json: { ...https, ca_certificates } })
    expect(made).toMatchObject({ status: 201, json: { ca_certificates } })
    for (const { id } of [one, two]) {
      const refused = await admin.call('DELETE', `/ca_certificates/${id}`)
      expect([refused.status, refused.json]).toEqual([
        400,
        {
          message: `ca certificate ${id} is still referenced by services (id = ${made.json.id})`,
          name: 'referenced by others',
          code: 19,
        },
      ])
    }
    await admin.call('PATCH', '/services/shop', { json: { ca_certificates: [one.id, one.id] } })
    expect((await admin.call('DELETE', `/ca_certificates/${two.id}`)).status).toBe(204)
    expect((await admin.call('DELETE', `/ca_certificates/${one.id}`)).status).toBe(400)
    expect((await admin.call('DELETE', '/services/shop')).status).toBe(204)
    expect((await admin.call('DELETE', `/ca_certificates/${one.id}`)).status).toBe(204)
  })

  it('must exist', async () => {
    const { id } = await create()
    const json = { ...https, ca_certificates: [id, UUID] }
    const refused = await admin.call('POST', '/services', { json })
    expect([refused.status, refused.json.code, refused.json.message]).toEqual([
      400,
      4,
      `the foreign key '{id="${UUID}"}' does not reference an existing 'ca_certificates' entity.`,
    ])
    expect((await admin.call('GET', '/services')).json.data).toEqual([])
  })

  it('are no place to go to', async () => {
    await admin.call('POST', '/services', { json: https })
    expect((await admin.call('GET', '/services/shop/ca_certificates')).status).toBe(404)
  })
})
