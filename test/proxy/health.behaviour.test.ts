import type { Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { configureService, configureUpstream } from '../support/configure.ts'
import { KeepAliveClient } from '../support/keep-alive-client.ts'
import { RawConnection } from '../support/raw-connection.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import {
  onEachHead,
  startRawUpstream,
  startUpstream,
  type TestUpstream,
} from '../support/test-upstream.ts'
import { openWebSocket, startStreamingUpstream } from '../support/websocket.ts'

const CLIENTS = 64
/** Longer than the good targets take on a busy machine. */
const READ_TIMEOUT_MS = 500

let gateway: TestGateway
let good: readonly TestUpstream[]
let upstreams: TestUpstream[]

beforeEach(async () => {
  gateway = await startTestGateway()
  good = [await startUpstream('a'), await startUpstream('b')]
  upstreams = [...good]
})

afterEach(async () => {
  await gateway.stop()
  await Promise.all(upstreams.map((upstream) => upstream.close()))
  expect(gateway.logged).toEqual([])
})

/** A service over the good targets and a third one, which has these health checks and limits. */
async function configureWith(third: TestUpstream, healthchecks: object, service: object = {}) {
  upstreams.push(third)
  const weights = Object.fromEntries([...good, third].map(({ address }) => [address, 100]))
  await configureUpstream(gateway, 'shop.v1', weights)
  await gateway.admin('PATCH', '/upstreams/shop.v1', { healthchecks })
  await configureService(gateway, 80, { service: { host: 'shop.v1', ...service } })
}

/** All clients ask at the same time, `rounds` times on average; resolves with the statuses. */
async function load(rounds: number, path = '/'): Promise<number[]> {
  let left = CLIENTS * rounds
  const statuses: number[] = []
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      const client = await KeepAliveClient.connect(gateway.proxyPort)
      while (left > 0) {
        left -= 1
        statuses.push((await client.ask(path)).status)
      }
      client.close()
    }),
  )
  return statuses
}

function answerLate(socket: Socket): void {
  setTimeout(() => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
  }, 2 * READ_TIMEOUT_MS)
}

const isNotOk = (status: number) => status !== 200

async function healthOf(upstream: TestUpstream): Promise<string | undefined> {
  const { data } = await gateway.admin<{ data: { target: string; health: string }[] }>(
    'GET',
    '/upstreams/shop.v1/health',
  )
  return data.find(({ target }) => target === upstream.address)?.health
}

/** How many of the requests tried more than once. */
const retried = () => gateway.entries.filter(({ tries }) => tries > 1).length

