import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { configureService, configureUpstream } from '../support/configure.ts'
import { type HoldingTarget, startHoldingTarget } from '../support/holding-target.ts'
import { type ClientAnswer, KeepAliveClient } from '../support/keep-alive-client.ts'
import { readMetrics } from '../support/read-metrics.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import {
  deadPort,
  startRawUpstream,
  startUpstream,
  type TestUpstream,
} from '../support/test-upstream.ts'
import { openWebSocket, startStreamingUpstream } from '../support/websocket.ts'

let gateway: TestGateway
let target: HoldingTarget
let toClose: { close(): unknown }[]

beforeEach(async () => {
  gateway = await startTestGateway()
  target = await startHoldingTarget()
  toClose = [target]
})

afterEach(async () => {
  for (const thing of toClose) await thing.close()
  await gateway.stop()
  expect(gateway.logged).toEqual([])
})

/** A service over these targets, whose upstream has these fields. */
async function configure(
  fields: object,
  targets: readonly Pick<TestUpstream, 'port'>[] = [target],
  service: object = {},
): Promise<void> {
  const weights = Object.fromEntries(targets.map(({ port }) => [`127.0.0.1:${port}`, 100]))
  await configureUpstream(gateway, 'shop.v1', weights)
  await gateway.admin('PATCH', '/upstreams/shop.v1', fields)
  await configureService(gateway, 80, { service: { host: 'shop.v1', ...service } })
}

/** Each of these clients asks once, at the same time; the answers as they come. */
async function askAtOnce(count: number, method = 'GET'): Promise<ClientAnswer[]> {
  const answers: ClientAnswer[] = []
  const clients = await Promise.all(
    Array.from({ length: count }, () => KeepAliveClient.connect(gateway.proxyPort)),
  )
  for (const client of clients) {
    toClose.push(client)
    const asking = client.ask('/', method === 'GET' ? {} : { 'content-length': '0' }, method)
    asking.then(
      (answer) => answers.push(answer),
      () => {},
    )
  }
  return answers
}

const statuses = (answers: readonly ClientAnswer[]) => answers.map(({ status }) => status)
const repeated = <T>(value: T, count: number): T[] => Array.from({ length: count }, () => value)

async function gauges(port = target.port, upstream = 'shop.v1') {
  const found = await readMetrics(gateway)
  const of = (name: string) =>
    found.get(`canary_target_${name}{upstream="${upstream}",target="127.0.0.1:${port}"}`)
  return {
    requests: of('requests'),
    connections: of('connections'),
    pending: of('pending_requests'),
    refused: found.get(`canary_circuit_open_total{upstream="${upstream}"}`),
  }
}

const POLLING = { timeout: 15_000, interval: 10 }

describe.each([
  ['max_requests', 'GET'],
  ['max_requests', 'POST'],
  ['max_connections', 'GET'],
  ['max_connections', 'POST'],
] as const)('a frozen target with %s 5, asked by 50 clients with %s', (limit, method) => {
  beforeEach(() => configure({ circuit_breaker: { [limit]: 5 } }))

  it('gets 5 requests; the others are refused at once, and it gets requests again when it answers', async () => {
    const answers = await askAtOnce(50, method)
    await expect.poll(() => answers.length, POLLING).toBe(45)
    await expect.poll(() => target.held.size, POLLING).toBe(5)
    expect(statuses(answers)).toEqual(repeated(503, 45))
    for (const { head, body } of answers) {
      expect(head).toMatch(/\r\nretry-after: 1\r\n/i)
      expect(JSON.parse(body).message).toBe('The upstream server cannot take more requests')
    }
    expect(gateway.entries.map(({ reason, tries }) => [reason, tries])).toEqual(
      repeated(['circuit-open', 0], 45),
    )
    expect(await gauges()).toEqual({ requests: 5, connections: 5, pending: 0, refused: 45 })
    const failures = await readMetrics(gateway)
    expect(
      failures.get(
        'canary_request_failures_total{service="shop",variant="primary",reason="circuit-open"}',
      ),
    ).toBe(45)

    target.answerAll()
    await expect.poll(() => answers.length, POLLING).toBe(50)
    expect(statuses(answers).slice(45)).toEqual(repeated(200, 5))
    const client = await KeepAliveClient.connect(gateway.proxyPort)
    toClose.push(client)
    for (let i = 0; i < 20; i++) {
      expect((await client.ask('/', { 'content-length': '0' }, method)).status).toBe(200)
    }
    expect(target.sockets.size).toBeLessThanOrEqual(5)
    expect(await gauges()).toMatchObject({ requests: 0, pending: 0, refused: 45 })

    target.holdAgain()
    const second = await askAtOnce(20, method)
    await expect.poll(() => second.length, POLLING).toBe(15)
    expect(target.mostHeld).toBe(5)
  })
})

