import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTestGateway } from '../support/test-gateway.ts'
import { type Admin, startAdmin } from './admin-harness.ts'

const TOKEN = 'a-token-of-enough-length'
const LOCAL = 'http://localhost:8002'
const LISTED = 'https://manager.example:8445'
const FOREIGN = 'https://evil.test'

const PREFLIGHT = {
  'access-control-request-method': 'PATCH',
  'access-control-request-headers': 'content-type,kong-admin-token',
}

/** The fields that let a page read an answer or make a call. */
function corsFields(headers: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const fields = Object.entries(headers).filter(([name]) => name.startsWith('access-control-'))
  return Object.fromEntries(fields)
}

let admin: Admin
afterEach(() => admin.close())

describe('on loopback without a token', () => {
  beforeEach(async () => {
    admin = await startAdmin({ allowedOrigins: [LISTED] })
  })

  it.each([LOCAL, 'https://127.0.0.1', 'http://[::1]:3000', LISTED])(
    'lets a page of %s read answers and errors',
    async (origin) => {
      const allowed = {
        'access-control-allow-origin': origin,
        'access-control-allow-credentials': 'true',
      }
      for (const path of ['/', '/services', '/audit', '/services?size=0', '/nope']) {
        const { headers } = await admin.call('GET', path, { headers: { origin } })
        expect([path, corsFields(headers)]).toEqual([path, allowed])
        expect(headers.vary).toBe('Origin')
      }
      const headers = { origin, 'sec-fetch-site': origin === LISTED ? 'cross-site' : 'same-site' }
      const created = await admin.call('POST', '/services', { json: { host: 'a.test' }, headers })
      expect([created.status, corsFields(created.headers)]).toEqual([201, allowed])
      const refused = await admin.call('POST', '/services', { json: {}, headers })
      expect([refused.status, corsFields(refused.headers)]).toEqual([400, allowed])
    },
  )

  it('answers a preflight with the methods of the path and the headers that were asked for', async () => {
    const headers = { origin: LOCAL, ...PREFLIGHT }
    const answer = await admin.call('OPTIONS', '/services/x', { headers })
    expect([answer.status, answer.text]).toEqual([204, ''])
    expect(corsFields(answer.headers)).toEqual({
      'access-control-allow-origin': LOCAL,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': answer.headers.allow,
      'access-control-allow-headers': 'content-type,kong-admin-token',
    })
  })

  it.each([FOREIGN, 'null', 'http://localhost.evil.test', 'http://manager.example:8445'])(
    'refuses a page of %s and gives it no word to read',
    async (origin) => {
      for (const [method, headers] of [
        ['GET', { origin }],
        ['POST', { origin }],
        ['OPTIONS', { origin, ...PREFLIGHT }],
      ] as const) {
        const answer = await admin.call(method, '/services', { headers })
        expect([method, answer.status, corsFields(answer.headers)]).toEqual([method, 403, {}])
      }
    },
  )
})

it('takes the origins out of admin_gui_url', async () => {
  admin = await startAdmin()
  const settings = { admin_gui_url: `${LISTED}/login` }
  const gateway = await startTestGateway({ settings })
  try {
    const answer = await fetch(`${gateway.node.admin}/services`, { headers: { origin: LISTED } })
    expect(answer.headers.get('access-control-allow-origin')).toBe(LISTED)
  } finally {
    await gateway.stop()
  }
})

describe('with a token', () => {
  beforeEach(async () => {
    admin = await startAdmin({ adminToken: TOKEN, allowedOrigins: [LISTED] })
  })

  const get = (origin: string, token: string) =>
    admin.call('GET', '/services', { headers: { origin, 'kong-admin-token': token } })

  it.each([LOCAL, LISTED])(
    'answers the preflight of %s, which carries no token, and asks for it afterwards',
    async (origin) => {
      const headers = { origin, ...PREFLIGHT }
      const preflight = await admin.call('OPTIONS', '/services/x', { headers })
      expect(preflight.status).toBe(204)
      expect(preflight.headers).toMatchObject({
        'access-control-allow-origin': origin,
        'access-control-allow-headers': 'content-type,kong-admin-token',
      })
      const [good, bad] = [await get(origin, TOKEN), await get(origin, 'guess')]
      expect([good.status, bad.status]).toEqual([200, 401])
      for (const answer of [good, bad]) {
        expect(answer.headers['access-control-allow-origin']).toBe(origin)
      }
    },
  )

  it('gives a foreign page neither a preflight nor an answer to read', async () => {
    const headers = { origin: FOREIGN, ...PREFLIGHT }
    const preflight = await admin.call('OPTIONS', '/services', { headers })
    expect([preflight.status, corsFields(preflight.headers)]).toEqual([401, {}])
    expect(corsFields((await get(FOREIGN, TOKEN)).headers)).toEqual({})
  })

  it.each([
    ['no preflight', 'OPTIONS', { origin: LOCAL }],
    ['no page', 'OPTIONS', PREFLIGHT],
    ['no question', 'PATCH', { origin: LOCAL, ...PREFLIGHT }],
  ] as const)('asks for the token where there is %s', async (_, method, headers) => {
    expect((await admin.call(method, '/services/x', { headers })).status).toBe(401)
  })
})
