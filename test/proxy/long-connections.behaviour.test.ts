import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DrainReport } from '../../src/proxy/gateway.ts'
import { configureService } from '../support/configure.ts'
import { RawConnection } from '../support/raw-connection.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import { onEachHead, startRawUpstream } from '../support/test-upstream.ts'
import {
  openWebSocket,
  type StreamingUpstream,
  startStreamingUpstream,
  type WebSocketClient,
} from '../support/websocket.ts'

let gateway: TestGateway
let primary: StreamingUpstream
let canary: StreamingUpstream
let streams: RawConnection[]
let stopped: Promise<DrainReport> | null

beforeEach(async () => {
  streams = []
  stopped = null
  gateway = await startTestGateway({ limits: { deadlineCheckMs: 20 } })
  primary = await startStreamingUpstream('v1')
  canary = await startStreamingUpstream('v2')
  await configureRelease()
})

async function configureRelease(): Promise<void> {
  await configureService(gateway, primary.port)
  await gateway.admin('POST', '/services/shop/plugins', {
    name: 'canary',
    instance_name: 'release',
    config: {
      upstream_host: '127.0.0.1',
      upstream_port: canary.port,
      percentage: 50,
      hash: 'header',
      hash_header: 'X-User',
      canary_by_header_name: 'X-Side',
    },
  })
}

afterEach(async () => {
  for (const stream of streams) stream.destroy()
  await (stopped ?? gateway.stop())
  await primary.close()
  await canary.close()
  expect(gateway.logged).toEqual([])
})

async function openEventStream(user: string): Promise<RawConnection> {
  const stream = new RawConnection(gateway.proxyPort)
  streams.push(stream)
  stream.send(`GET /events HTTP/1.1\r\nHost: a\r\nX-User: ${user}\r\n\r\n`)
  await stream.untilText('data: v')
  return stream
}

const HANDSHAKE =
  'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\n\r\n'

const sideOf = (text: string) => /data: (v\d)/.exec(text)?.[1] ?? ''

describe('long connections', () => {
  it('stay on the side where they began, whatever the share does', {
    timeout: 120_000,
  }, async () => {
    const users = Array.from({ length: 100 }, (_, n) => `user-${n}`)
    const sockets: WebSocketClient[] = await Promise.all(
      users.map((user) => openWebSocket(gateway.proxyPort, { headers: { 'X-User': user } })),
    )
    const sides = await Promise.all(
      sockets.map(async (socket) => (await socket.ask('0')).slice(0, 2)),
    )
    await Promise.all(users.slice(0, 50).map(openEventStream))
    const streamSides = streams.map(({ text }) => sideOf(text))
    expect(new Set(sides)).toEqual(new Set(['v1', 'v2']))
    expect(new Set(streamSides)).toEqual(new Set(['v1', 'v2']))

    for (let change = 1; change <= 50; change += 1) {
      await gateway.admin('PATCH', '/plugins/release', {
        config: { percentage: (change * 37) % 101 },
      })
      const answers = await Promise.all(sockets.map((socket) => socket.ask(`${change}`)))
      expect(answers).toEqual(sides.map((side) => `${side}: ${change}`))
      for (const { eventStreams } of [primary, canary]) {
        for (const stream of eventStreams) stream.write(`data: change ${change}\n\n`)
      }
    }
    await gateway.admin('PATCH', '/plugins/release', { config: { percentage: 0 } })
    await gateway.admin('DELETE', '/plugins/release')
    const answers = await Promise.all(sockets.map((socket) => socket.ask('rolled back')))
    expect(answers).toEqual(sides.map((side) => `${side}: rolled back`))
    await Promise.all(streams.map((stream) => stream.untilText('data: change 50\n\n')))
    expect(streams.map(({ text }) => sideOf(text))).toEqual(streamSides)
    expect(streams.some(({ isClosed }) => isClosed)).toBe(false)
    expect(sockets.every((socket) => socket.closeCode() === null)).toBe(true)
    expect(gateway.node.requestsInFlight()).toBe(150)
    expect(gateway.entries).toEqual([])

    const after = await openWebSocket(gateway.proxyPort, { headers: { 'X-User': 'user-0' } })
    expect(await after.ask('new')).toBe('v1: new')
  })
})

