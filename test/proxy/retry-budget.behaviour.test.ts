import type { Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { configureService, configureUpstream } from '../support/configure.ts'
import { KeepAliveClient } from '../support/keep-alive-client.ts'
import { readMetrics } from '../support/read-metrics.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import { deadPort, onEachHead, startRawUpstream } from '../support/test-upstream.ts'
import { openWebSocket, startStreamingUpstream } from '../support/websocket.ts'

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const POLLING = { timeout: 15_000, interval: 10 }

let gateway: TestGateway
let toClose: { close(): unknown }[]

beforeEach(async () => {
  gateway = await startTestGateway()
  toClose = []
})

afterEach(async () => {
  for (const thing of toClose) await thing.close()
  await gateway.stop()
  expect(gateway.logged).toEqual([])
})

/** A service over targets on these ports; `budget` is `retry_budget` of their upstream. */
async function configure(
  ports: readonly number[],
  budget: object | null,
  service: object = {},
): Promise<void> {
  const weights = Object.fromEntries(ports.map((port) => [`127.0.0.1:${port}`, 100]))
  await configureUpstream(gateway, 'shop.v1', weights)
  await gateway.admin('PATCH', '/upstreams/shop.v1', { retry_budget: budget })
  await configureService(gateway, 80, { service: { host: 'shop.v1', ...service } })
}

async function connect(): Promise<KeepAliveClient> {
  const client = await KeepAliveClient.connect(gateway.proxyPort)
  toClose.push(client)
  return client
}

async function retryMetrics(upstream = 'shop.v1') {
  const found = await readMetrics(gateway)
  const of = (name: string) => found.get(`canary_retries_${name}{upstream="${upstream}"}`)
  return { inFlight: of('in_flight'), waiting: of('waiting'), refused: of('refused_total') }
}

/** Resets the first try of each path, and holds those after it until they are released. */
async function startForgetful() {
  const known = new Set<string>()
  const held = new Map<string, Socket>()
  const target = await startRawUpstream((socket) =>
    onEachHead(socket, (head) => {
      const path = head.split(' ')[1] as string
      if (known.has(path)) held.set(path, socket)
      else socket.destroy()
      known.add(path)
    }),
  )
  toClose.push(target)
  return {
    port: target.port,
    sockets: target.sockets,
    known,
    held,
    release(path: string): void {
      held.get(path)?.write(OK)
      held.delete(path)
    },
  }
}

describe('a target that dies with a third of 63 requests', () => {
  it('costs none of them, and never are more than a fifth tried again at a time', async () => {
    const clients = await Promise.all(Array.from({ length: 63 }, connect))
    const firsts: Socket[][] = [[], [], []]
    const seen = new Set<string>()
    let inFlight = 0
    let retried = 0
    const open = new Set<Socket>()
    let mostRetries = 0
    let mostPercent = 0
    const answer = (socket: Socket) => {
      open.delete(socket)
      socket.write(OK)
      if (retried === 21 && open.size === 0) for (const first of firsts.flat()) first.write(OK)
    }
    const onTry = (socket: Socket, path: string, own: Socket[]) => {
      if (!seen.has(path)) {
        seen.add(path)
        own.push(socket)
        return
      }
      retried += 1
      open.add(socket)
      mostRetries = Math.max(mostRetries, open.size)
      mostPercent = Math.max(mostPercent, (100 * open.size) / inFlight)
      // One that is too many comes with the others.
      if (retried >= 12) setTimeout(() => open.forEach(answer), 5)
    }
    const targets = await Promise.all(
      firsts.map((own) =>
        startRawUpstream((socket) =>
          onEachHead(socket, (head) => onTry(socket, head.split(' ')[1] as string, own)),
        ),
      ),
    )
    toClose.push(...targets)
    await configure(
      targets.map(({ port }) => port),
      null,
    )
    const answers = clients.map(async (client, i) => {
      inFlight += 1
      const { status } = await client.ask(`/${i}`)
      inFlight -= 1
      return status
    })
    await expect.poll(() => firsts.map(({ length }) => length), POLLING).toEqual([21, 21, 21])
    for (const socket of firsts.pop() ?? []) socket.destroy()

    expect(new Set(await Promise.all(answers))).toEqual(new Set([200]))
    expect(retried).toBe(21)
    expect(mostRetries).toBe(12)
    expect(mostPercent).toBeLessThanOrEqual(20)
    expect(await retryMetrics()).toEqual({ inFlight: 0, waiting: 0, refused: 0 })
  })
})

describe('a retry without room', () => {
  it('waits for it, and is given up with the last error when none comes', async () => {
    const target = await startForgetful()
    const budget = { percent: 0, min_concurrency: 1 }
    await configure([target.port], budget, { connect_timeout: 100 })
    const [first, second, third] = [await connect(), await connect(), await connect()] as const
    const answer = first.ask('/first')
    await expect.poll(() => target.held.size, POLLING).toBe(1)
    expect(await second.ask('/second')).toMatchObject({ status: 502 })
    expect(gateway.entries).toMatchObject([{ reason: 'reset', tries: 1 }])
    expect(await retryMetrics()).toEqual({ inFlight: 1, waiting: 0, refused: 1 })
    target.release('/first')
    expect(await answer).toMatchObject({ status: 200 })
    const next = third.ask('/third')
    await expect.poll(() => target.held.size, POLLING).toBe(1)
    target.release('/third')
    expect(await next).toMatchObject({ status: 200 })
  })

  it('is no longer waited for when the client has left', async () => {
    const target = await startForgetful()
    await configure([target.port], { percent: 0, min_concurrency: 1 })
    const [first, second] = [await connect(), await connect()] as const
    const answer = first.ask('/first')
    await expect.poll(() => target.held.size, POLLING).toBe(1)
    void second.ask('/second')
    await expect.poll(() => target.known.has('/second'), POLLING).toBe(true)
    await expect.poll(() => target.sockets.size, POLLING).toBe(1)
    // The gateway has seen the reset by then, and waits.
    for (let turns = 0; turns < 10; turns += 1) await turn()
    second.close()
    await expect.poll(() => gateway.entries.length, POLLING).toBe(1)
    expect(gateway.entries).toMatchObject([{ status: 499, reason: 'client-left', tries: 1 }])
    expect(await retryMetrics()).toEqual({ inFlight: 1, waiting: 0, refused: 0 })
    target.release('/first')
    expect(await answer).toMatchObject({ status: 200 })
    expect(target.held.size).toBe(0)
  })

  it('is none: with 0 percent and none at least, nothing is tried again', async () => {
    const target = await startForgetful()
    await configure([target.port], { percent: 0, min_concurrency: 0 })
    expect(await (await connect()).ask('/')).toMatchObject({ status: 502 })
    expect(gateway.entries).toMatchObject([{ reason: 'reset', tries: 1 }])
    expect(await retryMetrics()).toMatchObject({ refused: 1 })
  })

  it('gets none of the long streams that are open', async () => {
    const streaming = await startStreamingUpstream('v1')
    toClose.push(streaming)
    const budget = { percent: 50, min_concurrency: 0 }
    await configure([streaming.port], budget, { connect_timeout: 100 })
    const { socket } = await openWebSocket(gateway.proxyPort)
    const asking = [await connect(), await connect()].map((client) => client.ask('/'))
    await Promise.all(
      asking.map((answer) => expect(answer).resolves.toMatchObject({ status: 200 })),
    )
    const target = await startForgetful()
    await gateway.admin('DELETE', `/upstreams/shop.v1/targets/127.0.0.1:${streaming.port}`)
    await gateway.admin('POST', '/upstreams/shop.v1/targets', {
      target: `127.0.0.1:${target.port}`,
    })
    expect(await (await connect()).ask('/')).toMatchObject({ status: 502 })
    socket.close()
  })
})

describe('an upstream that is dead', () => {
  it('is tried again for ten requests, and for no more before somebody answers', async () => {
    await configure([await deadPort(), await deadPort()], null, { retries: 2 })
    const client = await connect()
    for (let i = 0; i < 20; i += 1) expect((await client.ask('/')).status).toBe(502)
    const tries = gateway.entries.map((entry) => entry.tries)
    expect(tries).toEqual(Array.from({ length: 20 }, (_, i) => (i < 10 ? 3 : 1)))
    expect(await retryMetrics()).toEqual({ inFlight: 0, waiting: 0, refused: 10 })
    await gateway.admin('POST', '/upstreams/shop.v1/targets', {
      target: `127.0.0.1:${(await startAnswering()).port}`,
    })
    for (let i = 0; i < 6; i += 1) await client.ask('/')
    const answered = gateway.entries.slice(20).findIndex(({ status }) => status === 200)
    const after = gateway.entries.slice(20 + answered)
    expect(after.map(({ status }) => status)).toEqual(after.map(() => 200))
    expect(after.length).toBeGreaterThanOrEqual(4)
  })

  it('is one as well where it is a host that names no upstream', async () => {
    await configureService(gateway, await deadPort(), { service: { retries: 1 } })
    const client = await connect()
    for (let i = 0; i < 12; i += 1) await client.ask('/')
    expect(gateway.entries.filter(({ tries }) => tries === 2).length).toBe(10)
    expect(await retryMetrics('none')).toEqual({ inFlight: 0, waiting: 0, refused: 2 })
  })
})

async function startAnswering() {
  const target = await startRawUpstream((socket) => onEachHead(socket, () => socket.write(OK)))
  toClose.push(target)
  return target
}