describe('one of three targets, judged by its traffic', () => {
  const PASSIVE = { passive: { unhealthy: { tcp_failures: 3, timeouts: 3, http_failures: 3 } } }

  it('is killed: no GET fails, and it is left alone', async () => {
    const third = await startUpstream('c')
    await configureWith(third, PASSIVE)
    expect((await load(3)).filter(isNotOk)).toEqual([])
    await third.close()
    expect((await load(10)).filter(isNotOk)).toEqual([])
    expect(await healthOf(third)).toBe('UNHEALTHY')
    gateway.entries.length = 0
    expect((await load(5)).filter(isNotOk)).toEqual([])
    expect(retried()).toBe(0)
  })

  it.each([
    ['accepts and never answers', () => {}],
    ['answers when nobody waits any more', (socket: Socket) => answerLate(socket)],
  ])('%s: no more wait than its limit and those in flight', async (_, answer) => {
    let taken = 0
    const frozen = await startRawUpstream((socket) =>
      onEachHead(socket, () => {
        taken += 1
        answer(socket)
      }),
    )
    await configureWith(frozen, PASSIVE, { read_timeout: READ_TIMEOUT_MS })
    expect((await load(5)).filter(isNotOk)).toEqual([])
    expect(await healthOf(frozen)).toBe('UNHEALTHY')
    expect(taken).toBeLessThanOrEqual(3 + CLIENTS)
    taken = 0
    await load(5)
    expect(taken).toBe(0)
  })

  it('answers 500: no more of them reach clients than its limit and those in flight', async () => {
    const sick = await startUpstream('c', (_request, response) => {
      response.statusCode = 500
      response.end()
    })
    await configureWith(sick, PASSIVE)
    const failed = (await load(20)).filter(isNotOk)
    expect(failed.length).toBeGreaterThanOrEqual(3)
    expect(failed.length).toBeLessThanOrEqual(3 + CLIENTS)
    expect(await healthOf(sick)).toBe('UNHEALTHY')
  })

  it('gets one request on trial when its time has come, and all its share when that is good', async () => {
    let isSick = true
    const third = await startUpstream('c', (_request, response) => {
      response.statusCode = isSick ? 500 : 200
      response.end('c')
    })
    await configureWith(third, { passive: { ...PASSIVE.passive, recovery: 10 } })
    await load(5)
    expect(await healthOf(third)).toBe('UNHEALTHY')
    third.seen.length = 0
    gateway.advanceClock(11_000)
    expect((await load(3)).filter(isNotOk)).toEqual([500])
    expect(third.seen).toHaveLength(1)
    isSick = false
    gateway.advanceClock(22_000)
    expect((await load(3)).filter(isNotOk)).toEqual([])
    expect(await healthOf(third)).toBe('HEALTHY')
    expect(third.seen.length).toBeGreaterThan(10)
  })

  it('is back as soon as it answers on trial, however long the answer goes on', async () => {
    let isSick = true
    const third = await startUpstream('c', (_request, response) => {
      if (isSick) {
        response.statusCode = 500
        response.end()
      } else response.write('a beginning')
    })
    await configureWith(third, { passive: { ...PASSIVE.passive, recovery: 10 } })
    await load(5)
    expect(await healthOf(third)).toBe('UNHEALTHY')
    isSick = false
    gateway.advanceClock(11_000)
    third.seen.length = 0
    const clients = Array.from({ length: 30 }, () => new RawConnection(gateway.proxyPort))
    for (const client of clients) client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await expect.poll(() => healthOf(third)).toBe('HEALTHY')
    for (const client of clients) client.destroy()
  })
})

describe('all targets dead', () => {
  it('are not stormed with retries', async () => {
    await configureWith(await startUpstream('c'), {})
    await Promise.all(upstreams.map((upstream) => upstream.close()))
    const statuses = await load(20)
    expect(new Set(statuses)).toEqual(new Set([502]))
    const tries = gateway.entries.reduce((sum, entry) => sum + entry.tries, 0)
    // What a quiet time has saved up, and what few in flight may always do: not five retries for each.
    expect(tries).toBeLessThanOrEqual(1.2 * statuses.length)
  })
})

describe('the only target, ejected by traffic', () => {
  it.each([
    ['a WebSocket', async () => void (await openWebSocket(gateway.proxyPort))],
    [
      'an event stream',
      async () => {
        const client = new RawConnection(gateway.proxyPort)
        client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
        await client.untilText('data: v1')
      },
    ],
  ])('is back as soon as %s begins on trial, not when that ends', async (_what, open) => {
    const streaming = await startStreamingUpstream('v1')
    const address = `127.0.0.1:${streaming.port}`
    await configureUpstream(gateway, 'shop.v1', { [address]: 100 })
    await gateway.admin('PATCH', '/upstreams/shop.v1', {
      healthchecks: {
        passive: { unhealthy: { tcp_failures: 2 }, recovery: 10, max_ejected_percent: 100 },
      },
    })
    await configureService(gateway, 80, { service: { host: 'shop.v1' } })
    await streaming.close()
    for (let i = 0; i < 5; i += 1) await (await fetch(gateway.node.proxy)).text()
    const health = async () =>
      (await gateway.admin<{ data: { health: string }[] }>('GET', '/upstreams/shop.v1/health')).data
    expect(await health()).toMatchObject([{ health: 'UNHEALTHY' }])
    const again = await startStreamingUpstream('v1', { port: streaming.port })
    gateway.advanceClock(11_000)
    await open()
    expect(await health()).toMatchObject([{ health: 'HEALTHY' }])
    await again.close()
  })
})

