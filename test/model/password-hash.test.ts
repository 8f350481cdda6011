import { describe, expect, test } from 'vitest'
import { hashPassword, isPasswordHash, verifyPassword } from '../../src/model/password-hash.ts'

const salt = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex')
/** Computed with another implementation, Python's hashlib.scrypt. */
const HASH =
  '$scrypt$ln=13,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$42pnXaaODEQPbI2CXw5XfdHZWwgC9p1iMSG3g1GJVNk'

describe('the hash of a password', () => {
  test('is the same today and tomorrow: what is stored must stay valid', async () => {
    expect(await hashPassword('open sesame', salt)).toBe(HASH)
  })

  test('depends on the salt, and fits the password alone', async () => {
    const other = await hashPassword('open sesame', Buffer.alloc(16, 7))
    expect(other).not.toBe(HASH)
    for (const hash of [HASH, other]) {
      expect(await verifyPassword('open sesame', hash)).toBe(true)
      expect(await verifyPassword('open Sesame', hash)).toBe(false)
      expect(await verifyPassword('', hash)).toBe(false)
    }
  })

  test('takes every text as it is', async () => {
    for (const password of ['', 'zoë:\t', '$scrypt$', 'x'.repeat(5000)]) {
      const hash = await hashPassword(password, salt)
      expect(isPasswordHash(hash)).toBe(true)
      expect(await verifyPassword(password, hash)).toBe(true)
    }
  })

  test.each([
    [''],
    ['open sesame'],
    ['5f4dcc3b5aa765d61d8327deb882cf99'],
    ['$scrypt$'],
    [HASH.slice(1)],
    [HASH.slice(0, -1)],
    [`${HASH} `],
    [`${HASH}\n`],
    [HASH.replace('ln=13', 'ln=31')],
    [HASH.replace('p=1', 'p=9')],
  ])('is not %j, which no password fits', async (text) => {
    expect(isPasswordHash(text)).toBe(false)
    expect(await verifyPassword('open sesame', text)).toBe(false)
    expect(await verifyPassword(text, text)).toBe(false)
  })
})
