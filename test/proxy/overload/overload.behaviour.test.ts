import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { statusOf } from '../../support/raw-client.ts'
import { RawConnection, statusesOf } from '../../support/raw-connection.ts'
import { startTestGateway, type TestGateway } from '../../support/test-gateway.ts'
import { startUpstream, type TestUpstream } from '../../support/test-upstream.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'

let upstream: TestUpstream
let gateway: TestGateway
let answerHeld: (() => void) | null
const clients: RawConnection[] = []

beforeEach(async () => {
  answerHeld = null
  upstream = await startUpstream('shop', (request, response) => {
    if (request.url === '/held') answerHeld = () => response.end('held')
    else response.end('shop')
  })
  gateway = await startTestGateway({ limits: { deadlineCheckMs: 20 } })
  await gateway.admin('PUT', '/services/shop', { host: '127.0.0.1', port: upstream.port })
  await gateway.admin('PUT', '/services/shop/routes/all', { paths: ['/'] })
})

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy()
  await gateway.stop()
  await upstream.close()
})

function connect(): RawConnection {
  const client = new RawConnection(gateway.proxyPort)
  clients.push(client)
  return client
}

/** Status of one request on a connection of its own. */
async function status(): Promise<number> {
  const client = connect()
  client.send(GET)
  await client.until(({ text }) => text.includes('\r\n\r\n'))
  client.destroy()
  return statusOf(client.text)
}

const untilStatus = (wanted: number) => expect.poll(status, { timeout: 15_000 }).toBe(wanted)
const metrics = async () => (await gateway.adminRaw('GET', '/metrics')).text()

describe('a gateway whose event loop is late', () => {
  it('answers 503 before it routes, says when to come back, and closes', async () => {
    gateway.setLoad({ delayMs: 201 })
    await untilStatus(503)
    gateway.entries.length = 0
    upstream.seen.length = 0
    const client = connect()
    client.send(GET)
    await client.untilClosed()
    expect(client.text).toMatch(/^HTTP\/1\.1 503 .*\r\n/)
    expect(client.text).toContain('Retry-After: 1\r\n')
    expect(client.text).toContain('Connection: close\r\n')
    expect(upstream.seen).toEqual([])
    expect(gateway.entries).toMatchObject([
      { status: 503, reason: 'overload-event-loop-delay', route: null, variant: null, tries: 0 },
    ])
  })

  it('goes on with what it has begun, and serves the Admin API', async () => {
    const held = connect()
    held.send('GET /held HTTP/1.1\r\nHost: a.test\r\n\r\n')
    await expect.poll(() => answerHeld).not.toBeNull()
    gateway.setLoad({ delayMs: 1_000 })
    await untilStatus(503)
    answerHeld?.()
    await held.untilText('held')
    expect(statusesOf(held.text)).toEqual([200])
    expect((await gateway.adminRaw('GET', '/status')).status).toBe(200)
    await gateway.admin('PUT', '/services/shop/plugins/00000000-0000-4000-8000-000000000001', {
      name: 'canary',
      config: { percentage: 0, upstream_port: upstream.port },
    })
    const text = await metrics()
    expect(text).toMatch(/canary_overload\{effect="refuses_requests"\} 1\n/)
    expect(text).toMatch(/reason="overload-event-loop-delay"\} [1-9]/)
  })

  it('serves again when it has caught up', async () => {
    gateway.setLoad({ delayMs: 201 })
    await untilStatus(503)
    gateway.setLoad({ delayMs: 100 })
    await untilStatus(200)
    expect(gateway.warned.map((line) => JSON.parse(line))).toMatchObject([
      { msg: 'overload', refuses_requests_for: 'event-loop-delay', event_loop_delay_ms: 201 },
      { msg: 'overload is over', refuses_requests_for: null, event_loop_delay_ms: 100 },
    ])
  })
})

describe('a gateway whose heap is nearly full', () => {
  it('closes unused connections, and every other one after its answer', async () => {
    const idle = connect()
    idle.send(GET)
    await idle.untilText('shop')
    const held = connect()
    held.send('GET /held HTTP/1.1\r\nHost: a.test\r\n\r\n')
    await expect.poll(() => answerHeld).not.toBeNull()
    gateway.setLoad({ heapRatio: 0.91 })
    await idle.untilClosed()
    answerHeld?.()
    await held.untilClosed()
    expect(held.text).toContain('Connection: close\r\n')
    expect(statusesOf(held.text)).toEqual([200])
    expect(await metrics()).toMatch(/canary_overload\{effect="closes_connections"\} 1\n/)
  })

  it('refuses new requests when it is fuller still', async () => {
    gateway.setLoad({ heapRatio: 0.96 })
    await untilStatus(503)
    expect(gateway.entries.at(-1)).toMatchObject({ reason: 'overload-heap' })
    gateway.setLoad({ heapRatio: 0.5 })
    await untilStatus(200)
  })
})
