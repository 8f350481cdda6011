import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RawConnection, statusesOf } from '../../support/raw-connection.ts'
import {
  startTestGateway,
  type TestGateway,
  type TestGatewayOptions,
} from '../../support/test-gateway.ts'
import { startUpstream, type TestUpstream } from '../../support/test-upstream.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'

let upstream: TestUpstream
let gateway: TestGateway
const clients: RawConnection[] = []

beforeEach(async () => {
  upstream = await startUpstream('shop')
})

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy()
  expect(gateway.logged).toEqual([])
  await gateway.stop()
  await upstream.close()
})

async function start(options: TestGatewayOptions): Promise<void> {
  gateway = await startTestGateway(options)
  await gateway.admin('PUT', '/services/shop', { host: '127.0.0.1', port: upstream.port })
  await gateway.admin('PUT', '/services/shop/routes/all', { paths: ['/'] })
}

function connect(options?: ConstructorParameters<typeof RawConnection>[1]): RawConnection {
  const client = new RawConnection(gateway.proxyPort, options)
  clients.push(client)
  return client
}

/** Connects, and waits until the gateway has answered a request on that connection. */
async function connected(): Promise<RawConnection> {
  const client = connect()
  client.send(GET)
  await client.untilText('shop')
  return client
}

const logged = () => gateway.entries.map(({ status, reason }) => [status, reason])
const metrics = async () => (await gateway.adminRaw('GET', '/metrics')).text()

describe('connections of one address', () => {
  const settings = { limits_connections_per_address: '2' }

  it('beyond the limit get 429 and are closed; the others go on', async () => {
    await start({ settings })
    const [first] = [await connected(), await connected()]
    const third = connect()
    await third.untilClosed()
    expect(statusesOf(third.text)).toEqual([429])
    expect(third.text).toContain('Connection: close\r\n')
    expect(third.text).toContain('Too many connections from this address')
    first.send(GET)
    await first.until(({ text }) => statusesOf(text).length === 2)
    expect(logged()).toEqual([
      [200, null],
      [200, null],
      [429, 'connections_per_address'],
      [200, null],
    ])
    expect(gateway.entries[2]).toMatchObject({ client: '127.0.0.1', variant: null, tries: 0 })
    expect(await metrics()).toMatch(
      /canary_request_failures_total\{service="none",variant="none",reason="connections_per_address"\} 1\n/,
    )
  })

  it('are closed unheard when as many again listen to their 429, and leave room for other addresses', async () => {
    await start({ settings: { ...settings, limits_connections: '6' } })
    const served = [await connected(), await connected()]
    const clients = Array.from({ length: 4 }, () => connect({ allowHalfOpen: true }))
    await Promise.all(clients.map((client) => client.untilClosed()))
    expect(logged()).toEqual([
      [200, null],
      [200, null],
      [429, 'connections_per_address'],
      [429, 'connections_per_address'],
      [444, 'connections_per_address'],
      [444, 'connections_per_address'],
    ])
    expect(gateway.node.requestsInFlight()).toBe(0)
    const other = connect({ localAddress: '127.0.0.2' })
    other.send(GET)
    await other.untilText('shop')
    for (const client of served) expect(client.isClosed).toBe(false)
  })

  it('are told of by the address as requests are, on a listener for IPv6 too', async () => {
    await start({ settings: { limits_connections_per_address: '1', proxy_listen: '[::]:0' } })
    await connected()
    await connect().untilClosed()
    const bad = connect({ localAddress: '127.0.0.2' })
    bad.send('GET / HTTP/1.1\r\nHost: a b\r\n\r\n')
    await bad.untilClosed()
    expect(gateway.entries.map(({ client, status }) => [client, status])).toEqual([
      ['127.0.0.1', 200],
      ['127.0.0.1', 429],
      ['127.0.0.2', 400],
    ])
  })

  it('make room when they are closed', async () => {
    await start({ settings })
    const [first] = [await connected(), await connected()]
    first.destroy()
    await expect
      .poll(async () => (await gateway.admin<Status>('GET', '/status')).server.connections_active)
      .toBe(1)
    await connected()
  })

  it('are not counted when others come through it', async () => {
    await start({ settings: { ...settings, trusted_ips: '127.0.0.0/8' } })
    for (let number = 0; number < 4; number += 1) await connected()
  })
})

interface Status {
  readonly server: { readonly connections_active: number }
}

describe('connections of all addresses', () => {
  it('beyond the limit are closed at once, which the log tells', async () => {
    await start({ settings: { limits_connections: '2' } })
    const [first] = [await connected(), await connected()]
    const third = connect()
    third.send(GET)
    await third.untilClosed()
    expect(third.text).toBe('')
    first.send(GET)
    await first.until(({ text }) => statusesOf(text).length === 2)
    expect(logged()).toContainEqual([444, 'connections'])
    expect(await metrics()).toMatch(/reason="connections"\} 1\n/)
  })

  it('that are unused are closed sooner while most of them are open', async () => {
    // Longer than this test may take, unless it is cut short.
    const settings = { limits_connections: '4', limits_idle: '10m', limits_idle_under_load: '50ms' }
    await start({ settings, limits: { deadlineCheckMs: 20 } })
    const client = await connected()
    const others = [await connected(), await connected()]
    await Promise.all([client, ...others].map((each) => each.untilClosed()))
    expect(logged()).toEqual([
      [200, null],
      [200, null],
      [200, null],
    ])
  })
})

describe('requests of one connection', () => {
  it('end with the last one that it may carry', async () => {
    await start({ settings: { limits_requests_per_connection: '2' } })
    const client = await connected()
    expect(client.text).not.toContain('Connection: close')
    client.send(GET)
    await client.untilClosed()
    expect(statusesOf(client.text)).toEqual([200, 200])
    expect(client.text).toContain('Connection: close')
  })
})

describe('limits of heads', () => {
  it.each([
    ['limits_target', '64', `/${'p'.repeat(64)}`, '', 414, 'target_too_long'],
    ['limits_field_line', '64', '/', `X-Long: ${'v'.repeat(60)}\r\n`, 431, 'field_too_long'],
    ['limits_fields', '3', '/', 'A: 1\r\nB: 2\r\nC: 3\r\n', 431, 'head_too_long'],
    ['limits_head', '256', '/', 'X-Long: v\r\n'.repeat(40), 431, 'head_too_long'],
  ])('are those of %s', async (name, value, target, fields, status, reason) => {
    await start({ settings: { [name]: value } })
    const client = await connected()
    client.send(`GET ${target} HTTP/1.1\r\nHost: a.test\r\n${fields}\r\n`)
    await client.untilClosed()
    expect(statusesOf(client.text)).toEqual([200, status])
    expect(logged().at(-1)).toEqual([status, reason])
  })
})
