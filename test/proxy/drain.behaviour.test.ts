import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DrainReport } from '../../src/proxy/gateway.ts'
import { configureService } from '../support/configure.ts'
import { RawConnection, statusesOf } from '../support/raw-connection.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import { startUpstream, type TestUpstream } from '../support/test-upstream.ts'

const HOST = 'Host: a\r\n'
const get = (path: string) => `GET ${path} HTTP/1.1\r\n${HOST}\r\n`

let gateway: TestGateway
let upstream: TestUpstream
let answers: Map<string, () => void>
let clients: RawConnection[]
let stopped: Promise<DrainReport> | null
let drainedInMs: number

beforeEach(async () => {
  answers = new Map()
  stopped = null
  clients = []
  gateway = await startTestGateway()
  upstream = await startUpstream('v1', (request, response, body) => {
    const url = request.url ?? ''
    if (url === '/stream') {
      response.write('first\n')
      answers.set(url, () => response.end('last\n'))
    } else if (url === '/big') {
      response.setHeader('content-length', 8_000_000)
      response.end(Buffer.alloc(8_000_000, 'x'))
    } else if (url === '/page') {
      response.end(`${'x'.repeat(20_000)}the end`)
    } else if (url.startsWith('/held')) {
      answers.set(url, () => response.end(`answer to ${url}`))
    } else {
      response.end(`${url} got ${body.length}`)
    }
  })
  await configureService(gateway, upstream.port)
})

afterEach(async () => {
  for (const client of clients) client.destroy()
  await (stopped ?? gateway.stop())
  await upstream.close()
  expect(gateway.logged).toEqual([])
})

function connect(): RawConnection {
  const client = new RawConnection(gateway.proxyPort)
  clients.push(client)
  return client
}

const DEADLINE_MS = 20_000

/** Begins to stop the gateway: `stopped` says when it has, and what was cut. */
function drain(deadlineMs = DEADLINE_MS): void {
  const startedAt = performance.now()
  stopped = gateway.node.stop(deadlineMs).then((report) => {
    drainedInMs = performance.now() - startedAt
    return report
  })
}

