import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { configureService, configureUpstream } from '../../support/configure.ts'
import { type Records, startDns, type TestDns } from '../../support/dns-server.ts'
import { KeepAliveClient } from '../../support/keep-alive-client.ts'
import { type Neighbours, startNeighbours } from '../../support/neighbours.ts'
import { startTestGateway, type TestGateway } from '../../support/test-gateway.ts'
import { openWebSocket, startStreamingUpstream } from '../../support/websocket.ts'

const [ONE, TWO, THREE] = ['127.0.0.1', '127.0.0.2', '127.0.0.3'] as const
const TTL_MS = 60_000

let dns: TestDns
let neighbours: Neighbours
let gateway: TestGateway

beforeEach(async () => {
  dns = await startDns({ 'shop.test': { A: [ONE, TWO] } })
  neighbours = await startNeighbours([ONE, TWO, THREE])
  gateway = await startTestGateway({ settings: { dns_resolvers: dns.address } })
})

afterEach(async () => {
  await gateway.stop()
  await neighbours.close()
  await dns.close()
  expect(gateway.logged).toEqual([])
})

/** Answers of `count` requests in a row: an address each, or a status. */
async function ask(count: number): Promise<string[]> {
  const client = await KeepAliveClient.connect(gateway.proxyPort)
  const answers: string[] = []
  for (let i = 0; i < count; i++) {
    const { status, body } = await client.ask('/')
    answers.push(status === 200 ? body : String(status))
  }
  client.close()
  return answers
}

/** How often each answer came. */
function counted(answers: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const answer of answers) counts[answer] = (counts[answer] ?? 0) + 1
  return counts
}

/** A service at an upstream of these targets, host: weight. */
async function configureTargets(weights: Readonly<Record<string, number>>, fields: object = {}) {
  const { port } = neighbours
  const targets = Object.entries(weights).map(([host, weight]) => [`${host}:${port}`, weight])
  await configureUpstream(gateway, 'shop.v1', Object.fromEntries(targets))
  await gateway.admin('PATCH', '/upstreams/shop.v1', fields)
  await configureService(gateway, port, { service: { host: 'shop.v1' } })
}

interface HealthRow {
  readonly target: string
  readonly health: string
  readonly data: {
    readonly dns: string
    readonly weight: { readonly total: number }
    readonly addresses: readonly {
      readonly ip: string
      readonly weight: number
      readonly health: string
    }[]
  }
}

async function healthRows(): Promise<readonly HealthRow[]> {
  return (await gateway.admin<{ data: HealthRow[] }>('GET', '/upstreams/shop.v1/health')).data
}

/** Until the addresses of the named target are these. */
async function untilServedAt(...ips: string[]): Promise<void> {
  await expect
    .poll(async () => {
      const named = (await healthRows()).find(({ target }) => target.startsWith('shop.test'))
      return named?.data.addresses.map(({ ip }) => ip)
    })
    .toEqual(ips)
}

/** Once the present addresses were asked for again. */
async function replace(records: Records | null): Promise<void> {
  if (records === null) dns.records.delete('shop.test')
  else dns.records.set('shop.test', records)
  gateway.advanceMonotonic(TTL_MS)
}

const warnings = () => gateway.warned.map((line) => JSON.parse(line).msg as string)

