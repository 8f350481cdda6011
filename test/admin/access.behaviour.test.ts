import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Admin, startAdmin } from './admin-harness.ts'
import { examplePath, servedEndpoints } from './served-endpoints.ts'

const TOKEN = 'a-token-of-enough-length'

let admin: Admin
afterEach(() => admin.close())

const ENDPOINTS = servedEndpoints().map(({ method, path }) => ({
  method,
  path: examplePath(path),
}))

/** Its signature is its permission (docs/release-webhooks.md), and `x` has none; OPTIONS tells nothing of it. */
const isLink = (path: string) => path === '/releases/links/x'
const LINK_STATUS: Readonly<Record<string, number>> = { OPTIONS: 204 }

/** What a call gets that may not use the Admin API. */
const refusalOf = (method: string, path: string, usual: number) =>
  isLink(path) ? (LINK_STATUS[method] ?? 403) : usual

it('knows the endpoints it is about to try', async () => {
  admin = await startAdmin()
  const paths = new Set(ENDPOINTS.map(({ path }) => path))
  expect(paths.size).toBeGreaterThan(35)
  for (const path of ['/', '/status', '/audit', '/services/x/canary', '/services/x/routes/x']) {
    expect(paths).toContain(path)
  }
  for (const path of ['/releases', '/releases/stop', '/releases/x/rollback', '/releases/x/watch']) {
    expect(paths).toContain(path)
  }
})

describe('on loopback without a token', () => {
  beforeEach(async () => {
    admin = await startAdmin()
  })

  it('refuses every endpoint, known or not, to a call under a foreign name', async () => {
    for (const { method, path } of [...ENDPOINTS, { method: 'GET', path: '/nope' }]) {
      const answer = await admin.call(method, path, { headers: { host: 'evil.test' } })
      expect([method, path, answer.status]).toEqual([method, path, refusalOf(method, path, 403)])
    }
  })

  it('refuses every endpoint to a page of another origin', async () => {
    for (const { method, path } of ENDPOINTS) {
      const answer = await admin.call(method, path, { headers: { origin: 'http://evil.test' } })
      expect([method, path, answer.status]).toEqual([method, path, refusalOf(method, path, 403)])
    }
  })

  it.each([
    ['Via', '1.1 x'],
    ['Forwarded', 'for=1.2.3.4'],
    ['X-Forwarded-For', '127.0.0.1'],
    ['X-Forwarded-Host', 'localhost'],
    ['Origin', 'http://evil.test'],
    ['Sec-Fetch-Site', 'cross-site'],
  ])('refuses a call with %s: %s and changes nothing', async (name, value) => {
    const answer = await admin.call('POST', '/services', {
      json: { host: 'a.test' },
      headers: { [name]: value },
    })
    expect(answer.status).toBe(403)
    expect(answer.json).toEqual({ message: expect.any(String) })
    expect((await admin.call('GET', '/services')).json.data).toEqual([])
  })

  it('takes a call with a loopback Host and Origin', async () => {
    const headers = { host: `localhost:${admin.port}`, origin: 'http://127.0.0.1:3000' }
    expect((await admin.call('GET', '/services', { headers })).status).toBe(200)
  })
})

describe('with a token', () => {
  beforeEach(async () => {
    admin = await startAdmin({ adminToken: TOKEN })
  })

  it('refuses every endpoint without it', async () => {
    for (const { method, path } of ENDPOINTS) {
      const answer = await admin.call(method, path)
      expect([method, path, answer.status]).toEqual([method, path, refusalOf(method, path, 401)])
      expect(answer.headers['www-authenticate']).toBe(isLink(path) ? undefined : 'Bearer')
    }
  })

  it.each([
    ['Authorization', `Bearer ${TOKEN}`, 200],
    ['Authorization', `bearer ${TOKEN}`, 200],
    ['Kong-Admin-Token', TOKEN, 200],
    ['Authorization', `Bearer ${TOKEN}x`, 401],
    ['Authorization', 'Bearer', 401],
    ['Authorization', `Basic ${TOKEN}`, 401],
    ['Kong-Admin-Token', '', 401],
  ])('answers %s: %s with %d, under any name', async (name, value, status) => {
    const headers = { [name]: value, host: 'gateway.example', via: '1.1 lb' }
    expect((await admin.call('GET', '/services', { headers })).status).toBe(status)
  })

  const tryToken = (token: string, path = '/services') =>
    admin.call('GET', path, { headers: { authorization: `Bearer ${token}` } })

  it('refuses an address after ten wrong tokens in a minute, also with the right one', async () => {
    for (let i = 0; i < 10; i++) expect((await tryToken(`guess-${i}`)).status).toBe(401)
    admin.clock.nowMs += 20_000
    const refused = await tryToken(TOKEN)
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '40'])
    expect(refused.json).toEqual({
      message: 'Too many calls with a wrong admin token from this address; try again in 40 s',
    })
    expect((await tryToken('guess', '/nope')).status).toBe(429)
  })

  it('lets the address in again when the minute is over', async () => {
    for (let i = 0; i < 10; i++) await tryToken(`guess-${i}`)
    admin.clock.nowMs += 60_000
    expect((await tryToken(TOKEN)).status).toBe(200)
    expect((await tryToken('guess')).status).toBe(401)
  })

  it('counts no call without a token, and no right one', async () => {
    for (let i = 0; i < 12; i++) {
      expect((await admin.call('GET', '/services')).status).toBe(401)
      expect((await tryToken(TOKEN)).status).toBe(200)
    }
    for (let i = 0; i < 9; i++) await tryToken('guess')
    expect((await tryToken(TOKEN)).status).toBe(200)
  })
})
