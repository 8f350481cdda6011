import type { Express } from 'express'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAdminApp } from '../../src/admin/admin-app.ts'
import type { AdminDependencies } from '../../src/admin/dependencies.ts'
import { type Admin, startAdmin } from './admin-harness.ts'

const TOKEN = 'a-token-of-enough-length'

let admin: Admin
afterEach(() => admin.close())

interface Layer {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> }
  readonly handle: { readonly stack?: readonly Layer[] }
}

/** Every method and path that the application knows. */
function endpoints(app: Express): { method: string; path: string }[] {
  const found: { method: string; path: string }[] = []
  const walk = (layers: readonly Layer[]) => {
    for (const { route, handle } of layers) {
      if (route === undefined) walk(handle.stack ?? [])
      else for (const method of Object.keys(route.methods)) found.push({ method, path: route.path })
    }
  }
  walk((app.router as unknown as { stack: readonly Layer[] }).stack)
  return found
    .filter(({ method }) => method !== '_all')
    .map(({ method, path }) => ({
      method: method.toUpperCase(),
      path: path.replaceAll(/:\w+/g, 'x'),
    }))
}

/** The routes do not depend on what the application is given. */
const ENDPOINTS = endpoints(
  createAdminApp({ listen: {}, adminToken: null } as unknown as AdminDependencies),
)

it('knows the endpoints it is about to try', async () => {
  admin = await startAdmin()
  const paths = new Set(ENDPOINTS.map(({ path }) => path))
  expect(paths.size).toBeGreaterThan(35)
  for (const path of ['/', '/status', '/audit', '/services/x/canary', '/services/x/routes/x']) {
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
      expect([method, path, answer.status]).toEqual([method, path, 403])
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
      expect([method, path, answer.status]).toEqual([method, path, 401])
      expect(answer.headers['www-authenticate']).toBe('Bearer')
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
})
