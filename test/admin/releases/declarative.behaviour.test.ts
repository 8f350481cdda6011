import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Admin, startAdmin } from '../admin-harness.ts'
import { examplePath, servedEndpoints } from '../served-endpoints.ts'

const WRITES_NOTHING = ['/releases/plan', '/releases/links/:token']
const SERVED = servedEndpoints().filter(({ path }) => path.startsWith('/releases'))
const WRITES = SERVED.filter(
  ({ method, path }) => ['POST', 'DELETE'].includes(method) && !WRITES_NOTHING.includes(path),
)

let admin: Admin
beforeAll(async () => {
  admin = await startAdmin({ isDeclarative: true })
})
afterAll(() => admin.close())

describe('a gateway whose configuration is a file', () => {
  it('knows writes of releases', () => {
    expect(WRITES.length).toBeGreaterThan(15)
  })

  it.each(WRITES)('refuses $method $path, and says why', async ({ method, path }) => {
    const json = method === 'POST' ? { json: { reason: 'x' } } : {}
    const { status, json: problem, headers } = await admin.call(method, examplePath(path), json)
    expect([status, headers['content-type']]).toEqual([405, 'application/problem+json'])
    expect(problem).toMatchObject({
      status: 405,
      type: 'urn:canary-gateway:error:operation_unsupported',
      detail: 'releases change the configuration, and that of this gateway is a file',
    })
  })

  it.each([
    ['/releases', { data: [], next: null }],
    ['/releases/stop', { stopped: false }],
    ['/releases/freezes', { data: [], next: null }],
  ])('answers GET %s', async (path, body) => {
    const { status, json } = await admin.call('GET', path)
    expect(status).toBe(200)
    expect(json).toMatchObject(body)
  })

  it('plans, since that writes nothing', async () => {
    const steps = [{ percentage: 5 }]
    const document = { name: 'r', service: 'shop', canary: { upstream_host: 'v2.test' }, steps }
    const { status, json } = await admin.call('POST', '/releases/plan', { json: document })
    expect(status).not.toBe(405)
    expect(JSON.stringify(json)).toContain('shop')
  })

  it('has a page for a link that is none, and does nothing', async () => {
    for (const method of ['GET', 'POST']) {
      const { status, text } = await admin.call(method, '/releases/links/forged')
      expect([status, text]).toEqual([403, expect.stringContaining('not made by this gateway')])
    }
  })
})