/** One long connection of each kind on each side. */
async function openOnBothSides() {
  const open = async (side: string) => ({
    socket: await openWebSocket(gateway.proxyPort, { headers: { 'X-User': side } }),
    stream: await openEventStream(side),
  })
  const users = Array.from({ length: 50 }, (_, n) => `user-${n}`)
  const variants = await Promise.all(
    users.map(async (user) => {
      const answer = await gateway.admin<{ variant: string }>(
        'GET',
        `/services/shop/canary/decision?header=${user}`,
      )
      return answer.variant
    }),
  )
  const onPrimary = await open(users[variants.indexOf('primary')] ?? '')
  const onCanary = await open(users[variants.indexOf('canary')] ?? '')
  expect(sideOf(onPrimary.stream.text)).toBe('v1')
  expect(sideOf(onCanary.stream.text)).toBe('v2')
  return { onPrimary, onCanary }
}

type BothSides = Awaited<ReturnType<typeof openOnBothSides>>

async function expectClosed({ socket, stream }: BothSides['onCanary']): Promise<void> {
  await expect.poll(() => socket.closeCode()).toBe(1012)
  // The last chunk: the answer is over, the connection is not.
  await stream.untilText('\r\n0\r\n\r\n')
  expect(stream.isClosed).toBe(false)
}

async function expectOpen({ socket, stream }: BothSides['onCanary']): Promise<void> {
  expect(await socket.ask('still there')).toMatch(/: still there$/)
  expect(stream.text).not.toContain('\r\n0\r\n\r\n')
}

const change = (config: object) => gateway.admin('PATCH', '/plugins/release', { config })
const afterMs = (ms: number) => ({ drain: 'close_after', drain_after: ms / 1000 })

describe('long connections of a side that loses its traffic', () => {
  it.each([
    ['the share falls to 0', () => change({ percentage: 0 })],
    [
      'the plugin is disabled',
      () => gateway.admin('PATCH', '/plugins/release', { enabled: false }),
    ],
    ['the plugin is deleted', () => gateway.admin('DELETE', '/plugins/release')],
  ])('are ended after drain_after when %s, on the canary alone', async (_how, take) => {
    await change(afterMs(100))
    const { onPrimary, onCanary } = await openOnBothSides()
    await take()
    await expectClosed(onCanary)
    await expect.poll(() => canary.closeCodes).toEqual([1012])
    await expect.poll(() => canary.eventStreams.size).toBe(0)
    await expectOpen(onPrimary)
    await expect
      .poll(() =>
        gateway.entries.map(({ status, variant, reason }) => [status, variant, reason]).sort(),
      )
      .toEqual([
        [101, 'canary', 'side-drained'],
        [200, 'canary', 'side-drained'],
      ])
    // The connection of the event stream is as good as new.
    onCanary.stream.send('GET /events HTTP/1.1\r\nHost: a\r\n\r\n')
    await onCanary.stream.untilText('data: v1')
  })

  it('are ended when it is time, not at the next look at all deadlines', async () => {
    await gateway.stop()
    gateway = await startTestGateway({ limits: { deadlineCheckMs: 600_000 } })
    await configureRelease()
    await change(afterMs(100))
    const { onPrimary, onCanary } = await openOnBothSides()
    await change({ percentage: 0 })
    await expectClosed(onCanary)
    await expectOpen(onPrimary)
  })

  it('are ended on the primary when the share reaches 100, by itself too', async () => {
    await change(afterMs(0))
    const { onPrimary, onCanary } = await openOnBothSides()
    await change({ percentage: null, start: gateway.now() / 1000 - 600, duration: 1000, steps: 2 })
    await expectOpen(onPrimary)
    gateway.advanceClock(1_000_000)
    await expectClosed(onPrimary)
    await expectOpen(onCanary)
  })

  it('are kept without drain', async () => {
    const { onPrimary, onCanary } = await openOnBothSides()
    await change({ percentage: 0, drain_after: 0 })
    await change({ percentage: 100 })
    await change({ percentage: 0 })
    await expectOpen(onPrimary)
    await expectOpen(onCanary)
  })

  it('are kept when it gets traffic again in time', async () => {
    await change(afterMs(60_000))
    const { onCanary } = await openOnBothSides()
    await change({ percentage: 0 })
    await change({ percentage: 50, drain_after: 0 })
    await expectOpen(onCanary)
    await change({ percentage: 0 })
    await expectClosed(onCanary)
  })

  it('are kept where the override header has put them', async () => {
    await change(afterMs(0))
    const tester = await openWebSocket(gateway.proxyPort, { headers: { 'X-Side': 'always' } })
    const { onCanary } = await openOnBothSides()
    await change({ percentage: 0 })
    await expectClosed(onCanary)
    expect(await tester.ask('hello')).toBe('v2: hello')
  })

  it('are kept when the canary becomes the primary', async () => {
    await change(afterMs(0))
    const { onCanary, onPrimary } = await openOnBothSides()
    await change({ percentage: 100 })
    await expectClosed(onPrimary)
    await gateway.admin('PATCH', '/services/shop', { port: canary.port })
    await gateway.admin('DELETE', '/plugins/release')
    await expectOpen(onCanary)
  })

  it('end between two frames, not in the middle of one', async () => {
    await change(afterMs(0))
    const { onCanary } = await openOnBothSides()
    const large = Buffer.alloc(20_000_000, 'x')
    const got: number[] = []
    onCanary.socket.socket.on('message', (data) => got.push((data as Buffer).length))
    const errors: Error[] = []
    onCanary.socket.socket.on('error', (error) => errors.push(error))
    for (const socket of canary.webSockets) for (let i = 0; i < 3; i += 1) socket.send(large)
    await change({ percentage: 0 })
    await expect.poll(() => onCanary.socket.closeCode()).toBe(1012)
    expect(errors).toEqual([])
    expect(got.every((length) => length === large.length)).toBe(true)
  })
})

