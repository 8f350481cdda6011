import { SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { signLink, verifyLink } from '../../../src/releases/delivery/release-link.ts'

const KEY = new Uint8Array(32).fill(7)
const NOW = Date.parse('2026-12-01T09:00:00Z')
const WEEK = 7 * 86_400_000
const link = { releaseId: 'r-1', verb: 'approve', linkId: 'l-1' } as const

describe('a link', () => {
  it('says what it was made for, for 7 days', async () => {
    const token = await signLink(link, KEY, NOW)
    expect(encodeURIComponent(token)).toBe(token)
    const valid = { kind: 'valid', link, expiresAtMs: NOW + WEEK }
    expect(await verifyLink(token, KEY, NOW)).toEqual(valid)
    expect(await verifyLink(token, KEY, NOW + WEEK - 1000)).toEqual(valid)
    expect(await verifyLink(token, KEY, NOW + WEEK)).toEqual({ kind: 'expired' })
  })

  it('of another key, or that was changed, is invalid', async () => {
    const token = await signLink(link, KEY, NOW)
    const [head, , signature] = token.split('.')
    const other = Buffer.from('{"verb":"rollback","sub":"r-1","jti":"l-1"}').toString('base64url')
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${other}.`
    for (const bad of ['', 'x', 'a.b.c', `${head}.${other}.${signature}`, none]) {
      expect(await verifyLink(bad, KEY, NOW)).toEqual({ kind: 'invalid' })
    }
    expect(await verifyLink(token, new Uint8Array(32), NOW)).toEqual({ kind: 'invalid' })
  })

  it('of the same key for another purpose is invalid', async () => {
    const token = await new SignJWT({ verb: 'approve', sub: 'r-1', jti: 'l-1' })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime(NOW / 1000 + 60)
      .sign(KEY)
    expect(await verifyLink(token, KEY, NOW)).toEqual({ kind: 'invalid' })
  })
})
