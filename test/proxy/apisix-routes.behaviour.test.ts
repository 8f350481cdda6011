import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { sendRaw, statusOf } from '../support/raw-client.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import { startUpstream, type TestUpstream } from '../support/test-upstream.ts'

let gateway: TestGateway
let upstream: TestUpstream

beforeAll(async () => {
  upstream = await startUpstream('shop')
  gateway = await startTestGateway({
    settings: { trusted_ips: '127.0.0.1', real_ip_header: 'X-Forwarded-For' },
  })
  await gateway.admin('PUT', '/services/shop', { host: '127.0.0.1', port: upstream.port })
})

afterAll(async () => {
  await gateway.stop()
  await upstream.close()
})

beforeEach(() => {
  gateway.entries.length = 0
  upstream.seen.length = 0
})

afterEach(async () => {
  const { data } = await gateway.admin<{ data: { id: string }[] }>('GET', '/routes')
  for (const { id } of data) await gateway.admin('DELETE', `/routes/${id}`)
  expect(gateway.logged).toEqual([])
})

const route = (name: string, apisix: object, others: object = {}) =>
  gateway.admin('PUT', `/services/shop/routes/${name}`, { apisix, ...others })

interface Sent {
  readonly host?: string
  readonly method?: string
  readonly headers?: readonly string[]
}

/** Status and, with it, what the access log says of the route. */
async function sent(path: string, { host = 'a', method = 'GET', headers = [] }: Sent = {}) {
  const lines = [`${method} ${path} HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...headers]
  const { text } = await sendRaw(gateway.proxyPort, `${lines.join('\r\n')}\r\n\r\n`)
  await vi.waitFor(() => expect(gateway.entries).toHaveLength(1))
  const [entry] = gateway.entries.splice(0)
  return { status: statusOf(text), route: entry?.route ?? null }
}

describe('a route with apisix', () => {
  it('is matched by its rules, named in the log, and keeps the path', async () => {
    await route('blog', { uris: ['/blog/*'] }, { hosts: ['*.shop.test'] })
    const host = 'eu.shop.test'
    expect(await sent('/blog/a//b%20c?d=1', { host })).toEqual({ status: 200, route: 'blog' })
    expect(upstream.seen.map(({ url }) => url)).toEqual(['/blog/a/b%20c?d=1'])
    expect((await sent('/blog', { host })).status).toBe(404)
    expect((await sent('/blog/', { host: 'shop.test' })).status).toBe(404)
  })

  it('falls through by method, client address and vars', async () => {
    await route('every', { uris: ['/*'] })
    const green = {
      vars: [
        ['http_x_env', '==', 'green'],
        ['consumer_name', '==', null],
      ],
    }
    await route('new', { uris: ['/*'], priority: 1, ...green })
    await route(
      'near',
      { uris: ['/a'], remote_addrs: ['10.0.0.0/8'] },
      {
        methods: ['PUT'],
      },
    )
    expect((await sent('/a')).route).toBe('every')
    expect((await sent('/a', { headers: ['X-Env: green'] })).route).toBe('new')
    const headers = ['X-Forwarded-For: 10.1.2.3']
    expect((await sent('/a', { headers })).route).toBe('every')
    expect((await sent('/a', { headers, method: 'PUT' })).route).toBe('near')
  })

  it("is asked behind all of Kong's routes", async () => {
    await route('exact', { uris: ['/a/b'], priority: 99 }, { hosts: ['a'] })
    expect((await sent('/a/b')).route).toBe('exact')
    await gateway.admin('PUT', '/services/shop/routes/kong', { paths: ['/a'] })
    expect((await sent('/a/b')).route).toBe('kong')
    await gateway.admin('DELETE', '/routes/kong')
    expect((await sent('/a/b')).route).toBe('exact')
  })

  it('is changed, moved to the rules of Kong and disabled with its service by the next request', async () => {
    await route('one', { uris: ['/a'] })
    await gateway.admin('PATCH', '/routes/one', { apisix: { uris: ['/b'] } })
    expect([await sent('/a'), await sent('/b')]).toEqual([
      { status: 404, route: null },
      { status: 200, route: 'one' },
    ])
    await gateway.admin('PATCH', '/services/shop', { enabled: false })
    expect((await sent('/b')).status).toBe(404)
    await gateway.admin('PATCH', '/services/shop', { enabled: true })
    expect((await sent('/b')).status).toBe(200)
    await gateway.admin('PATCH', '/routes/one', { apisix: null, paths: ['/c'] })
    expect([await sent('/b'), await sent('/c/d')]).toEqual([
      { status: 404, route: null },
      { status: 200, route: 'one' },
    ])
  })

  it('has plugins like any other, and the decision endpoint names it', async () => {
    const { id } = await route('one', { uris: ['/a'] })
    await gateway.admin('PUT', '/services/shop/routes/two', { paths: ['/b'] })
    const canary = { upstream_host: '127.0.0.1', upstream_port: upstream.port, percentage: 100 }
    await gateway.admin('POST', '/routes/one/plugins', { name: 'canary', config: canary })
    const query = '/services/shop/canary/decision?ip=10.0.0.1'
    expect(await gateway.admin('GET', `${query}&route=one`)).toMatchObject({
      route: { id, name: 'one' },
      variant: 'canary',
    })
    expect(await gateway.admin('GET', `${query}&route=two`)).toMatchObject({ variant: 'primary' })
    const { text } = await sendRaw(
      gateway.proxyPort,
      'GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    )
    expect(statusOf(text)).toBe(200)
    await vi.waitFor(() =>
      expect(gateway.entries).toMatchObject([{ route: 'one', variant: 'canary' }]),
    )
  })
})
