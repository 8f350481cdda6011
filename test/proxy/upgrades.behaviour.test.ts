import type { Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { configureService } from '../support/configure.ts'
import { RawConnection, statusesOf } from '../support/raw-connection.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import { startRawUpstream, type TestUpstream } from '../support/test-upstream.ts'

/** Longer than a busy machine may stand still. */
const IDLE_MS = 2_000

/** One connection to the upstream, and all that came on it. */
interface Arrived {
  readonly socket: Socket
  text: string
  isEnded: boolean
}

let gateway: TestGateway
let upstream: TestUpstream
let arrived: Arrived[]
/** What the upstream does with each request head. */
let answer: (socket: Socket, head: string) => void
let clients: RawConnection[]

beforeAll(async () => {
  gateway = await startTestGateway({ limits: { upgradedIdleMs: IDLE_MS } })
  upstream = await startRawUpstream((socket) => {
    const connection: Arrived = { socket, text: '', isEnded: false }
    arrived.push(connection)
    socket.setNoDelay(true)
    socket.allowHalfOpen = true
    socket.on('end', () => {
      connection.isEnded = true
    })
    socket.on('data', (chunk) => {
      const isNew = !connection.text.includes('\r\n\r\n')
      connection.text += chunk.toString('latin1')
      if (isNew && connection.text.includes('\r\n\r\n')) answer(socket, connection.text)
    })
  })
  await configureService(gateway, upstream.port, { service: { retries: 3 } })
})

afterAll(async () => {
  await gateway.stop()
  await upstream.close()
})

beforeEach(() => {
  arrived = []
  clients = []
  gateway.entries.length = 0
  answer = (socket) => socket.write(SWITCHED)
})

afterEach(async () => {
  for (const client of clients) client.destroy()
  for (const { socket } of arrived) socket.destroy()
  await expect.poll(() => gateway.node.requestsInFlight()).toBe(0)
  expect(gateway.logged).toEqual([])
  expect(gateway.entries.filter(({ status }) => status === 500)).toEqual([])
})

const HOST = 'Host: a\r\n'
const WANTS = 'Connection: Upgrade\r\nUpgrade: websocket\r\n'
const KEY = 'Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\nSec-WebSocket-Version: 13\r\n'
const HANDSHAKE = `GET /chat HTTP/1.1\r\n${HOST}${WANTS}${KEY}\r\n`
const SWITCHED = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: HSmrc0sMlYUkAGmm5OPpG2HaGWk=\r\n\r\n`

function connect(options?: { allowHalfOpen?: boolean }): RawConnection {
  const client = new RawConnection(gateway.proxyPort, options)
  clients.push(client)
  return client
}

const logged = () => gateway.entries.map(({ status, reason }) => [status, reason])
/** Whether the gateway has ended every connection to the upstream. */
const areAllOver = () => arrived.every(({ socket, isEnded }) => isEnded || socket.destroyed)
const bodyOf = (text: string) => text.slice(text.indexOf('\r\n\r\n') + 4)

/** A client whose connection has switched. */
async function switched(options?: { allowHalfOpen?: boolean }): Promise<RawConnection> {
  const client = connect(options)
  client.send(HANDSHAKE)
  await client.untilText('\r\n\r\n')
  expect(statusesOf(client.text)).toEqual([101])
  return client
}

describe('a switch of protocols', () => {
  it('is told the client with the fields of ours, and without what ends at the gateway', async () => {
    answer = (socket) =>
      socket.write(
        SWITCHED.replace(
          'Sec-',
          'Keep-Alive: timeout=5\r\nContent-Length: 5\r\nX-Kong-Request-Id: forged\r\nSec-',
        ),
      )
    const client = await switched()
    const head = client.text.toLowerCase()
    expect(head).toContain('connection: upgrade\r\n')
    expect(head).toContain('upgrade: websocket\r\n')
    expect(head).toContain('sec-websocket-accept: hsmrc0smlyukagmm5oppg2hagwk=\r\n')
    expect(head).toContain('via: ')
    expect(head).not.toContain('content-length')
    expect(head).not.toContain('keep-alive')
    expect(head).not.toContain('forged')
  })

  it('passes on what either side sent behind its head, in order and not before', async () => {
    let release = () => {}
    answer = (socket) => {
      release = () => socket.write(`${SWITCHED}from the upstream`)
    }
    const client = connect()
    const early = Array.from({ length: 5_000 }, (_, n) => `early ${n} `).join('')
    client.send(`${HANDSHAKE}${early}`)
    client.send('and more')
    await expect.poll(() => arrived[0]?.text).toContain('\r\n\r\n')
    // What is held must not have been sent to the upstream, even when the loop has turned a few times.
    for (let i = 0; i < 20; i += 1) await new Promise((resolve) => setImmediate(resolve))
    expect(bodyOf(arrived[0]?.text ?? '')).toBe('')
    release()
    await client.untilText('from the upstream')
    client.send('!')
    await expect.poll(() => bodyOf(arrived[0]?.text ?? '')).toBe(`${early}and more!`)
  })

  it('takes everything behind the head for the stream, another handshake too', async () => {
    const client = connect()
    client.send(HANDSHAKE + HANDSHAKE)
    await expect.poll(() => bodyOf(arrived[0]?.text ?? '')).toBe(HANDSHAKE)
    expect(statusesOf(client.text)).toEqual([101])
    expect(arrived).toHaveLength(1)
    client.destroy()
    await expect.poll(() => gateway.entries.length).toBe(1)
  })

  it('waits for the answers to what came before it on the connection', async () => {
    const held: (() => void)[] = []
    answer = (socket, head) => {
      if (head.startsWith('GET /chat')) socket.write(SWITCHED)
      else held.push(() => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst'))
    }
    const client = connect()
    client.send(`GET /first HTTP/1.1\r\n${HOST}\r\n${HANDSHAKE}behind`)
    await expect.poll(() => held.length).toBe(1)
    expect(arrived).toHaveLength(1)
    held[0]?.()
    await expect.poll(() => statusesOf(client.text)).toEqual([200, 101])
    await expect.poll(() => bodyOf(arrived.at(-1)?.text ?? '')).toBe('behind')
  })

  it('holds up the faster side while the slower one does not read', async () => {
    const client = await switched()
    client.socket.pause()
    const source = arrived[0]?.socket as Socket
    let sent = 0
    const block = Buffer.alloc(65_536, 'x')
    const pump = () => {
      while (sent < 64_000_000 && source.writable) {
        sent += block.length
        if (!source.write(block)) return
      }
    }
    source.on('drain', pump)
    pump()
    let last = -1
    await expect
      .poll(
        () => {
          const isStill = sent === last
          last = sent
          return isStill
        },
        { interval: 50 },
      )
      .toBe(true)
    expect(sent).toBeLessThan(32_000_000)
    client.socket.resume()
    await expect.poll(() => client.text.length).toBeGreaterThan(64_000_000)
  })
})

describe('the end of an upgraded connection', () => {
  it('is passed on by half: the client has said all, the upstream answers still', async () => {
    const client = await switched({ allowHalfOpen: true })
    client.send('last words')
    client.socket.end()
    await expect.poll(() => arrived[0]?.isEnded).toBe(true)
    expect(bodyOf(arrived[0]?.text ?? '')).toBe('last words')
    arrived[0]?.socket.end('a late answer')
    await client.untilClosed()
    expect(bodyOf(client.text)).toBe('a late answer')
    await expect.poll(logged).toEqual([[101, null]])
  })

  it('is passed on by half the other way round', async () => {
    const client = await switched({ allowHalfOpen: true })
    arrived[0]?.socket.end('that was all')
    await client.untilText('that was all')
    await client.untilClosed()
    client.send('thanks')
    client.socket.end()
    await expect.poll(() => arrived[0]?.isEnded).toBe(true)
    expect(bodyOf(arrived[0]?.text ?? '')).toBe('thanks')
    await expect.poll(logged).toEqual([[101, null]])
  })

  it('by a reset of the client takes the upstream with it', async () => {
    const client = await switched()
    client.socket.resetAndDestroy()
    await expect.poll(areAllOver).toBe(true)
    await expect.poll(logged).toEqual([[101, 'client-left']])
  })

  it('by a reset of the upstream takes the client with it', async () => {
    const client = await switched()
    arrived[0]?.socket.resetAndDestroy()
    await client.untilClosed()
    await expect.poll(logged).toEqual([[101, 'truncated']])
  })

  it('comes after a while in which nothing passed, and not while something does', async () => {
    const client = await switched()
    const openedMs = performance.now()
    for (let n = 0; performance.now() - openedMs < IDLE_MS * 2; n += 1) {
      client.send('.')
      await expect.poll(() => bodyOf(arrived[0]?.text ?? '').length).toBe(n + 1)
      await new Promise((resolve) => setTimeout(resolve, IDLE_MS / 10))
    }
    expect(client.isClosed).toBe(false)
    await client.untilClosed()
    await expect.poll(logged).toEqual([[101, 'stream-idle']])
    await expect.poll(areAllOver).toBe(true)
  })

  it('gives no connection back to the pool', async () => {
    const client = await switched()
    arrived[0]?.socket.end()
    client.socket.end()
    await expect.poll(logged).toEqual([[101, null]])
    answer = (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    const next = connect()
    next.send(`GET / HTTP/1.1\r\n${HOST}\r\n`)
    await next.untilText('ok')
    expect(arrived).toHaveLength(2)
  })
})

describe('an upstream that is asked for a WebSocket', () => {
  it.each([
    [
      '200',
      `HTTP/1.1 200 OK\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nContent-Length: 2\r\n\r\nno`,
    ],
    ['426', `HTTP/1.1 426 Upgrade Required\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\nno`],
    ['403', `HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n`],
  ])(
    'and answers %s is relayed as with any request; nothing behind it is read',
    async (status, text) => {
      answer = (socket) => socket.write(text)
      const client = connect()
      client.send(`${HANDSHAKE}GET /smuggled HTTP/1.1\r\n${HOST}\r\n`)
      await client.untilClosed()
      expect(statusesOf(client.text)).toEqual([Number(status)])
      expect(client.text.toLowerCase()).toContain('connection: close')
      expect(client.text.toLowerCase()).not.toContain('upgrade: ')
      expect(bodyOf(client.text)).toContain('no')
      expect(arrived.map((one) => bodyOf(one.text))).toEqual([''])
      await expect.poll(logged).toEqual([[Number(status), null]])
    },
  )

  it.each([
    ['another protocol', SWITCHED.replace('Upgrade: websocket', 'Upgrade: h2c')],
    ['no protocol', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
    ['a control character', SWITCHED.replace('Sec-', 'X-Bad: a\x01b\r\nSec-')],
    ['no HTTP', 'no\r\n\r\n'],
  ])('and switches to %s is a 502', async (_what, text) => {
    answer = (socket) => socket.write(text, 'latin1')
    const client = connect()
    client.send(HANDSHAKE)
    await client.untilClosed()
    expect(statusesOf(client.text)).toEqual([502])
    await expect.poll(logged).toEqual([[502, 'malformed']])
    await expect.poll(areAllOver).toBe(true)
    expect(arrived).toHaveLength(1)
  })

  it('and dies before it answers is a 502, and is not asked twice', async () => {
    answer = (socket) => socket.destroy()
    const client = connect()
    client.send(HANDSHAKE)
    await client.untilClosed()
    expect(statusesOf(client.text)).toEqual([502])
    expect(arrived).toHaveLength(1)
    await expect.poll(logged).toEqual([[502, 'reset']])
  })

  it('and was not is a 502 when it switches all the same', async () => {
    const client = connect()
    client.send(`GET / HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`)
    await client.untilClosed()
    expect(statusesOf(client.text)).toEqual([502])
    await expect.poll(areAllOver).toBe(true)
  })
})

describe('a client that asks for a WebSocket and leaves', () => {
  it.each([
    ['ends its side', (socket: Socket) => socket.end()],
    ['resets', (socket: Socket) => socket.resetAndDestroy()],
  ])('before the answer (%s) takes the request to the upstream with it', async (_how, leave) => {
    answer = () => {}
    const client = connect()
    client.send(`${HANDSHAKE}some bytes`)
    await expect.poll(() => arrived[0]?.text).toContain('\r\n\r\n')
    leave(client.socket)
    await expect.poll(logged).toEqual([[499, 'client-left']])
    await expect.poll(areAllOver).toBe(true)
  })
})

describe('what is no request for a WebSocket', () => {
  it.each([
    [
      'h2c',
      `GET / HTTP/1.1\r\n${HOST}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAA\r\n\r\n`,
    ],
    ['a list', `GET / HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: websocket, h2c\r\n\r\n`],
    ['two fields', `GET / HTTP/1.1\r\n${HOST}${WANTS}Upgrade: websocket\r\n\r\n`],
    ['another method', `POST / HTTP/1.1\r\n${HOST}${WANTS}${KEY}Content-Length: 0\r\n\r\n`],
    ['a body', `GET / HTTP/1.1\r\n${HOST}${WANTS}${KEY}Content-Length: 5\r\n\r\nhello`],
    [
      'a body in chunks',
      `GET / HTTP/1.1\r\n${HOST}${WANTS}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
    ],
    ['not named in Connection', `GET / HTTP/1.1\r\n${HOST}Upgrade: websocket\r\n${KEY}\r\n`],
    ['HTTP/1.0', `GET / HTTP/1.0\r\n${HOST}${WANTS}${KEY}\r\n`],
  ])(
    '(%s) is an ordinary request without those fields, and the connection lives on',
    async (_what, text) => {
      answer = (socket, head) => {
        const ok = () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
        const isWhole = /hello$|0\r\n\r\n$/
        if (!/content-length: 5|chunked/i.test(head) || isWhole.test(head)) ok()
        // The rest of the body, then the next request.
        socket.on('data', (chunk) => {
          const text = chunk.toString('latin1')
          if (isWhole.test(text) || text.startsWith('GET /next')) ok()
        })
      }
      const client = connect()
      client.send(text)
      await client.untilText('ok')
      expect(statusesOf(client.text)).toEqual([200])
      const head = (arrived[0]?.text ?? '').toLowerCase()
      expect(head).not.toContain('upgrade:')
      expect(head).not.toContain('http2-settings')
      expect(head).toMatch(/connection: (keep-alive|close)\r\n/)
      if (text.includes('HTTP/1.1')) {
        client.send(`GET /next HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`)
        await client.untilClosed()
      }
    },
  )

  it('is refused as usual when its head is malformed', async () => {
    const client = connect()
    client.send(`GET / HTTP/1.1\r\n${HOST}${HOST}${WANTS}${KEY}\r\nrest`)
    await client.untilText('\r\n\r\n')
    expect(statusesOf(client.text)).toEqual([400])
    expect(arrived).toEqual([])
  })
})