describe('a gateway that stops', () => {
  it('finishes everything that was accepted, and waits for nothing else', async () => {
    const held = connect()
    held.send(get('/held'))
    const pipelined = connect()
    pipelined.send(get('/held-first') + get('/second') + get('/third'))
    const upload = connect()
    upload.send(`POST /upload HTTP/1.1\r\n${HOST}Content-Length: 100000\r\n\r\n${'b'.repeat(10)}`)
    const stream = connect()
    stream.send(get('/stream'))
    await stream.untilText('first')
    const half = connect()
    half.send(`GET /half HTTP/1.1\r\n${HOST}`)
    const used = connect()
    used.send(get('/used'))
    await used.untilText('/used got')
    const idle = connect()
    await expect.poll(() => answers.size).toBe(3)
    await expect.poll(() => gateway.node.requestsInFlight()).toBe(4)

    drain()
    await Promise.all([idle.untilClosed(), used.untilClosed()])
    expect(idle.text).toBe('')
    upload.send('b'.repeat(99_990))
    half.send('\r\n')
    await Promise.all([upload.untilClosed(), half.untilClosed()])
    expect(upload.text).toContain('/upload got 100000')
    expect(half.text).toContain('/half got 0')
    for (const answer of answers.values()) answer()
    expect((await stopped)?.cutRequests).toBe(0)
    expect(drainedInMs).toBeLessThan(DEADLINE_MS)
    expect(held.text).toContain('answer to /held')
    expect(stream.text).toContain('last\n')
    expect(statusesOf(pipelined.text)).toEqual([200, 200, 200])
    expect(pipelined.text).toContain('/third got')
    for (const client of [held, upload, half]) {
      expect(client.text.toLowerCase()).toContain('connection: close')
    }
    expect(gateway.entries.map(({ status }) => status)).toEqual(Array(8).fill(200))
    expect(gateway.entries.filter(({ reason }) => reason !== null)).toEqual([])
  })

  it('answers all connections that wait in the queue of the system', async () => {
    const queued = Array.from({ length: 50 }, connect)
    for (const client of queued) client.send(get('/queued'))
    // They are established by now, and none has been accepted: no turn of the event loop has passed.
    drain()
    await Promise.all(queued.map((client) => client.untilClosed()))
    expect((await stopped)?.cutRequests).toBe(0)
    expect(queued.filter(({ text }) => !text.includes('/queued got 0'))).toEqual([])
  })

  it('does not cut an answer that a slow client is still taking in', async () => {
    const slow = connect()
    slow.socket.pause()
    slow.send(get('/big'))
    await expect.poll(() => upstream.seen.length).toBe(1)
    drain()
    // Longer than the drain looks at its connections.
    await new Promise((resolve) => setTimeout(resolve, 60))
    slow.socket.resume()
    expect((await stopped)?.cutRequests).toBe(0)
    await slow.untilClosed()
    expect(slow.text.length - slow.text.indexOf('\r\n\r\n') - 4).toBe(8_000_000)
  })

  it('sends out all answers that a slow client has asked for in advance', async () => {
    const ASKED = 1_000
    const slow = connect()
    slow.socket.pause()
    slow.send(get('/page').repeat(ASKED))
    // Until the connection is full of answers.
    let last = -1
    await expect
      .poll(
        () => {
          const isStill = upstream.seen.length === last
          last = upstream.seen.length
          return isStill && last > 0
        },
        { interval: 100 },
      )
      .toBe(true)
    expect(last).toBeLessThan(ASKED)
    drain()
    await new Promise((resolve) => setTimeout(resolve, 60))
    slow.socket.resume()
    await slow.untilClosed()
    expect(statusesOf(slow.text)).toHaveLength(ASKED)
    expect(slow.text.split('the end')).toHaveLength(ASKED + 1)
    expect((await stopped)?.cutRequests).toBe(0)
  })

  it('takes no further connection', async () => {
    const held = connect()
    held.send(get('/held'))
    await expect.poll(() => answers.size).toBe(1)
    drain()
    await expect
      .poll(async () => {
        const late = connect()
        await late.untilClosed().catch(() => {})
        return late.text === '' && late.isClosed
      })
      .toBe(true)
    answers.get('/held')?.()
    expect((await stopped)?.cutRequests).toBe(0)
    expect(held.text).toContain('answer to /held')
  })

  it('answers what comes on a connection in use, and then closes that', async () => {
    const client = connect()
    client.send(get('/stream'))
    await client.untilText('first')
    drain()
    await expect
      .poll(() => {
        const probe = connect()
        return new Promise<boolean>((resolve) => {
          probe.socket.on('error', () => resolve(true))
          probe.socket.on('connect', () => resolve(false))
        })
      })
      .toBe(true)
    client.send(get('/late'))
    answers.get('/stream')?.()
    await stopped
    expect(client.text).toContain('last')
    expect(gateway.entries.every(({ status }) => status === 200)).toBe(true)
  })

  it('cuts what is left at the deadline, counts it, and logs it', async () => {
    const held = connect()
    held.send(get('/held'))
    const stream = connect()
    stream.send(get('/stream'))
    await stream.untilText('first')
    await expect.poll(() => answers.size).toBe(2)
    drain(50)
    expect((await stopped)?.cutRequests).toBe(2)
    await Promise.all([held.untilClosed(), stream.untilClosed()])
    expect(gateway.entries.map(({ status, reason }) => [status, reason]).sort()).toEqual([
      [200, 'cut-by-stop'],
      [503, 'cut-by-stop'],
    ])
    await expect.poll(() => upstream.sockets.size).toBe(0)
  })
})

describe('a gateway that stops under load', () => {
  it('fails no request that it accepted', { timeout: 15_000 }, async () => {
    let answered = 0
    let refused = 0
    const broken: string[] = []
    let isStopping = false
    const load = Array.from({ length: 32 }, async (_, n) => {
      while (true) {
        const client = connect()
        try {
          await new Promise<void>((resolve, reject) => {
            client.socket.once('connect', resolve)
            client.socket.once('error', reject)
          })
        } catch {
          refused += 1
          return
        }
        for (let i = 0; ; i += 1) {
          const wanted = client.text.length
          client.send(
            n % 2 === 0
              ? get(`/${i}`)
              : `POST /${i} HTTP/1.1\r\n${HOST}Content-Length: 1000\r\n\r\n${'b'.repeat(1_000)}`,
          )
          await client.until(
            ({ text, isClosed }) => isClosed || /got \d+$/.test(text.slice(wanted)),
          )
          const text = client.text.slice(wanted)
          if (/got \d+$/.test(text)) answered += 1
          else if (!isStopping || text !== '') broken.push(text)
          if (text.toLowerCase().includes('connection: close') || client.isClosed) break
        }
        if (isStopping) return
      }
    })
    await expect.poll(() => answered).toBeGreaterThan(500)
    isStopping = true
    drain()
    expect((await stopped)?.cutRequests).toBe(0)
    await Promise.all(load)
    expect(broken).toEqual([])
    expect(refused).toBeGreaterThanOrEqual(0)
    expect(gateway.entries).toHaveLength(answered)
    expect(gateway.entries.filter(({ status }) => status !== 200)).toEqual([])
  })
})