describe('a target with several addresses', () => {
  it('is as many peers, each with its weight', async () => {
    await configureTargets({ 'shop.test': 100, [THREE]: 50 })
    await untilServedAt(ONE, TWO)
    expect(counted(await ask(50))).toEqual({ [ONE]: 20, [TWO]: 20, [THREE]: 10 })
    expect(await healthRows()).toMatchObject([
      { data: { dns: 'literal address' } },
      {
        health: 'HEALTHCHECKS_OFF',
        data: {
          dns: 'A',
          weight: { total: 200 },
          addresses: [
            { ip: ONE, port: neighbours.port, weight: 100 },
            { ip: TWO, port: neighbours.port, weight: 100 },
          ],
        },
      },
    ])
  })

  it('is asked for by its name, whatever address it is at', async () => {
    await configureTargets({ 'shop.test': 100 })
    await untilServedAt(ONE, TWO)
    await ask(2)
    for (const ip of [ONE, TWO]) {
      expect(neighbours.at.get(ip)?.seen[0]?.headers.host).toBe(`shop.test:${neighbours.port}`)
    }
    expect(gateway.entries.map(({ target }) => target).sort()).toEqual([
      `shop.test:${neighbours.port}/${ONE}`,
      `shop.test:${neighbours.port}/${TWO}`,
    ])
  })

  it('keeps its addresses for their TTL, and then follows its name', async () => {
    await configureTargets({ 'shop.test': 100 })
    await untilServedAt(ONE, TWO)
    const before = dns.timesAsked('shop.test')
    dns.records.set('shop.test', { A: [TWO, THREE] })
    gateway.advanceMonotonic(TTL_MS / 2)
    expect(counted(await ask(10))).toEqual({ [ONE]: 5, [TWO]: 5 })
    expect(dns.timesAsked('shop.test')).toBe(before)
    gateway.advanceMonotonic(TTL_MS / 2)
    await untilServedAt(TWO, THREE)
    expect(counted(await ask(10))).toEqual({ [TWO]: 5, [THREE]: 5 })
  })

  it('has the health of each address, which stays with those that stay', async () => {
    const healthchecks = { passive: { unhealthy: { tcp_failures: 1 }, max_ejected_percent: 100 } }
    await configureTargets({ 'shop.test': 100 }, { healthchecks })
    await untilServedAt(ONE, TWO)
    const path = `/upstreams/shop.v1/targets/shop.test:${neighbours.port}`
    await gateway.admin('PUT', `${path}/${TWO}:${neighbours.port}/unhealthy`)
    expect(counted(await ask(4))).toEqual({ [ONE]: 4 })
    expect((await gateway.adminRaw('PUT', `${path}/${THREE}:1/unhealthy`)).status).toBe(404)

    await replace({ A: [TWO, THREE] })
    await untilServedAt(TWO, THREE)
    expect(counted(await ask(4))).toEqual({ [THREE]: 4 })
    expect(await healthRows()).toMatchObject([
      { health: 'HEALTHY', data: { addresses: [{ health: 'UNHEALTHY' }, { health: 'HEALTHY' }] } },
    ])
    await replace({ A: [THREE] })
    await untilServedAt(THREE)
    await replace({ A: [TWO, THREE] })
    await untilServedAt(TWO, THREE)
    expect(counted(await ask(4))).toEqual({ [TWO]: 2, [THREE]: 2 })
  })

  it('is probed at each address, under its name', async () => {
    const active = { healthy: { interval: 0.2 }, unhealthy: { interval: 0.2, tcp_failures: 1 } }
    await configureTargets({ 'shop.test': 100 }, { healthchecks: { active } })
    await neighbours.at.get(TWO)?.close()
    await expect
      .poll(async () => (await healthRows())[0]?.data.addresses)
      .toMatchObject([
        { ip: ONE, health: 'HEALTHY' },
        { ip: TWO, health: 'UNHEALTHY' },
      ])
    const seen = () => neighbours.at.get(ONE)?.seen.map(({ headers }) => headers.host)
    await expect.poll(seen).toContain(`shop.test:${neighbours.port}`)
  })

  it('changes its addresses under load, and no request fails', async () => {
    await configureTargets({ 'shop.test': 100 })
    await untilServedAt(ONE, TWO)
    let isOver = false
    const answers: string[] = []
    const clients = Array.from({ length: 16 }, async () => {
      while (!isOver) answers.push(...(await ask(20)))
    })
    for (const ips of [[TWO, THREE], [ONE], [ONE, TWO, THREE], [THREE], [ONE, TWO]]) {
      await replace({ A: ips })
      await untilServedAt(...ips)
    }
    isOver = true
    await Promise.all(clients)
    expect(Object.keys(counted(answers)).sort()).toEqual([ONE, TWO, THREE])
    expect(gateway.entries.filter(({ tries }) => tries > 1)).toEqual([])
  })
})