describe('two targets, one of them full', () => {
  it.each(['round-robin', 'least-connections', 'latency', 'consistent-hashing'])(
    'the other one gets all requests: %s',
    async (algorithm) => {
      const other = await startUpstream('other')
      toClose.push(other)
      await configure(
        { circuit_breaker: { max_requests: 2 }, algorithm: 'round-robin' },
        [target, other],
        { retries: 0 },
      )
      // One after the other, so that each of the two takes its turn.
      for (let i = 1; i <= 2; i++) {
        void (await askAtOnce(1))
        await expect.poll(() => target.taken + other.seen.length, POLLING).toBe(2 * i - 1)
        void (await askAtOnce(1))
        await expect.poll(() => target.taken + other.seen.length, POLLING).toBe(2 * i)
      }
      expect(target.held.size).toBe(2)
      await gateway.admin('PATCH', '/upstreams/shop.v1', {
        algorithm,
        ...(algorithm === 'consistent-hashing'
          ? { hash_on: 'header', hash_on_header: 'x-user' }
          : {}),
      })
      const client = await KeepAliveClient.connect(gateway.proxyPort)
      toClose.push(client)
      for (let i = 0; i < 30; i++) {
        expect(await client.ask('/', { 'x-user': `user-${i}` })).toMatchObject({ body: 'other' })
      }
      expect(target.held.size).toBe(2)
    },
  )
})

describe('a target to which no connection comes about', () => {
  it('has only so many requests waiting for one', async () => {
    // Accepts, and never shakes hands: over TLS that is the connect phase.
    const silent = await startRawUpstream((socket) => socket.resume())
    toClose.push(silent)
    await configure({ circuit_breaker: { max_pending_requests: 3 } }, [silent], {
      protocol: 'https',
    })
    const answers = await askAtOnce(10)
    await expect.poll(() => answers.length, POLLING).toBe(7)
    expect(statuses(answers)).toEqual(repeated(503, 7))
    expect(gateway.entries.map(({ reason }) => reason)).toEqual(repeated('circuit-open', 7))
    expect(await gauges(silent.port)).toMatchObject({ requests: 3, connections: 3, pending: 3 })
    for (const client of toClose.splice(2)) await client.close()
    const none = { requests: 0, connections: 0, pending: 0 }
    await expect.poll(() => gauges(silent.port), POLLING).toMatchObject(none)
    const again = await askAtOnce(5)
    await expect.poll(() => again.length, POLLING).toBe(2)
  })
})

describe('retries', () => {
  it('do not go to a target that is full', async () => {
    const dead = { port: await deadPort() }
    await configure({ circuit_breaker: { max_requests: 1 } }, [target, dead])
    const answers = await askAtOnce(1)
    await expect.poll(() => target.held.size, POLLING).toBe(1)
    for (let i = 1; i <= 5; i++) {
      const more = await askAtOnce(1)
      await expect.poll(() => more.length, POLLING).toBe(1)
      expect(more[0]).toMatchObject({ status: 502 })
    }
    expect(target.taken).toBe(1)
    target.answerAll()
    await expect.poll(() => statuses(answers), POLLING).toEqual([200])
  })

  it('never bring more to a target that hangs up than its limit', async () => {
    let open = 0
    let most = 0
    /** Until some were refused: or the first would be over before the last has come. */
    let held: (() => void)[] | null = []
    const unreliable = await startRawUpstream((socket) => {
      socket.on('data', () => {
        open += 1
        most = Math.max(most, open)
        const hangUp = () => {
          open -= 1
          socket.destroy()
        }
        if (held === null) setImmediate(hangUp)
        else held.push(hangUp)
      })
    })
    toClose.push(unreliable)
    await configure({ circuit_breaker: { max_requests: 3 } }, [unreliable])
    const answers = await askAtOnce(40)
    await expect.poll(() => statuses(answers).includes(503), POLLING).toBe(true)
    for (const hangUp of held.splice(0)) hangUp()
    held = null
    await expect.poll(() => answers.length, POLLING).toBe(40)
    expect(new Set(statuses(answers))).toEqual(new Set([502, 503]))
    expect(most).toBeLessThanOrEqual(3)
    const none = { requests: 0, connections: 0, pending: 0 }
    await expect.poll(() => gauges(unreliable.port), POLLING).toMatchObject(none)
  })
})

