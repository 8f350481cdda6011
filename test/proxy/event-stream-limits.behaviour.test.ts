import { afterEach, describe, expect, it } from 'vitest'
import type { Limits } from '../../src/proxy/limits.ts'
import { configureService } from '../support/configure.ts'
import { RawConnection } from '../support/raw-connection.ts'
import { readMetrics } from '../support/read-metrics.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import { type StreamingUpstream, startStreamingUpstream } from '../support/websocket.ts'

const HOUR_MS = 3_600_000
const LAST_CHUNK = '0\r\n\r\n'
const POLLING = { timeout: 15_000, interval: 10 }

let gateway: TestGateway
let upstream: StreamingUpstream
let clients: RawConnection[]

afterEach(async () => {
  for (const client of clients) client.destroy()
  await upstream.close()
  await gateway.stop()
  expect(gateway.logged).toEqual([])
})

async function start(limits: Partial<Limits>, service: object = {}): Promise<void> {
  clients = []
  gateway = await startTestGateway({ limits: { deadlineCheckMs: 20, ...limits } })
  upstream = await startStreamingUpstream('v1')
  await configureService(gateway, upstream.port, { service })
}

async function openStream(version = '1.1'): Promise<RawConnection> {
  const client = new RawConnection(gateway.proxyPort)
  clients.push(client)
  client.send(`GET /events HTTP/${version}\r\nHost: a\r\n\r\n`)
  await client.untilText('data: v1')
  return client
}

const logged = () => gateway.entries.map(({ status, reason }) => [status, reason])

/** The stream came to a clean end for the client, the upstream was let go, and log and metrics say why. */
async function expectEnded(client: RawConnection, reason: string): Promise<void> {
  await client.untilText(LAST_CHUNK)
  await expect.poll(() => upstream.eventStreams.size, POLLING).toBe(0)
  await expect.poll(logged, POLLING).toEqual([[200, reason]])
  const series = `canary_request_failures_total{service="shop",variant="primary",reason="${reason}"}`
  expect((await readMetrics(gateway)).get(series)).toBe(1)
  client.send('GET /events HTTP/1.1\r\nHost: a\r\n\r\n')
  await client.until(({ text }) => text.split('data: v1').length === 3)
}

describe('an event stream', () => {
  it('lasts for limits_event_stream_total, and ends as if the upstream had ended it', async () => {
    await start({ eventStreamTotalMs: HOUR_MS })
    const client = await openStream()
    gateway.advanceMonotonic(HOUR_MS - 60_000)
    for (const stream of upstream.eventStreams) stream.write('data: late\n\n')
    await client.untilText('data: late')
    expect(client.text).not.toContain(LAST_CHUNK)
    gateway.advanceMonotonic(60_000)
    await expectEnded(client, 'stream-expired')
  })

  it('lasts for ever where there is no such limit', async () => {
    await start({})
    const client = await openStream()
    gateway.advanceMonotonic(1_000 * HOUR_MS)
    const other = await openStream()
    for (const stream of upstream.eventStreams) stream.write('data: late\n\n')
    await Promise.all([client, other].map((stream) => stream.untilText('data: late')))
    expect(logged()).toEqual([])
  })

  it('ends with its connection for a client of HTTP/1.0', async () => {
    await start({ eventStreamTotalMs: HOUR_MS })
    const client = await openStream('1.0')
    gateway.advanceMonotonic(HOUR_MS)
    await client.untilClosed()
    await expect.poll(logged, POLLING).toEqual([[200, 'stream-expired']])
  })

  it('ends in the same way when nothing came for limits_event_stream_idle', async () => {
    await start({ eventStreamIdleMs: 200 }, { read_timeout: 50 })
    await expectEnded(await openStream(), 'stream-idle')
  })

  it.each([
    ['longer than read_timeout', {}, { read_timeout: 50 }],
    ['as long as a read_timeout that is longer', { eventStreamIdleMs: 50 }, {}],
  ])('may be silent for %s', async (_, limits, service) => {
    await start(limits, service)
    const client = await openStream()
    // What would be late is due long before.
    setTimeout(() => {
      for (const stream of upstream.eventStreams) stream.write('data: late\n\n')
    }, 300)
    await client.untilText('data: late')
    expect(logged()).toEqual([])
  })

  it('is cut after read_timeout where limits_event_stream_idle is off', async () => {
    await start({ eventStreamIdleMs: null }, { read_timeout: 50 })
    const client = await openStream()
    await client.untilClosed()
    expect(client.text).not.toContain(LAST_CHUNK)
    await expect.poll(logged, POLLING).toEqual([[200, 'read-timeout']])
  })

  it('is not silent while something comes', async () => {
    await start({ eventStreamIdleMs: 1_000 }, { read_timeout: 50 })
    const client = await openStream()
    let events = 0
    const writing = setInterval(() => {
      events += 1
      for (const stream of upstream.eventStreams) stream.write(`data: ${events}.\n\n`)
    }, 100)
    try {
      await client.untilText('data: 15.')
    } finally {
      clearInterval(writing)
    }
    expect(logged()).toEqual([])
  })
})