describe('an address that goes and comes back', () => {
  it('has its limits all the while: what is still open there counts', async () => {
    const streaming = await startStreamingUpstream('v1')
    try {
      dns.records.set('shop.test', { A: [ONE] })
      await configureUpstream(gateway, 'shop.v1', { [`shop.test:${streaming.port}`]: 100 })
      await gateway.admin('PATCH', '/upstreams/shop.v1', { circuit_breaker: { max_requests: 2 } })
      await configureService(gateway, 80, { service: { host: 'shop.v1' } })
      await untilServedAt(ONE)
      await openWebSocket(gateway.proxyPort)
      const { socket } = await openWebSocket(gateway.proxyPort)
      await replace({ A: [THREE] })
      await untilServedAt(THREE)
      await replace({ A: [ONE] })
      await untilServedAt(ONE)
      await expect(openWebSocket(gateway.proxyPort)).rejects.toThrow('503')
      socket.close()
      await expect.poll(() => gateway.entries.length).toBe(2)
      await openWebSocket(gateway.proxyPort)
    } finally {
      await streaming.close()
    }
  })
})

describe('a service at a name that is no upstream', () => {
  it('is spread over its addresses, and a failed try goes to the next', async () => {
    await configureService(gateway, neighbours.port, { service: { host: 'shop.test' } })
    await expect.poll(async () => counted(await ask(4))).toEqual({ [ONE]: 2, [TWO]: 2 })
    await neighbours.at.get(ONE)?.close()
    expect(counted(await ask(10))).toEqual({ [TWO]: 10 })
  })

  it('has its address with the first request after the change', async () => {
    await configureService(gateway, neighbours.port, { service: { host: 'SHOP.test' } })
    expect(await ask(1)).toHaveLength(1)
    expect(gateway.entries[0]?.status).toBe(200)
  })

  it('follows the canary to the addresses of its name', async () => {
    dns.records.set('canary.test', { A: [THREE] })
    const { serviceId } = await configureService(gateway, neighbours.port)
    await gateway.admin('POST', `/services/${serviceId}/plugins`, {
      name: 'canary',
      config: { percentage: 100, upstream_host: 'canary.test' },
    })
    expect(await ask(2)).toEqual([THREE, THREE])
  })

  it('is not asked for once an upstream has its name', async () => {
    await configureTargets({ [ONE]: 100 })
    await gateway.admin('POST', '/upstreams', { name: 'other.test' })
    await gateway.admin('POST', '/services', { name: 'other', host: 'other.test' })
    gateway.advanceMonotonic(TTL_MS)
    dns.records.set('marker.test', { A: [ONE] })
    await gateway.admin('POST', '/services', { name: 'marker', host: 'marker.test' })
    await expect.poll(() => dns.timesAsked('marker.test')).toBeGreaterThan(0)
    expect([dns.timesAsked('other.test'), dns.timesAsked('shop.v1')]).toEqual([0, 0])
  })

  it('is kept resolved beside an upstream whose name is spelled otherwise', async () => {
    await gateway.admin('POST', '/upstreams', { name: 'Shop.test' })
    await configureService(gateway, neighbours.port, { service: { host: 'shop.test' } })
    await expect.poll(async () => counted(await ask(4))).toEqual({ [ONE]: 2, [TWO]: 2 })
    await gateway.admin('PATCH', '/services/shop', { host: 'Shop.test' })
    expect(await ask(1)).toEqual(['503'])
  })
})