describe('a full canary', () => {
  it('fails as one without targets does: the safety net catches it, and the metrics show it', async () => {
    const primary = await startUpstream('primary')
    toClose.push(primary)
    await configureUpstream(gateway, 'canary.v2', { [target.address]: 100 })
    await gateway.admin('PATCH', '/upstreams/canary.v2', { circuit_breaker: { max_requests: 1 } })
    const { serviceId } = await configureService(gateway, primary.port)
    await gateway.admin('POST', '/plugins', {
      name: 'canary',
      service: { id: serviceId },
      config: { upstream_host: 'canary.v2', percentage: 100, safety_net: true },
    })
    await askAtOnce(1)
    await expect.poll(() => target.held.size, POLLING).toBe(1)
    const answers = await askAtOnce(3)
    await expect.poll(() => answers.length, POLLING).toBe(3)
    for (const answer of answers) expect(answer).toMatchObject({ status: 200, body: 'primary' })
    const found = await readMetrics(gateway)
    const failures =
      'canary_request_failures_total{service="shop",variant="canary",reason="circuit-open"}'
    expect(found.get(failures)).toBe(3)
    expect(found.get('canary_circuit_open_total{upstream="canary.v2"}')).toBe(3)
  })
})

describe('limits', () => {
  it('hold over changes of the configuration, and their own changes are in force at once', async () => {
    await configure({ circuit_breaker: { max_requests: 2 } })
    await askAtOnce(2)
    await expect.poll(() => target.held.size, POLLING).toBe(2)
    await gateway.admin('PATCH', '/upstreams/shop.v1', { tags: ['changed'] })
    const refused = await askAtOnce(3)
    await expect.poll(() => statuses(refused), POLLING).toEqual([503, 503, 503])
    await gateway.admin('PATCH', '/upstreams/shop.v1', { circuit_breaker: { max_requests: 3 } })
    await askAtOnce(1)
    await expect.poll(() => target.held.size, POLLING).toBe(3)
    await gateway.admin('PATCH', '/upstreams/shop.v1', { circuit_breaker: { max_requests: 1 } })
    const more = await askAtOnce(1)
    await expect.poll(() => statuses(more), POLLING).toEqual([503])
    expect(target.held.size).toBe(3)
  })

  it('count anew for a target that was replaced', async () => {
    await configure({ circuit_breaker: { max_requests: 2 } })
    await askAtOnce(2)
    await expect.poll(() => target.held.size, POLLING).toBe(2)
    await gateway.admin('DELETE', `/upstreams/shop.v1/targets/127.0.0.1:${target.port}`)
    await gateway.admin('POST', '/upstreams/shop.v1/targets', { target: target.address })
    await askAtOnce(2)
    await expect.poll(() => target.held.size, POLLING).toBe(4)
    target.answerAll()
    await expect.poll(() => gauges(), POLLING).toMatchObject({ requests: 0, pending: 0 })
  })

  it('count WebSockets and event streams as long as they are open', async () => {
    const streaming = await startStreamingUpstream('v1')
    toClose.push(streaming)
    await configure({ circuit_breaker: { max_requests: 2, max_connections: 2 } }, [streaming])
    const { socket } = await openWebSocket(gateway.proxyPort)
    await askAtOnce(1)
    await expect.poll(() => streaming.eventStreams.size, POLLING).toBe(1)
    await expect(openWebSocket(gateway.proxyPort)).rejects.toThrow('503')
    expect(await gauges(streaming.port)).toMatchObject({ requests: 2, connections: 2 })
    socket.close()
    await expect.poll(() => gauges(streaming.port), POLLING).toMatchObject({ requests: 1 })
    const next = await openWebSocket(gateway.proxyPort)
    expect(await next.ask('hello')).toBe('v1: hello')
    next.socket.close()
  })

  it('are 1024 for a host that names no upstream', async () => {
    await configureService(gateway, target.port)
    const answers = await askAtOnce(1030)
    await expect.poll(() => answers.length, POLLING).toBe(6)
    await expect.poll(() => target.held.size, POLLING).toBe(1024)
    expect(await gauges(target.port, 'none')).toMatchObject({
      requests: 1024,
      connections: 1024,
      refused: 6,
    })
  })
})
