import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { JWT_SECRET_DEFINITION } from '../../src/model/jwt-secret.ts'
import { PEM } from '../support/pem.ts'
import { OTHER_ID, parse, problems, SOME_ID } from './entity-input.ts'

const consumer = { id: OTHER_ID }
const given = { consumer, key: 'issuer', secret: 's' }
const spki = { publicKeyEncoding: { type: 'spki', format: 'pem' } } as const
const pkcs8 = { privateKeyEncoding: { type: 'pkcs8', format: 'pem' } } as const

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048, ...spki, ...pkcs8 })
const ec = (namedCurve: string) =>
  generateKeyPairSync('ec', { namedCurve, ...spki, ...pkcs8 }).publicKey
const KEYS = {
  RSA: rsa.publicKey,
  'EC on P-256': ec('P-256'),
  'EC on P-384': ec('P-384'),
  'EC on P-521': ec('P-521'),
  Ed25519: generateKeyPairSync('ed25519', { ...spki, ...pkcs8 }).publicKey,
  Ed448: generateKeyPairSync('ed448', { ...spki, ...pkcs8 }).publicKey,
} as const

const FITTING: readonly (readonly [algorithm: string, keys: readonly string[]])[] = [
  ['RS256', ['RSA']],
  ['RS384', ['RSA']],
  ['RS512', ['RSA']],
  ['PS256', ['RSA']],
  ['PS384', ['RSA']],
  ['PS512', ['RSA']],
  ['ES256', ['EC on P-256']],
  ['ES384', ['EC on P-384']],
  ['ES512', ['EC on P-521']],
  ['EdDSA', ['Ed25519', 'Ed448']],
]

const failedCondition = (message: string) => ({
  '@entity': "failed conditional validation given value of field 'algorithm'",
  rsa_public_key: message,
})

describe('JWT credential', () => {
  test('has the fields and defaults of Kong', () => {
    expect(parse('jwt_secrets', given)).toEqual({
      id: SOME_ID,
      created_at: 1700000000,
      consumer,
      key: 'issuer',
      secret: 's',
      algorithm: 'HS256',
      rsa_public_key: null,
      tags: null,
    })
  })

  test('gets a random key and a random secret of 32 characters unless given', () => {
    let count = 0
    const uuid = () => `00000000-0000-4000-8000-00000000000${count++}`
    const draws = { uuid, nextInCycle: () => 0 }
    const { generate } = JWT_SECRET_DEFINITION
    expect(generate?.({ consumer }, draws)).toEqual({
      consumer,
      key: '00000000000040008000000000000000',
      secret: '00000000000040008000000000000001',
    })
    expect(generate?.({ key: null, secret: 's' }, draws)).toEqual({
      key: '00000000000040008000000000000002',
      secret: 's',
    })
    expect(generate?.({ ...given }, draws)).toEqual(given)
  })

  test.each(FITTING)('with %s needs a public key that fits', (algorithm, fitting) => {
    const problemsWith = (rsa_public_key: unknown) =>
      problems('jwt_secrets', { ...given, algorithm, rsa_public_key })
    for (const [name, pem] of Object.entries(KEYS)) {
      const expected = fitting.includes(name)
        ? {}
        : failedCondition(`invalid key: ${algorithm} needs ${fitting.join(' or ')}, not ${name}`)
      expect(problemsWith(pem), name).toEqual(expected)
    }
    expect(problemsWith(null)).toEqual(failedCondition('required field missing'))
    expect(problemsWith('test')).toEqual(failedCondition('invalid key'))
  })

  test.each(['HS256', 'HS384', 'HS512'])('with %s needs no public key', (algorithm) => {
    expect(parse('jwt_secrets', { ...given, algorithm })).toMatchObject({ algorithm })
  })

  test('keeps no private key in the field for the public one', () => {
    for (const pem of [rsa.privateKey, PEM.shop.cert, `${rsa.privateKey}${rsa.publicKey}`]) {
      const fields = { ...given, algorithm: 'RS256', rsa_public_key: pem }
      expect(problems('jwt_secrets', fields)).toEqual(failedCondition('invalid key'))
    }
  })

  test.each([
    [
      { algorithm: 'none' },
      {
        algorithm:
          'expected one of: HS256, HS384, HS512, RS256, RS384, RS512, ES256, ES384, ES512, PS256, PS384, PS512, EdDSA',
      },
    ],
    [{ secret: '' }, { secret: 'length must be at least 1' }],
    [{ key: 7 }, { key: 'expected a string' }],
  ])('%j is refused', (fields, expected) => {
    expect(problems('jwt_secrets', { ...given, ...fields })).toEqual(expected)
  })
})
