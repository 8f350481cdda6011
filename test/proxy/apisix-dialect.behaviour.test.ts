import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sendRaw, statusOf } from '../support/raw-client.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import { startUpstream, type TestUpstream } from '../support/test-upstream.ts'

let gateway: TestGateway
let blue: TestUpstream
let green: TestUpstream

beforeEach(async () => {
  gateway = await startTestGateway()
  ;[blue, green] = await Promise.all([startUpstream('blue'), startUpstream('green')])
})
afterEach(async () => {
  await gateway.stop()
  await Promise.all([blue.close(), green.close()])
  expect(gateway.logged).toEqual([])
})

const put = (path: string, body: object) => gateway.admin('PUT', `/apisix/admin${path}`, body)
const at = (...upstreams: TestUpstream[]) =>
  Object.fromEntries(upstreams.map(({ address }) => [address, 1]))
const ask = (path = '/', headers: Record<string, string> = {}) =>
  fetch(`http://127.0.0.1:${gateway.proxyPort}${path}`, { headers })
const text = async (path?: string, headers?: Record<string, string>) =>
  (await ask(path, headers)).text()

/** Nothing listens there. */
const DEAD = '127.0.0.1:1'

describe('a route', () => {
  it('goes to the upstream of its service, to that of its own, or to one that it names', async () => {
    await put('/services/1', { upstream: { nodes: at(blue) } })
    await put('/routes/1', { uri: '/*', service_id: '1' })
    expect(await text('/a/b?c=d')).toBe('blue')
    expect(blue.seen[0]).toMatchObject({
      url: '/a/b?c=d',
      headers: { host: `127.0.0.1:${gateway.proxyPort}` },
    })
    await put('/routes/1', { uri: '/*', service_id: '1', upstream: { nodes: at(green) } })
    expect(await text()).toBe('green')
    await put('/upstreams/7', { nodes: at(blue), pass_host: 'node' })
    await put('/routes/1', { uri: '/*', upstream_id: 7 })
    expect(await text()).toBe('blue')
    expect(blue.seen.at(-1)?.headers.host).toBe(blue.address)
    await put('/routes/1', {
      uri: '/*',
      upstream: { nodes: at(green), pass_host: 'rewrite', upstream_host: 'x.test' },
    })
    expect(await text()).toBe('green')
    expect(green.seen.at(-1)?.headers.host).toBe('x.test')
  })

  it('without an upstream is answered 503, with status 0 not at all', async () => {
    await put('/services/1', {})
    await put('/routes/1', { uri: '/*', service_id: '1' })
    expect((await ask()).status).toBe(503)
    await put('/routes/1', { uri: '/*', service_id: '1', status: 0 })
    expect((await ask()).status).toBe(404)
  })

  it('has its own limits of time before those of the upstream', async () => {
    const silent = await startUpstream('silent', () => {})
    const slow = { connect: 9, send: 9, read: 9 }
    await put('/upstreams/1', { nodes: at(silent), timeout: slow })
    await put('/routes/1', { uri: '/*', upstream_id: '1', timeout: { ...slow, read: 0.05 } })
    expect((await ask()).status).toBe(504)
    await silent.close()
  })

  it('has the hosts of its service, also when those change, unless it says that any will do', async () => {
    const upstream = { nodes: at(blue) }
    await put('/services/1', { upstream, hosts: ['a.test'] })
    await put('/routes/1', { uri: '/*', service_id: '1' })
    const statuses = async (...hosts: string[]) => {
      const found: number[] = []
      for (const host of hosts) {
        const answer = await sendRaw(
          gateway.proxyPort,
          `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
        )
        found.push(statusOf(answer.text))
      }
      return found
    }
    expect(await statuses('a.test', 'b.test')).toEqual([200, 404])
    await put('/services/1', { upstream, hosts: ['*.test'] })
    expect(await statuses('a.test', 'b.test', 'c.example')).toEqual([200, 200, 404])
    await put('/routes/1', { uri: '/*', service_id: '1', hosts: ['*'] })
    expect(await statuses('c.example')).toEqual([200])
  })
})

describe('an upstream', () => {
  it('tries each node once, or as often as it says', async () => {
    const nodes = { [DEAD]: 100, [blue.address]: 1 }
    await put('/services/1', { upstream: { nodes } })
    await put('/routes/1', { uri: '/*', service_id: '1' })
    expect(await text()).toBe('blue')
    await put('/services/1', { upstream: { nodes, retries: 0 } })
    expect((await ask()).status).toBe(502)
    await put('/upstreams/2', { nodes, retries: 5 })
    await put('/services/1', { upstream_id: '2' })
    expect(await text()).toBe('blue')
    expect(gateway.entries.map(({ tries }) => tries)).toEqual([2, 1, 2])
  })

  it('with chash keeps a client, and its ring is that of APISIX', async () => {
    await put('/upstreams/1', {
      type: 'chash',
      hash_on: 'header',
      key: 'X-User',
      nodes: at(blue, green),
    })
    await put('/routes/1', { uri: '/*', upstream_id: '1' })
    const users = Array.from({ length: 12 }, (_, i) => `user-${i}`)
    const first = await Promise.all(users.map((user) => text('/', { 'x-user': user })))
    expect(new Set(first)).toEqual(new Set(['blue', 'green']))
    const again = await Promise.all(users.map((user) => text('/', { 'x-user': user })))
    expect(again).toEqual(first)
  })
})

it('a change of the share is in force with the answer', async () => {
  await put('/upstreams/green', { nodes: at(green) })
  await put('/routes/1', { uri: '/*', upstream: { nodes: at(blue) } })
  const split = (weight: number) =>
    gateway.admin('PATCH', '/apisix/admin/routes/1/plugins', {
      'traffic-split': {
        rules: [
          { weighted_upstreams: [{ upstream_id: 'green', weight }, { weight: 100 - weight }] },
        ],
      },
    })
  for (const [weight, side] of [
    [100, 'green'],
    [0, 'blue'],
    [100, 'green'],
  ] as const) {
    await split(weight)
    expect(await text()).toBe(side)
  }
})