describe('a name that cannot be resolved', () => {
  async function staleNames(): Promise<string> {
    const text = await (await gateway.adminRaw('GET', '/metrics')).text()
    return text
      .split('\n')
      .filter((line) => line.startsWith('canary_dns_stale'))
      .join()
  }

  it.each(['silent', 'broken'] as const)(
    'because its server is %s is served at its last addresses',
    async (mood) => {
      await configureTargets({ 'shop.test': 100 })
      await untilServedAt(ONE, TWO)
      expect(await staleNames()).toBe('')
      dns.mood = mood
      const before = dns.timesAsked('shop.test')
      gateway.advanceMonotonic(TTL_MS)
      await expect.poll(() => dns.timesAsked('shop.test')).toBeGreaterThan(before)
      expect(counted(await ask(10))).toEqual({ [ONE]: 5, [TWO]: 5 })
      await expect
        .poll(staleNames, { timeout: 10_000 })
        .toBe('canary_dns_stale{name="shop.test"} 1')
      expect(counted(await ask(10))).toEqual({ [ONE]: 5, [TWO]: 5 })
      expect(warnings()).toEqual(['a name cannot be resolved; its last addresses stay in use'])
      dns.mood = 'well'
      await replace({ A: [THREE] })
      await untilServedAt(THREE)
      expect(await staleNames()).toBe('')
    },
  )

  it('because its server is gone is served at its last addresses', async () => {
    await configureTargets({ 'shop.test': 100 })
    await untilServedAt(ONE, TWO)
    await dns.close()
    gateway.advanceMonotonic(TTL_MS)
    await expect.poll(staleNames, { timeout: 10_000 }).toBe('canary_dns_stale{name="shop.test"} 1')
    expect(counted(await ask(10))).toEqual({ [ONE]: 5, [TWO]: 5 })
    dns = await startDns()
  })

  it('because it was denied twice has no address any more', async () => {
    const healthchecks = { passive: { unhealthy: { tcp_failures: 3 } } }
    await configureTargets({ 'shop.test': 100 }, { healthchecks })
    await untilServedAt(ONE, TWO)
    await replace(null)
    await untilServedAt()
    expect(await healthRows()).toMatchObject([
      { health: 'DNS_ERROR', data: { dns: 'no address known', weight: { total: 0 } } },
    ])
    expect(await ask(1)).toEqual(['503'])
    expect(gateway.entries.at(-1)).toMatchObject({ reason: 'name-resolution' })
    await replace({ A: [TWO] })
    await untilServedAt(TWO)
    expect(await ask(1)).toEqual([TWO])
  })

  it('does not hold up requests as long as other targets have addresses', async () => {
    dns.mood = 'silent'
    await configureTargets({ 'unknown.test': 100, [ONE]: 100 })
    expect(counted(await ask(10))).toEqual({ [ONE]: 10 })
    expect(gateway.entries.filter(({ tries }) => tries > 1)).toEqual([])
  })
})

describe('a name at addresses that no request may go to', () => {
  it('is served at its other addresses', async () => {
    await replace({ A: [ONE, '169.254.169.254', '0.0.0.0'] })
    await configureTargets({ 'shop.test': 100 })
    await untilServedAt(ONE)
    expect(counted(await ask(4))).toEqual({ [ONE]: 4 })
    expect(JSON.parse(gateway.warned[0] ?? '{}')).toMatchObject({
      name: 'shop.test',
      addresses: ['0.0.0.0', '169.254.169.254'],
    })
  })

  it('is not served when it has no other', async () => {
    await replace({ A: ['169.254.169.254'] })
    await configureService(gateway, neighbours.port, { service: { host: 'shop.test', retries: 0 } })
    expect(await ask(2)).toEqual(['503', '503'])
    expect(gateway.entries.map(({ reason }) => reason)).toEqual([
      'name-resolution',
      'name-resolution',
    ])
  })
})
