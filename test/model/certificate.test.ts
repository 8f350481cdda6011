import { describe, expect, test } from 'vitest'
import { PEM } from '../support/pem.ts'
import { parse, problems, SOME_ID } from './entity-input.ts'

const { shop, shopEc, other, rootCa } = PEM
const withAlternative = { ...shop, cert_alt: shopEc.cert, key_alt: shopEc.key }

describe('certificate', () => {
  test('has the fields and defaults of Kong', () => {
    expect(parse('certificates', shop)).toEqual({
      id: SOME_ID,
      created_at: 1700000000,
      updated_at: 1700000001,
      ...shop,
      cert_alt: null,
      key_alt: null,
      tags: null,
    })
  })

  test.each([
    ['an EC pair', shopEc],
    ['a second pair with a key of another type', withAlternative],
    ['a chain', { ...shop, cert: `${shop.cert}${rootCa}` }],
    ['text around the PEM block', { ...shop, cert: `subject=shop\n${shop.cert}\n# end\n` }],
    ['line ends of Windows', { ...shop, cert: shop.cert.replaceAll('\n', '\r\n') }],
  ])('may be %s', (_, fields) => {
    expect(parse('certificates', fields)).toMatchObject(fields)
  })

  test.each([
    [{}, { cert: 'required field missing', key: 'required field missing' }],
    [
      { cert: 'x', key: 'y' },
      {
        cert: 'invalid certificate: expected a PEM block "BEGIN CERTIFICATE"',
        key: 'invalid key: expected a PEM block "PRIVATE KEY"',
      },
    ],
    [{ ...shop, cert: '' }, { cert: 'length must be at least 1' }],
    [{ ...shop, cert: 'x'.repeat(65537) }, { cert: 'length must be at most 65536' }],
    [{ ...shop, cert: 7 }, { cert: 'expected a string' }],
    [{ ...shop, cert: shop.key }, { cert: expect.stringMatching(/^invalid certificate: /) }],
    [{ ...shop, key: shop.cert }, { key: expect.stringMatching(/^invalid key: /) }],
    [
      { ...shop, cert: shop.cert.replace(/.{20}\n-----END/, '-----END') },
      { cert: expect.stringMatching(/^invalid certificate: [a-z0-9 ]+$/) },
    ],
    [
      { ...shop, cert: `${shop.cert}-----BEGIN CERTIFICATE-----\nMIIB` },
      { cert: expect.stringMatching(/^invalid certificate: /) },
    ],
    [
      { ...shop, key: shop.key.replaceAll('PRIVATE', 'ENCRYPTED PRIVATE') },
      { key: 'invalid key: must not be protected by a passphrase' },
    ],
    [{ ...shop, key: other.key }, { '@entity': 'certificate does not match key' }],
    [{ ...shop, key: shopEc.key }, { '@entity': 'certificate does not match key' }],
    [
      { ...shop, cert_alt: shopEc.cert },
      { '@entity': "all or none of these fields must be set: 'cert_alt', 'key_alt'" },
    ],
    [
      { ...shop, key_alt: shopEc.key },
      { '@entity': "all or none of these fields must be set: 'cert_alt', 'key_alt'" },
    ],
    [
      { ...withAlternative, key_alt: other.key },
      { '@entity': 'alternative certificate does not match key' },
    ],
    [
      { ...shop, cert_alt: other.cert, key_alt: other.key },
      {
        '@entity':
          "certificate and alternative certificate need to have different type (e.g. RSA and ECDSA), the provided certificates were both of the same type 'RSA'",
      },
    ],
    [
      { ...shopEc, cert_alt: shopEc.cert, key_alt: shopEc.key },
      { '@entity': expect.stringContaining("both of the same type 'ECDSA'") },
    ],
    [{ ...shop, tags: ['a,b'] }, { 'tags.0': expect.stringContaining("invalid tag 'a,b'") }],
    [{ ...shop, snis: ['a.test'] }, { snis: expect.stringMatching(/^unknown field/) }],
  ])('case %#: what is wrong is said of the field that is wrong', (fields, expected) => {
    expect(problems('certificates', fields)).toEqual(expected)
  })

  test('that is full of beginnings and no ends is refused at once', () => {
    // Read again from each beginning, it would keep the test until its timeout.
    const cert = '-----BEGIN CERTIFICATE-----'.repeat(100_000)
    expect(problems('certificates', { ...shop, cert })).toHaveProperty('cert')
  })
})

describe('CA certificate', () => {
  const digest = 'a'.repeat(64)

  test('gets the digest of its DER form, whatever is given', () => {
    const { cert_digest } = parse('ca_certificates', { cert: rootCa })
    expect(cert_digest).toMatch(/^[0-9a-f]{64}$/)
    expect(parse('ca_certificates', { cert: rootCa, cert_digest: digest })).toMatchObject({
      cert: rootCa,
      cert_digest,
    })
    const reformatted = { cert: `# root\n${rootCa.replaceAll('\n', '\r\n')}` }
    expect(parse('ca_certificates', reformatted)).toMatchObject({ cert_digest })
    expect(parse('ca_certificates', { cert: PEM.otherRootCa }).cert_digest).not.toBe(cert_digest)
  })

  test.each([
    [{}, { cert: 'required field missing' }],
    [{ cert: 'x' }, { cert: 'invalid certificate: expected a PEM block "BEGIN CERTIFICATE"' }],
    [{ cert: 'x', cert_digest: digest }, { cert: expect.stringContaining('invalid certificate') }],
    [
      { cert: `${rootCa}${PEM.otherRootCa}` },
      { '@entity': 'please submit only one certificate at a time' },
    ],
    [
      { cert: shop.cert },
      {
        '@entity':
          'certificate does not appear to be a CA because it is missing the "CA" basic constraint',
      },
    ],
    [{ cert: rootCa, key: shop.key }, { key: 'unknown field' }],
  ])('case %#: what is wrong is said of the field that is wrong', (fields, expected) => {
    expect(problems('ca_certificates', fields)).toEqual(expected)
  })
})