describe('one of three targets, probed', () => {
  const probing = (fields: object = {}) => ({
    active: {
      http_path: '/health',
      timeout: 0.2,
      healthy: { interval: 0.05, successes: 1 },
      unhealthy: { interval: 0.05, http_failures: 2, tcp_failures: 2, timeouts: 2 },
      ...fields,
    },
  })

  it('is taken out and brought back as its probes say', async () => {
    let isSick = false
    const third = await startUpstream('c', (_request, response) => {
      response.statusCode = isSick ? 503 : 200
      response.end('c')
    })
    await configureWith(third, probing())
    await expect.poll(() => third.seen.length).toBeGreaterThan(2)
    expect(third.seen[0]).toMatchObject({ url: '/health', headers: { host: third.address } })
    expect(await healthOf(third)).toBe('HEALTHY')
    isSick = true
    await expect.poll(() => healthOf(third)).toBe('UNHEALTHY')
    expect((await load(3)).filter(isNotOk)).toEqual([])
    isSick = false
    await expect.poll(() => healthOf(third)).toBe('HEALTHY')
  })

  it('is taken out when it does not answer in time, or not at all', async () => {
    const frozen = await startRawUpstream((socket) => socket.resume())
    await configureWith(frozen, probing())
    await expect.poll(() => healthOf(frozen)).toBe('UNHEALTHY')
    await gateway.admin('PATCH', '/upstreams/shop.v1', {
      healthchecks: { active: { type: 'tcp' } },
    })
    await expect.poll(() => healthOf(frozen)).toBe('HEALTHY')
    await frozen.close()
    await expect.poll(() => healthOf(frozen)).toBe('UNHEALTHY')
  })

  it('is as an operator says, until a probe says otherwise', async () => {
    const third = await startUpstream('c')
    await configureWith(
      third,
      probing({ healthy: { interval: 3600 }, unhealthy: { interval: 3600 } }),
    )
    await gateway.admin('PUT', `/upstreams/shop.v1/targets/${third.address}/unhealthy`)
    third.seen.length = 0
    expect((await load(2)).filter(isNotOk)).toEqual([])
    expect(third.seen.filter(({ url }) => url === '/')).toEqual([])
    await gateway.admin('PUT', `/upstreams/shop.v1/targets/${third.address}/healthy`)
    await load(2)
    expect(third.seen.filter(({ url }) => url === '/')).not.toEqual([])
  })
})

describe('a canary whose targets are all unhealthy', () => {
  it('gives way to the primary with upstream_fallback, and the question why agrees', async () => {
    const canary = await startUpstream('canary')
    upstreams.push(canary)
    await configureUpstream(gateway, 'shop.v2', { [canary.address]: 100 })
    await gateway.admin('PATCH', '/upstreams/shop.v2', {
      healthchecks: { active: { healthy: { interval: 3600 }, unhealthy: { interval: 3600 } } },
    })
    const { serviceId } = await configureService(gateway, good[0]!.port)
    await gateway.admin('POST', '/plugins', {
      name: 'canary',
      service: { id: serviceId },
      config: { upstream_host: 'shop.v2', percentage: 100, hash: 'ip', upstream_fallback: true },
    })
    const ask = async () => {
      const client = await KeepAliveClient.connect(gateway.proxyPort)
      const { body } = await client.ask('/')
      client.close()
      const why = await gateway.admin<{ variant: string; rule: string }>(
        'GET',
        `/services/${serviceId}/canary/decision?ip=127.0.0.1`,
      )
      return [body, why.variant, why.rule]
    }
    expect(await ask()).toEqual(['canary', 'canary', 'hash'])
    await gateway.admin('PUT', `/upstreams/shop.v2/targets/${canary.address}/unhealthy`)
    expect(await ask()).toEqual(['a', 'primary', 'upstream-fallback'])
  })
})