describe('long connections at an upstream of a traffic-split', () => {
  beforeEach(async () => {
    await gateway.admin('PUT', '/upstreams/next')
    await gateway.admin('POST', '/upstreams/next/targets', { target: `127.0.0.1:${canary.port}` })
    await gateway.admin('POST', '/services/shop/plugins', {
      name: 'traffic-split',
      instance_name: 'split',
      config: { rules: toNext(1) },
    })
    await change({ ...afterMs(0), percentage: 0 })
  })

  const NEXT = { upstream_id: 'next' }
  const toNext = (weight: number) => [
    {
      match: [{ vars: [['http_x-user', '==', 'next']] }],
      weighted_upstreams: [{ ...NEXT, weight }, { weight: 1 - weight }],
    },
  ]
  const setRules = (rules: readonly object[]) =>
    gateway.admin('PATCH', '/plugins/split', { config: { rules } })

  async function openThere() {
    const headers = { 'X-User': 'next' }
    const socket = await openWebSocket(gateway.proxyPort, { headers })
    const stream = await openEventStream('next')
    expect(sideOf(stream.text)).toBe('v2')
    const elsewhere = await openEventStream('own')
    expect(sideOf(elsewhere.text)).toBe('v1')
    return { there: { socket, stream }, elsewhere }
  }

  it.each([
    ['its item has the weight 0', () => setRules(toNext(0))],
    ['its item is gone', () => setRules([{}])],
    ['the plugin is disabled', () => gateway.admin('PATCH', '/plugins/split', { enabled: false })],
    ['the plugin is deleted', () => gateway.admin('DELETE', '/plugins/split')],
  ])('are ended as the canary plugin says when %s', async (_how, take) => {
    const { there, elsewhere } = await openThere()
    await take()
    await expectClosed(there)
    expect(elsewhere.text).not.toContain('\r\n0\r\n\r\n')
    await expect
      .poll(() => gateway.entries)
      .toMatchObject([
        { variant: 'split:next', reason: 'side-drained' },
        { variant: 'split:next', reason: 'side-drained' },
      ])
  })

  it.each([
    ['another rule leads there', () => setRules([...toNext(0), { weighted_upstreams: [NEXT] }])],
    [
      'it becomes the primary',
      async () => {
        await gateway.admin('PATCH', '/services/shop', { host: 'next' })
        await setRules([])
      },
    ],
    [
      'it becomes the canary',
      async () => {
        await change({ upstream_host: 'next', percentage: 1 })
        await setRules([])
      },
    ],
  ])('are kept when %s', async (_how, turn) => {
    const { there } = await openThere()
    await turn()
    await expectOpen(there)
  })
})

