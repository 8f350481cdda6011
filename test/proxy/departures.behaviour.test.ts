import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { logDifferences, sumOf } from '../chaos/compare-records.ts'
import { type DepartedFrom, startDepartedFrom } from '../chaos/departed-from.ts'
import { runDepartures } from '../chaos/departures.ts'
import { observed } from '../chaos/gateway-process.ts'
import { KeepAliveClient } from '../support/keep-alive-client.ts'
import { RawConnection } from '../support/raw-connection.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import type { TestUpstream } from '../support/test-upstream.ts'

let gateway: TestGateway
let services: DepartedFrom
let upstream: TestUpstream

beforeAll(async () => {
  gateway = await startTestGateway()
  services = await startDepartedFrom(observed(gateway))
  upstream = services.upstream
})

afterAll(async () => {
  await gateway.stop()
  await services.close()
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

describe('a thousand clients that leave at random moments', () => {
  it('leave nothing behind', { timeout: 120_000 }, async () => {
    const { total_requests: before } = await totals()
    await runDepartures(gateway.proxyPort, { clients: 1_000, withinMs: 1_500, stayMs: 60 })
    // Those that left before they were accepted are taken in one in a turn of the event loop.
    await expect
      .poll(
        async () => {
          const { connections, requestsInFlight } = await held()
          return { connections, requestsInFlight }
        },
        { timeout: 60_000 },
      )
      .toEqual({ connections: 0, requestsInFlight: 0 })
    const { total_requests: after } = await totals()
    expect(gateway.entries).toHaveLength(after - before)
    const metrics = await observed(gateway).metrics()
    expect(sumOf(metrics, 'canary_requests_in_flight')).toBe(0)
    expect(sumOf(metrics, 'canary_client_connections')).toBe(0)
    expect(logDifferences(gateway.entries, metrics)).toEqual([])
    // Idle connections to the upstream may stay for their four seconds; what was cut must not.
    await expect.poll(async () => (await held()).upstreamSockets).toBeLessThanOrEqual(60)
    await expect.poll(() => services.silent.sockets.size).toBe(0)
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
    const { silent } = services
    const client = new RawConnection(gateway.proxyPort)
    client.send('GET / HTTP/1.1\r\nHost: silent\r\n\r\n')
    await expect.poll(() => silent.sockets.size).toBe(1)
    client.destroy()
    await expect.poll(() => gateway.entries).toMatchObject([{ status: 499, tries: 1 }])
    await expect.poll(() => silent.sockets.size).toBe(0)
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
