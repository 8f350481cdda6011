import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AccessEntry } from '../../../src/metrics/access-entry.ts'
import { SETTINGS_SCHEMA } from '../../../src/model/settings.ts'
import { Gateway } from '../../../src/proxy/gateway.ts'
import { compileTrust } from '../../../src/proxy/head/client-address.ts'
import { type Limits, limitsOf } from '../../../src/proxy/limits.ts'
import { createDraws } from '../../../src/proxy/process-draws.ts'
import { RawConnection, statusesOf } from '../../support/raw-connection.ts'
import { storedRow, uuid } from '../../support/store-rows.ts'
import { systemNames } from '../../support/system-names.ts'
import { startRawUpstream, type TestUpstream } from '../../support/test-upstream.ts'

/** As in production, but faster; and no number of requests closes a connection. */
const LIMITS: Limits = {
  ...limitsOf(SETTINGS_SCHEMA.parse({})),
  headTimeoutMs: 200,
  deadlineCheckMs: 20,
  silenceMs: 300,
  leastPace: { bytes: 100, windowMs: 600 },
  idleMs: 200,
  requestsPerConnection: 0,
}

let gateway: Gateway
let entries: AccessEntry[]
let bugs: unknown[]
let client: RawConnection
let upstream: TestUpstream
let answerHeld: (() => void) | null

