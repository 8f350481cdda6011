import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import { configureUpstream } from '../support/configure.ts'
import { RawConnection } from '../support/raw-connection.ts'
import { readMetrics } from '../support/read-metrics.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import { deadPort, startRawUpstream, type TestUpstream } from '../support/test-upstream.ts'
import {
  openWebSocket,
  type StreamingUpstream,
  startStreamingUpstream,
} from '../support/websocket.ts'

const LIMIT = 4

let gateway: TestGateway
let raw: TestUpstream
let streaming: StreamingUpstream

/** Each path of the raw target is a way to end. */
const ANSWERS: Readonly<Record<string, string | null>> = {
  '/ok': 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
  '/last': 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok',
  '/cut': 'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nok',
  '/junk': 'junk\r\n\r\n',
  '/early': 'HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n',
  '/reset': null,
}

beforeAll(async () => {
  gateway = await startTestGateway()
  raw = await startRawUpstream((socket) => {
    socket.setEncoding('latin1')
    socket.on('data', (text) => {
      const path = /^\w+ (\S+)/.exec(String(text))?.[1]
      if (path === undefined || path === '/silent') return
      const answer = ANSWERS[path]
      if (answer !== null && answer !== undefined) socket.write(answer)
      if (answer === null || path === '/cut') socket.resetAndDestroy()
    })
  })
  streaming = await startStreamingUpstream('v1')
  const ports = { raw: raw.port, streaming: streaming.port, dead: await deadPort() }
  for (const [name, port] of Object.entries(ports)) {
    const host = `${name}.v1`
    await configureUpstream(gateway, host, { [`127.0.0.1:${port}`]: 100 })
    const limits = { max_connections: LIMIT, max_pending_requests: LIMIT, max_requests: LIMIT }
    await gateway.admin('PATCH', `/upstreams/${host}`, { circuit_breaker: limits })
    const service = { name, host, port: 80, retries: 1, read_timeout: 40 }
    await gateway.admin('POST', '/services', service)
    const route = { name, hosts: [`${name}.test`], paths: ['/'] }
    await gateway.admin('POST', `/services/${name}/routes`, route)
  }
})

afterAll(async () => {
  await gateway.stop()
  await raw.close()
  await streaming.close()
  expect(gateway.logged).toEqual([])
})

/** Asks, and leaves after that many turns of the event loop, or when the answer has come. */
async function ask(head: string, turnsToLeave: number | null): Promise<void> {
  const client = new RawConnection(gateway.proxyPort)
  client.send(`${head}\r\n\r\n`)
  if (turnsToLeave === null) {
    await client.until(({ text, isClosed }) => isClosed || text.includes('\r\n\r\n'))
  } else {
    for (let turn = 0; turn < turnsToLeave; turn++) await new Promise(setImmediate)
  }
  client.destroy()
}

const WEB_SOCKET_ENDS: Readonly<Record<string, (socket: WebSocket) => void>> = {
  close: (socket) => socket.close(),
  terminate: (socket) => socket.terminate(),
  'upstream-close': () => endOneUpstream((socket) => socket.close()),
  'upstream-lost': () => endOneUpstream((socket) => socket.terminate()),
}

function endOneUpstream(end: (socket: WebSocket) => void): void {
  const [socket] = streaming.webSockets
  if (socket !== undefined) end(socket)
}

async function webSocket(end: string): Promise<void> {
  const opened = await openWebSocket(gateway.proxyPort, {
    headers: { host: 'streaming.test' },
  }).catch((error: Error) => {
    // Refused, or too late on a busy machine: these end as well.
    if (!/ (503|504)$/.test(error.message)) throw error
    return null
  })
  if (opened === null) return
  const { socket } = opened
  const isClosed = new Promise((resolve) => socket.once('close', resolve))
  WEB_SOCKET_ENDS[end]?.(socket)
  // Its counterpart may have been another one's.
  socket.close()
  await isClosed
}

const turns = fc.option(fc.nat({ max: 40 }), { freq: 2 })
const path = fc.constantFrom(...Object.keys(ANSWERS), '/silent')
const end = fc.oneof(
  fc.tuple(path, turns).map(
    ([to, leaves]) =>
      () =>
        ask(`GET ${to} HTTP/1.1\r\nHost: raw.test`, leaves),
  ),
  fc.tuple(path, turns).map(
    ([to, leaves]) =>
      () =>
        ask(`POST ${to} HTTP/1.1\r\nHost: raw.test\r\nContent-Length: 9\r\n\r\nhalf`, leaves ?? 30),
  ),
  turns.map((leaves) => () => ask('GET / HTTP/1.1\r\nHost: dead.test', leaves)),
  fc.nat({ max: 60 }).map((leaves) => () => ask('GET / HTTP/1.1\r\nHost: streaming.test', leaves)),
  fc.constantFrom(...Object.keys(WEB_SOCKET_ENDS)).map((how) => () => webSocket(how)),
)

/** What is counted at all targets together. */
async function counted(what: string): Promise<number> {
  const found = await readMetrics(gateway)
  let sum = 0
  for (const [series, value] of found) if (series.startsWith(`canary_target_${what}{`)) sum += value
  return sum
}

const POLLING = { timeout: 15_000, interval: 5 }

it('whatever way requests end, none is counted any more, and no limit was passed', async () => {
  // What chance may leave out.
  const get = (host: string, to: string) => `GET ${to} HTTP/1.1\r\nHost: ${host}.test`
  await ask(get('raw', '/reset'), null)
  await ask(get('dead', '/'), null)
  await ask(get('raw', '/silent'), 3)
  await Promise.all(Array.from({ length: 4 * LIMIT }, () => ask(get('raw', '/silent'), null)))
  await fc.assert(
    fc.asyncProperty(fc.array(end, { minLength: 1, maxLength: 25 }), async (ends) => {
      await Promise.all(ends.map((run) => run()))
      await expect.poll(() => counted('requests'), POLLING).toBe(0)
      await expect.poll(() => counted('pending_requests'), POLLING).toBe(0)
      expect(await counted('connections')).toBeLessThanOrEqual(3 * LIMIT)
    }),
    { numRuns: 15 },
  )
  for (const socket of raw.sockets) socket.destroy()
  await expect.poll(() => counted('connections'), POLLING).toBe(0)
  const reasons = new Set(gateway.entries.map(({ reason }) => reason))
  for (const reason of ['circuit-open', 'client-left', 'refused', 'reset', 'read-timeout']) {
    expect(reasons).toContain(reason)
  }
})
