import net from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { configureService } from '../support/configure.ts'
import { KeepAliveClient } from '../support/keep-alive-client.ts'
import { RawConnection } from '../support/raw-connection.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import { startRawUpstream, startUpstream, type TestUpstream } from '../support/test-upstream.ts'

let gateway: TestGateway
let upstream: TestUpstream

beforeAll(async () => {
  gateway = await startTestGateway()
  upstream = await startUpstream('v1', (request, response) => {
    if (request.url === '/never') return
    if (request.url === '/big') {
      response.end(Buffer.alloc(2_000_000, 'x'))
      return
    }
    if (request.url === '/stream') {
      const timer = setInterval(() => response.write('drop\n'), 3)
      response.on('close', () => clearInterval(timer))
      return
    }
    setTimeout(() => response.end('v1'), 5)
  })
  await configureService(gateway, upstream.port, { route: { paths: ['/'], hosts: ['a'] } })
})

afterAll(async () => {
  await gateway.stop()
  await upstream.close()
  expect(gateway.logged).toEqual([])
})

beforeEach(() => {
  gateway.entries.length = 0
  upstream.seen.length = 0
})

interface Held {
  readonly connections: number
  readonly requestsInFlight: number
  readonly upstreamSockets: number
  readonly resources: Readonly<Record<string, number>>
}

async function held(): Promise<Held> {
  const { server } = await gateway.admin<{ server: { connections_active: number } }>(
    'GET',
    '/status',
  )
  const resources: Record<string, number> = {}
  for (const name of process.getActiveResourcesInfo()) resources[name] = (resources[name] ?? 0) + 1
  return {
    connections: server.connections_active,
    requestsInFlight: gateway.node.requestsInFlight(),
    upstreamSockets: upstream.sockets.size,
    resources,
  }
}

/** What a client sends before it leaves; each ends in the middle of something. */
const REQUESTS = [
  'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /never HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /big HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /stream HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /never HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n',
  `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n${'b'.repeat(50_000)}`,
  'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n',
  'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n',
  'POST /none HTTP/1.1\r\nHost: elsewhere\r\nContent-Length: 200000\r\n\r\nhello',
  'GET / HTTP/1.1\r\nHost: a\r\nX-Half: ',
  'GET / HTTP/1.1\r\nHost: a\r\nX : bad\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nearly bytes',
  'GET /never HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nearly bytes',
  'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n',
  '',
]

describe('a thousand clients that leave at random moments', () => {
  it('leave nothing behind', { timeout: 20_000 }, async () => {
    const CLIENTS = 1_000
    let seed = 7
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return seed % below
    }
    const { total_requests: before } = await totals()

    await Promise.all(
      Array.from({ length: CLIENTS }, async (_, n) => {
        await new Promise((resolve) => setTimeout(resolve, random(1_500)))
        const socket = net.connect(gateway.proxyPort, '127.0.0.1')
        const gone = new Promise((resolve) => socket.on('close', resolve))
        socket.on('error', () => {})
        socket.write(REQUESTS[n % REQUESTS.length] as string, 'latin1')
        if (random(2) === 0) socket.resume()
        setTimeout(
          () => (random(2) === 0 ? socket.destroy() : socket.resetAndDestroy()),
          random(60),
        )
        await gone
      }),
    )
    await expect
      .poll(async () => {
        const { connections, requestsInFlight } = await held()
        return { connections, requestsInFlight }
      })
      .toEqual({ connections: 0, requestsInFlight: 0 })
    const { total_requests: after } = await totals()
    expect(gateway.entries).toHaveLength(after - before)
    expect(new Set(gateway.entries.map(({ requestId }) => requestId)).size).toBe(after - before)
    // Idle connections to the upstream may stay for their four seconds; what was cut must not.
    await expect.poll(async () => (await held()).upstreamSockets).toBeLessThanOrEqual(60)
    const { resources } = await held()
    expect(resources.TCPSocketWrap ?? 0).toBeLessThan(150)
    expect(resources.Timeout ?? 0).toBeLessThan(100)
  })

  async function totals(): Promise<{ total_requests: number }> {
    return (await gateway.admin<{ server: { total_requests: number } }>('GET', '/status')).server
  }
})

describe('a client that leaves', () => {
  it.each([
    ['before the answer', '/never', 499],
    ['in the middle of the answer', '/stream', 200],
  ])('%s cancels the request to the upstream at once', async (_when, path, status) => {
    const before = upstream.sockets.size
    const client = new RawConnection(gateway.proxyPort)
    client.send(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`)
    await expect.poll(() => upstream.seen.at(-1)?.url).toBe(path)
    if (status === 200) await client.untilText('drop')
    const open = upstream.sockets.size
    client.destroy()
    await expect.poll(() => upstream.sockets.size, { interval: 5 }).toBeLessThan(open)
    await expect.poll(() => gateway.entries).toMatchObject([{ status, reason: 'client-left' }])
    expect(upstream.sockets.size).toBeLessThanOrEqual(before)
  })

  it('while a connection is being opened ends the request as well', async () => {
    const silent = await startRawUpstream((socket) => socket.resume())
    // A TLS handshake that nobody answers.
    await gateway.admin('PATCH', '/services/shop', { protocol: 'https', port: silent.port })
    const client = new RawConnection(gateway.proxyPort)
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await expect.poll(() => silent.sockets.size).toBe(1)
    client.destroy()
    await expect.poll(() => gateway.entries).toMatchObject([{ status: 499, tries: 1 }])
    await expect.poll(() => silent.sockets.size).toBe(0)
    await gateway.admin('PATCH', '/services/shop', { protocol: 'http', port: upstream.port })
    await silent.close()
  })
})

describe('many requests', () => {
  it('leave neither handles nor memory behind', { timeout: 20_000 }, async () => {
    const clients = await Promise.all(
      Array.from({ length: 16 }, () => KeepAliveClient.connect(gateway.proxyPort)),
    )
    const askAll = (count: number) =>
      Promise.all(
        clients.map(async (client, n) => {
          for (let i = 0; i < count; i += 1) {
            await client.ask(n % 4 === 0 ? '/none' : '/', { host: n % 4 === 0 ? 'b' : 'a' })
          }
        }),
      )
    await askAll(50)
    const before = await held()
    await askAll(150)
    const after = await held()
    for (const client of clients) client.close()
    expect(after.connections).toBe(before.connections)
    expect(after.requestsInFlight).toBe(0)
    expect(after.resources.Timeout ?? 0).toBeLessThanOrEqual((before.resources.Timeout ?? 0) + 16)
    expect(after.resources.TCPSocketWrap).toBeLessThanOrEqual(
      (before.resources.TCPSocketWrap ?? 0) + 32,
    )
  })
})
