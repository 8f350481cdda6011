import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RawConnection } from '../support/raw-connection.ts'
import {
  openWebSocket,
  type StreamingUpstream,
  startStreamingUpstream,
  type WebSocketClient,
} from '../support/websocket.ts'
import { type EnduranceGateway, HOOK_MS, startEnduranceGateway } from './endurance-gateway.ts'
import { IS_FULL } from './scale.ts'

const SIZE = IS_FULL
  ? { webSockets: 500, eventStreams: 200, changes: 100, drainAfterSeconds: 5 }
  : { webSockets: 50, eventStreams: 20, changes: 20, drainAfterSeconds: 1 }
/** How long the sides may take to be told, and to go. */
const CLOSING_SECONDS = 2

let primary: StreamingUpstream
let canary: StreamingUpstream
let gateway: EnduranceGateway
let webSockets: OpenWebSocket[]
let eventStreams: OpenEventStream[]

/** When a connection ended, in milliseconds of `performance.now`; null while it is open. */
interface OpenWebSocket {
  readonly client: WebSocketClient
  readonly side: string
  closedMs: number | null
}

interface OpenEventStream {
  readonly connection: RawConnection
  readonly side: string
  closedMs: number | null
}

beforeAll(async () => {
  primary = await startStreamingUpstream('v1')
  canary = await startStreamingUpstream('v2')
  gateway = await startEnduranceGateway(primary.port)
  await gateway.admin.post('/services/shop/plugins', {
    name: 'canary',
    instance_name: 'release',
    config: {
      upstream_host: '127.0.0.1',
      upstream_port: canary.port,
      percentage: 50,
      hash: 'header',
      hash_header: 'X-User',
    },
  })
  const numbers = (count: number) => Array.from({ length: count }, (_, n) => n)
  webSockets = await Promise.all(numbers(SIZE.webSockets).map(webSocketOf))
  eventStreams = await Promise.all(numbers(SIZE.eventStreams).map(eventStreamOf))
}, HOOK_MS)

afterAll(async () => {
  for (const { client } of webSockets) client.socket.terminate()
  for (const { connection } of eventStreams) connection.destroy()
  await gateway.process.stop()
  await Promise.all([primary.close(), canary.close()])
})

async function webSocketOf(user: number): Promise<OpenWebSocket> {
  const client = await openWebSocket(gateway.port, { headers: { 'X-User': `user-${user}` } })
  const opened = { client, side: (await client.ask('0')).slice(0, 2), closedMs: null }
  client.socket.on('close', () => Object.assign(opened, { closedMs: performance.now() }))
  return opened
}

async function eventStreamOf(user: number): Promise<OpenEventStream> {
  const connection = new RawConnection(gateway.port)
  connection.send(`GET /events HTTP/1.1\r\nHost: a\r\nX-User: user-${user}\r\n\r\n`)
  await connection.untilText('data: v')
  const opened = {
    connection,
    side: /data: (v\d)/.exec(connection.text)?.[1] ?? '',
    closedMs: null,
  }
  const noteEnd = () => {
    if (opened.closedMs !== null || !isOver(connection)) return
    Object.assign(opened, { closedMs: performance.now() })
  }
  connection.socket.on('data', noteEnd).on('close', noteEnd)
  return opened
}

/** The last chunk came, or the connection was cut. */
const isOver = ({ text, isClosed }: RawConnection) => isClosed || text.includes('\r\n0\r\n\r\n')

const change = (config: object) => gateway.admin.patch('/plugins/release', { config })

async function expectAllToAnswer(of: readonly OpenWebSocket[], text: string): Promise<void> {
  const answers = await Promise.all(of.map(({ client }) => client.ask(text)))
  expect(answers).toEqual(of.map(({ side }) => `${side}: ${text}`))
}

async function expectAllToHear(of: readonly OpenEventStream[], text: string): Promise<void> {
  for (const { eventStreams: streams } of [primary, canary]) {
    for (const stream of streams) stream.write(`data: ${text}\n\n`)
  }
  await Promise.all(of.map(({ connection }) => connection.untilText(`data: ${text}\n\n`)))
}

const onSide = <T extends { readonly side: string }>(all: readonly T[], side: string) =>
  all.filter((one) => one.side === side)
const stillOpen = (all: readonly { readonly closedMs: number | null }[]) =>
  all.filter(({ closedMs }) => closedMs === null).length

describe(`${SIZE.webSockets} WebSockets and ${SIZE.eventStreams} event streams`, () => {
  it(`outlive ${SIZE.changes} changes of the share and a rollback`, {
    timeout: 300_000,
  }, async () => {
    for (const streams of [webSockets, eventStreams]) {
      expect(new Set(streams.map(({ side }) => side))).toEqual(new Set(['v1', 'v2']))
    }
    for (let n = 1; n <= SIZE.changes; n += 1) {
      await change({ percentage: (n * 37) % 101 })
      await expectAllToAnswer(webSockets, `change ${n}`)
      await expectAllToHear(eventStreams, `change ${n}`)
    }
    await change({ percentage: 0 })
    await expectAllToAnswer(webSockets, 'rolled back')
    await expectAllToHear(eventStreams, 'rolled back')
    expect(stillOpen(webSockets)).toBe(SIZE.webSockets)
    expect(stillOpen(eventStreams)).toBe(SIZE.eventStreams)
  })

  it('of the canary are closed after drain_after, and of the primary none', async () => {
    await change({ percentage: 50, drain: 'close_after', drain_after: SIZE.drainAfterSeconds })
    const startedMs = performance.now()
    await change({ percentage: 0 })
    const changedMs = performance.now()
    const canaryOnes = [...onSide(webSockets, 'v2'), ...onSide(eventStreams, 'v2')]
    await expect.poll(() => stillOpen(canaryOnes), { timeout: 20_000 }).toBe(0)
    const closedMs = canaryOnes.map((one) => one.closedMs ?? Number.NaN)
    const first = (Math.min(...closedMs) - startedMs) / 1000
    const last = (Math.max(...closedMs) - changedMs) / 1000
    expect(first).toBeGreaterThanOrEqual(SIZE.drainAfterSeconds)
    if (IS_FULL) {
      console.log(`${canaryOnes.length} closed after ${first.toFixed(2)} to ${last.toFixed(2)} s`)
      expect(last).toBeLessThan(SIZE.drainAfterSeconds + CLOSING_SECONDS)
    }
    const codes = onSide(webSockets, 'v2').map(({ client }) => client.closeCode())
    expect(new Set(codes)).toEqual(new Set([1012]))
    // The end of the answers; their connections are as good as new.
    expect(eventStreams.filter(({ connection }) => connection.isClosed)).toEqual([])

    await expectAllToAnswer(onSide(webSockets, 'v1'), 'after the drain')
    await expectAllToHear(onSide(eventStreams, 'v1'), 'after the drain')
    expect(await gateway.admin.get('/services/shop/connections')).toMatchObject({
      variants: {
        primary: {
          websocket: onSide(webSockets, 'v1').length,
          event_stream: onSide(eventStreams, 'v1').length,
        },
        canary: { websocket: 0, event_stream: 0 },
      },
    })
  })
})
