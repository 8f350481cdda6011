import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { endpointPaths } from '../../src/admin/kong/endpoint-index.ts'
import { type Admin, startAdmin } from './admin-harness.ts'
import { examplePath, servedEndpoints } from './served-endpoints.ts'

const SERVED = servedEndpoints()
const PATHS = [...new Set(SERVED.map(({ path }) => path))]
/** Those of APISIX's dialect are not for clients of Kong. */
const KONG_PATHS = PATHS.filter((path) => !path.startsWith('/apisix'))
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

let admin: Admin
beforeEach(async () => {
  admin = await startAdmin()
})
afterEach(() => admin.close())

function methodsOf(path: string): readonly string[] {
  const methods = SERVED.filter((served) => served.path === path).map(({ method }) => method)
  return [...new Set(methods)]
}

describe('GET /endpoints', () => {
  it("lists every path that is served in our own words and in Kong's, and no other", async () => {
    const nameless = (path: string) => path.replaceAll(/\{\w+\}|:\w+/g, '{}')
    const { status, json } = await admin.call('GET', '/endpoints')
    expect(status).toBe(200)
    expect(json).toEqual({ data: endpointPaths() })
    expect(new Set(json.data.map(nameless))).toEqual(new Set(KONG_PATHS.map(nameless)))
    expect(new Set(json.data).size).toBe(json.data.length)
  })

  it('sorts by segment: what is below a path follows it', () => {
    const paths = endpointPaths()
    const positions = ['/', '/acls', '/acls/{acls}', '/acls/{acls}/consumer', '/audit'].map(
      (path) => paths.indexOf(path),
    )
    expect(positions).toEqual([0, 1, 2, 3, 4])
    expect(paths.indexOf('/services/{services}/routes')).toBeLessThan(paths.indexOf('/snis'))
    expect(paths.indexOf('/consumer_groups')).toBeLessThan(paths.indexOf('/consumers'))
  })
})

describe.each(PATHS)('%s', (pattern) => {
  const path = examplePath(pattern)
  const served = methodsOf(pattern)

  it('answers HEAD as GET, without a body, and both with a trailing slash', async () => {
    if (!served.includes('GET')) {
      expect((await admin.call('HEAD', path)).status).toBe(405)
      return
    }
    const got = await admin.call('GET', path)
    const head = await admin.call('HEAD', path)
    expect([head.status, head.text]).toEqual([got.status, ''])
    expect(head.headers['content-type']).toBe(got.headers['content-type'])
    expect(head.headers['content-length']).toBe(got.headers['content-length'])
    expect((await admin.call('GET', `${path}/`)).status).toBe(got.status)
  })

  it('answers OPTIONS and other methods with what is allowed', async () => {
    const allowed = [...served, ...(served.includes('GET') ? ['HEAD'] : [])].sort().join(', ')
    const options = await admin.call('OPTIONS', path)
    expect([options.status, options.headers.allow, options.text]).toEqual([204, allowed, ''])
    for (const method of METHODS.filter((name) => !served.includes(name))) {
      const refused = await admin.call(method, path)
      expect([method, refused.status, refused.headers.allow]).toEqual([method, 405, allowed])
      const { message, detail, error_msg } = refused.json
      expect(message ?? detail ?? error_msg).toMatch(
        pattern.startsWith('/apisix')
          ? /^not supported `[A-Z]+` method for /
          : /^Method not allowed$/,
      )
    }
  })

  it('takes a write without a body for one without fields', async () => {
    for (const method of ['POST', 'PUT', 'PATCH'].filter((name) => served.includes(name))) {
      const answer = await admin.call(method, path)
      expect([method, answer.status]).not.toEqual([method, 415])
      expect(answer.status).toBeLessThan(500)
      expect(answer.text).not.toContain('JSON body')
    }
  })
})

describe('information', () => {
  it('names the plugins that may be used', async () => {
    expect((await admin.call('GET', '/plugins/enabled')).json).toEqual({
      enabled_plugins: ['acl', 'canary', 'key-auth', 'request-size-limiting', 'traffic-split'],
    })
  })
})

describe('the health of a target', () => {
  const paths = ['healthy', 'unhealthy', '10.0.0.1:80/healthy', '10.0.0.1:80/unhealthy']

  it.each(paths)('cannot be set by PUT %s, since it is not checked', async (path) => {
    await admin.call('PUT', '/upstreams/blue')
    await admin.call('POST', '/upstreams/blue/targets', { json: { target: '10.0.0.1:80' } })
    const refused = await admin.call('PUT', `/upstreams/blue/targets/10.0.0.1:80/${path}`)
    expect([refused.status, refused.json]).toEqual([
      400,
      { message: 'no healthchecker found for blue' },
    ])
    const absent = await admin.call('PUT', `/upstreams/blue/targets/10.0.0.2:80/${path}`)
    expect(absent.status).toBe(404)
    const elsewhere = await admin.call('PUT', `/upstreams/green/targets/10.0.0.1:80/${path}`)
    expect(elsewhere.status).toBe(404)
  })
})