beforeEach(async () => {
  entries = []
  answerHeld = null
  bugs = []
  upstream = await startRawUpstream((socket) => {
    socket.on('data', (chunk) => {
      if (chunk.toString('latin1').startsWith('GET /endless')) {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n`)
        const more = () => {
          while (socket.writable && socket.write(Buffer.alloc(65_536)));
        }
        socket.on('drain', more)
        more()
      } else if (chunk.toString('latin1').startsWith('GET /held')) {
        answerHeld = () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nheld')
      } else if (chunk.toString('latin1').startsWith('POST /welcome')) {
        socket.write('HTTP/1.1 100 Continue\r\n\r\n')
      } else if (chunk.toString('latin1').startsWith('GET')) {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      }
    })
  })
  gateway = new Gateway({
    draws: createDraws(),
    clock: { now: () => Date.now(), monotonicMs: () => performance.now() },
    trust: compileTrust(SETTINGS_SCHEMA.parse({})),
    meter: { sample: () => ({ delayMs: 0, heapRatio: 0 }), close: () => {} },
    reportLoad: () => {},
    allowsDebugHeader: false,
    product: { via: '1.1 test', server: 'test' },
    record: (entry) => entries.push(entry),
    reportBug: (error) => bugs.push(error),
    resolver: systemNames(),
    reportName: (event) => bugs.push(event),
    reportCertificate: (error) => bugs.push(error),
    limits: LIMITS,
  })
  gateway.configuration.load(1, [
    storedRow('services', 1, { host: '127.0.0.1', port: upstream.port }),
    storedRow('routes', 2, { paths: ['/'], service: { id: uuid(1) } }),
  ])
  const { port } = await gateway.listen({ host: '127.0.0.1', port: 0 })
  client = new RawConnection(port)
})

afterEach(async () => {
  client.destroy()
  await gateway.drain(0)
  await upstream.close()
  expect(bugs).toEqual([])
})

const logged = () => entries.map(({ status, reason }) => [status, reason])

/** Sends one byte at a time, well within any limit on silence, until the connection is closed. */
function drip(byte: string): void {
  const timer = setInterval(() => client.send(byte), 20)
  client.socket.on('close', () => clearInterval(timer))
}

describe('a client that takes too long', () => {
  it('over its head gets a 408, though it never falls silent', async () => {
    client.send('GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ')
    drip('s')
    await client.untilClosed()
    expect(statusesOf(client.text)).toEqual([408])
    expect(JSON.parse(client.text.slice(client.text.indexOf('\r\n\r\n') + 4))).toMatchObject({
      request_id: entries[0]?.requestId,
    })
    expect(logged()).toEqual([[408, 'head_timeout']])
  })

  it('to send anything at all gets a 408', async () => {
    await client.untilClosed()
    expect(statusesOf(client.text)).toEqual([408])
  })

  it('over the next head gets its answer first, and then the 408', async () => {
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /next HTTP/1.1\r\n')
    await client.untilClosed()
    expect(statusesOf(client.text)).toEqual([200, 408])
    expect(logged()).toEqual([
      [200, null],
      [408, 'head_timeout'],
    ])
  })

  it('in its body gets a 408, and the upstream never sees the end', async () => {
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc')
    await client.untilClosed()
    expect(statusesOf(client.text)).toEqual([408])
    expect(logged()).toEqual([[408, 'client-silent']])
    await expect.poll(() => upstream.sockets.size).toBe(0)
  })

  it('over a body that the upstream has asked for gets a 408', async () => {
    client.send(
      'POST /welcome HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n',
    )
    await client.untilClosed()
    expect(statusesOf(client.text)).toEqual([100, 408])
    expect(logged()).toEqual([[408, 'client-silent']])
    await expect.poll(() => upstream.sockets.size).toBe(0)
  })

  it('in a body that drips gets a 408, and the upstream never sees the end', async () => {
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000\r\n\r\n')
    drip('b')
    await client.untilClosed()
    expect(statusesOf(client.text)).toEqual([408])
    expect(logged()).toEqual([[408, 'client-slow']])
    await expect.poll(() => upstream.sockets.size).toBe(0)
  })

  it('to take in the answers of the gateway itself is cut off', async () => {
    client.socket.pause()
    const sendMore = () => {
      while (!client.isClosed && client.socket.write('OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n'));
    }
    client.socket.on('drain', sendMore)
    sendMore()
    await expect.poll(() => gateway.counts.connectionsActive).toBe(1)
    await expect.poll(() => gateway.counts.connectionsActive).toBe(0)
  })

  it('to take in its answer is cut off, and so is the upstream', async () => {
    client.socket.pause()
    client.send('GET /endless HTTP/1.1\r\nHost: a\r\n\r\n')
    await expect.poll(() => entries.length).toBe(1)
    expect(logged()).toEqual([[200, 'client-silent']])
    await expect.poll(() => upstream.sockets.size).toBe(0)
  })

  it('between two requests is closed without a word', async () => {
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await client.untilText('ok')
    await client.untilClosed()
    expect(statusesOf(client.text)).toEqual([200])
    expect(logged()).toEqual([[200, null]])
  })
})

describe('a client that asks for more and more without waiting', () => {
  const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`
  const HALF_A_HEAD = 'GET /half HTTP/1.1\r\n'

  beforeEach(async () => {
    client.send(get('/held'))
    await expect.poll(() => answerHeld).not.toBeNull()
  })

  const WRITES = 600

  /** Sends more than anybody may heap up; returns what tells how much of it was taken in, 0 to 1. */
  function sendMuch(text: string): () => number {
    let taken = 0
    for (let i = 0; i < WRITES; i += 1) {
      client.socket.write(text, () => {
        taken += 1
      })
    }
    return () => taken / WRITES
  }

  /** Resolves when nothing more is taken in. */
  async function untilStill(taken: () => number): Promise<void> {
    let last = -1
    const isStill = () => {
      const wasStill = taken() === last
      last = taken()
      return wasStill
    }
    await expect.poll(isStill, { interval: 250 }).toBe(true)
  }

  /** Resolves when the time of a head that was sent before is over, however late it came in. */
  async function untilHeadsAreLate(): Promise<void> {
    for (let round = 0; round < 2; round += 1) {
      const later = new RawConnection(client.socket.remotePort ?? 0)
      later.send(HALF_A_HEAD)
      await later.untilClosed()
      expect(statusesOf(later.text)).toEqual([408])
    }
  }

  it('is not listened to while it has ten requests waiting', async () => {
    // What the kernel holds for both sides, and little more.
    const taken = sendMuch(get('/more').repeat(2_000))
    await untilStill(taken)
    expect(taken()).toBeLessThan(0.5)
    expect(gateway.counts).toMatchObject({ requestsInFlight: 1, totalRequests: 1 })
    answerHeld?.()
    await client.untilText('held')
    // More than were read ahead: it is listened to again.
    await expect.poll(() => entries.length).toBeGreaterThan(4_000)
  })

  it('is not late with a head that was not listened to', async () => {
    client.send(get('/more').repeat(12) + HALF_A_HEAD)
    await untilHeadsAreLate()
    answerHeld?.()
    client.send('Host: a\r\n\r\n')
    await expect.poll(() => statusesOf(client.text).length).toBe(14)
    expect(new Set(statusesOf(client.text))).toEqual(new Set([200]))
  })

  it('is late with a head that does not come though it is listened to again', async () => {
    client.send(get('/more').repeat(12) + HALF_A_HEAD)
    await untilHeadsAreLate()
    answerHeld?.()
    await client.untilClosed()
    expect(statusesOf(client.text)).toEqual([...Array(13).fill(200), 408])
    expect(logged().at(-1)).toEqual([408, 'head_timeout'])
  })

  it('is understood no further behind a head that was late', async () => {
    client.send(HALF_A_HEAD)
    await untilHeadsAreLate()
    const taken = sendMuch(`Host: a\r\n\r\n${get('/more').repeat(2_000)}`)
    await expect.poll(taken).toBe(1)
    answerHeld?.()
    await client.untilClosed()
    expect(statusesOf(client.text)).toEqual([200, 408])
    expect(gateway.counts).toMatchObject({ totalRequests: 4 })
  })

  it.each(['end', 'destroy'] as const)(
    'and leaves (%s) ends the request that is running',
    async (how) => {
      client.send(get('/more').repeat(200))
      await expect.poll(() => client.socket.bytesWritten).toBeGreaterThan(0)
      client.socket[how]()
      client.socket.destroySoon()
      await expect.poll(() => upstream.sockets.size).toBe(0)
      expect(logged()).toEqual([[499, 'client-left']])
    },
  )
})

describe('a client with a half-sent head when the gateway stops', () => {
  it('does not hold it up for longer than a head may take', async () => {
    client.send('GET / HTTP/1.1\r\n')
    await expect.poll(() => gateway.counts.connectionsActive).toBe(1)
    const startedAt = performance.now()
    expect(await gateway.drain(20_000)).toEqual({ cutRequests: 0 })
    expect(performance.now() - startedAt).toBeLessThan(10_000)
  })
})