describe('GET /services/{s}/connections', () => {
  it('counts those that are open, by side, with the age of the oldest', async () => {
    const connections = () => gateway.admin('GET', '/services/shop/connections')
    expect(await connections()).toMatchObject({
      service: { name: 'shop' },
      websocket: 0,
      event_stream: 0,
      oldest_seconds: null,
      variants: {
        primary: { websocket: 0, event_stream: 0, oldest_seconds: null },
        canary: { websocket: 0, event_stream: 0, oldest_seconds: null },
      },
    })
    const { onPrimary, onCanary } = await openOnBothSides()
    await openEventStream('user-0')
    const opened = await connections()
    expect(opened).toMatchObject({
      websocket: 2,
      event_stream: 3,
      oldest_seconds: expect.any(Number),
      variants: { primary: { websocket: 1 }, canary: { websocket: 1 } },
    })
    const { oldest_seconds: age } = opened as { oldest_seconds: number }
    await expect
      .poll(async () => (await connections()) as { oldest_seconds: number })
      .toMatchObject({ oldest_seconds: expect.toSatisfy((now: number) => now > age) })
    await change({ percentage: 100 })
    onPrimary.socket.socket.close()
    onCanary.stream.destroy()
    await expect.poll(connections).toMatchObject({
      websocket: 1,
      variants: { primary: { websocket: 0 }, canary: { websocket: 1 } },
    })
    await gateway.admin('POST', '/services', { name: 'other', host: 'a.test' })
    expect(await gateway.admin('GET', '/services/other/connections')).toMatchObject({
      websocket: 0,
      event_stream: 0,
    })
    expect((await gateway.adminRaw('GET', '/services/none/connections')).status).toBe(404)
  })
})

describe('a gateway that stops', () => {
  it('tells WebSockets with 1012 at once, and ends event streams after their grace', async () => {
    const { onPrimary, onCanary } = await openOnBothSides()
    stopped = gateway.node.stop(2_000)
    for (const { socket } of [onPrimary, onCanary]) {
      await expect.poll(() => socket.closeCode()).toBe(1012)
    }
    expect(gateway.node.requestsInFlight()).toBe(2)
    for (const stream of primary.eventStreams) stream.write('data: one more\n\n')
    await onPrimary.stream.untilText('one more')
    expect((await stopped).cutRequests).toBe(0)
    for (const { stream } of [onPrimary, onCanary]) {
      expect(stream.text).toMatch(/\r\n0\r\n\r\n$/)
      expect(stream.isClosed).toBe(true)
    }
    expect(gateway.entries.map(({ status, reason }) => [status, reason])).toEqual([
      [101, 'stopping'],
      [101, 'stopping'],
      [200, 'stopping'],
      [200, 'stopping'],
    ])
  })

  it('waits for the upstream side of a WebSocket too, and has its entry', async () => {
    const upstream = await startRawUpstream((socket) => {
      // It takes the hint, and does not close.
      socket.allowHalfOpen = true
      onEachHead(socket, () =>
        socket.write(
          'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
        ),
      )
    })
    await gateway.admin('DELETE', '/plugins/release')
    await gateway.admin('PATCH', '/services/shop', { port: upstream.port })
    const client = new RawConnection(gateway.proxyPort)
    streams.push(client)
    client.send(HANDSHAKE)
    await client.untilText('\r\n\r\n')
    stopped = gateway.node.stop(10_000)
    expect((await stopped).cutRequests).toBe(0)
    expect(gateway.entries).toMatchObject([{ status: 101, reason: 'stopping' }])
    await upstream.close()
  })

  it('cuts WebSockets whose sides do not take the hint', async () => {
    const client = new RawConnection(gateway.proxyPort)
    streams.push(client)
    client.send(HANDSHAKE)
    await client.untilText('\r\n\r\n')
    // The first byte of a frame that never comes.
    client.send('\x82')
    stopped = gateway.node.stop(10_000)
    expect((await stopped).cutRequests).toBe(0)
    await client.untilClosed()
    expect(gateway.entries).toMatchObject([{ status: 101, reason: 'stopping' }])
  })
})
