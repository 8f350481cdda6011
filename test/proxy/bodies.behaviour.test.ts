import type { Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { configureService } from '../support/configure.ts'
import { RawConnection, statusesOf } from '../support/raw-connection.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import {
  onEachHead,
  startRawUpstream,
  startUpstream,
  type TestUpstream,
} from '../support/test-upstream.ts'

let gateway: TestGateway
let upstream: TestUpstream
let client: RawConnection

beforeEach(async () => {
  gateway = await startTestGateway()
})

afterEach(async () => {
  client.destroy()
  await expect.poll(() => gateway.node.requestsInFlight()).toBe(0)
  await gateway.stop()
  await upstream.close()
  expect(gateway.logged).toEqual([])
})

/** Puts the gateway in front of an upstream, and opens a connection to it. */
async function serve(started: Promise<TestUpstream>, service = {}): Promise<void> {
  upstream = await started
  await configureService(gateway, upstream.port, { service })
  client = new RawConnection(gateway.proxyPort)
}

const post = (fields: string, method = 'POST') => `${method} / HTTP/1.1\r\nHost: a\r\n${fields}\r\n`
const NEXT = 'GET /next HTTP/1.1\r\nHost: a\r\n\r\n'
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

describe('a client that waits for 100 before it sends its body', () => {
  const EXPECT = 'Expect: 100-continue\r\nContent-Length: 5\r\n'

  it('is told so by the upstream, and its body then arrives', async () => {
    await serve(startUpstream('v1'))
    client.send(post(EXPECT))
    await client.untilText('HTTP/1.1 100 Continue\r\n\r\n')
    expect(upstream.seen).toEqual([])
    client.send('hello')
    await client.untilText('v1')
    expect(statusesOf(client.text)).toEqual([100, 200])
    expect(upstream.seen[0]).toMatchObject({ body: 'hello', headers: { expect: '100-continue' } })
  })

  it('leaves its connection to the upstream to the next request', async () => {
    await serve(
      startRawUpstream((socket) => {
        let answers = 0
        // The end of the chunks looks like a head as well.
        onEachHead(socket, (head) => {
          if (head.includes('100-continue')) {
            socket.write('HTTP/1.1 100 Continue\r\n\r\n')
            return
          }
          answers += 1
          socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${answers}`)
        })
      }),
    )
    client.send(post('Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n'))
    await client.untilText(' 100 ')
    client.send('0\r\n\r\n')
    await client.untilText('\r\n\r\n1')
    client.send(NEXT)
    await client.untilText('\r\n\r\n2')
  })

  it('has its fields passed on byte by byte', async () => {
    await serve(startUpstream('v1'))
    client.send(`${post(`${EXPECT}X-Bytes: \xe4\xff\r\n`)}hello`)
    await client.untilText('v1')
    expect(upstream.seen[0]!.headers['x-bytes']).toBe('\xe4\xff')
  })

  it('may lose its patience and send the body unasked', async () => {
    await serve(
      startRawUpstream((socket) => {
        let text = ''
        socket.on('data', (chunk) => {
          text += chunk.toString('latin1')
          if (text.endsWith('hello')) socket.write(OK)
        })
      }),
    )
    client.send(post(EXPECT))
    await expect.poll(() => upstream.sockets.size).toBe(1)
    client.send('hello')
    await client.untilText('ok')
    expect(statusesOf(client.text)).toEqual([200])
  })

  it('may send a chunked body at once, and the connection stays in step', async () => {
    await serve(startUpstream('v1'))
    client.send(
      `${post('Expect: 100-Continue\r\nTransfer-Encoding: chunked\r\n')}5\r\nhello\r\n0\r\n\r\n`,
    )
    await client.untilText('v1')
    client.send(NEXT)
    await client.until(({ text }) => text.split('v1').length === 3)
    expect(upstream.seen.map(({ body }) => body)).toEqual(['hello', ''])
  })

  it('gets a final answer in place of the 100, and its connection is closed', async () => {
    await serve(
      startRawUpstream((socket) =>
        onEachHead(socket, () =>
          socket.write('HTTP/1.1 413 Payload Too Large\r\nContent-Length: 3\r\n\r\nbig'),
        ),
      ),
    )
    client.send(post(EXPECT))
    await client.untilText('big')
    expect(client.text.toLowerCase()).toContain('connection: close')
    client.send(NEXT)
    await client.untilClosed()
    expect(statusesOf(client.text)).toEqual([413])
    await expect.poll(() => upstream.sockets.size).toBe(0)
  })

  it('gets a refusal of the gateway in place of the 100, and its connection is closed', async () => {
    await serve(startUpstream('v1'), { enabled: false })
    client.send(post(EXPECT))
    await client.untilText('no Route matched')
    expect(client.text.toLowerCase()).toContain('connection: close')
    expect(statusesOf(client.text)).toEqual([404])
  })

  it('gets none on HTTP/1.0', async () => {
    await serve(startUpstream('v1'))
    client.send('POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello')
    await client.untilClosed()
    expect(statusesOf(client.text)).toEqual([200])
    expect(upstream.seen[0]!.headers.expect).toBeUndefined()
  })

  it('gets one each when it pipelines two', async () => {
    await serve(startUpstream('v1'))
    client.send(`${post(EXPECT)}hello${post(EXPECT)}again`)
    await client.until(({ text }) => text.split('v1').length === 3)
    expect(statusesOf(client.text).filter((status) => status === 200)).toHaveLength(2)
    expect(upstream.seen.map(({ body }) => body)).toEqual(['hello', 'again'])
  })
})

describe('an answer that comes before the body has been sent', () => {
  /** Answers each head at once with these bytes; reads no body when `reads` is false. */
  const answeringHeads = (bytes: string, { reads = true } = {}) =>
    startRawUpstream((socket) => {
      socket.once('data', () => {
        socket.write(bytes)
        if (!reads) socket.pause()
      })
    })

  it('starts when the upstream says so, while the body is on its way', async () => {
    let body = ''
    await serve(
      startRawUpstream((socket) => {
        socket.once('data', () => {
          socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
          socket.on('data', (chunk) => {
            body += chunk.toString('latin1')
            socket.write(`${chunk.length.toString(16)}\r\n${chunk.toString('latin1')}\r\n`)
            if (body.endsWith('end')) socket.write('0\r\n\r\n')
          })
        })
      }),
    )
    client.send(post('Content-Length: 9\r\n'))
    await client.untilText('200 OK')
    client.send('abc')
    await client.untilText('abc')
    client.send('defend')
    await client.untilText('0\r\n\r\n')
    expect(body).toBe('abcdefend')
    client.send(NEXT)
    await expect.poll(() => gateway.entries.length).toBe(1)
    expect(gateway.entries[0]).toMatchObject({ status: 200, reason: null })
  })

  it('is passed on to a client that sends everything before it reads', async () => {
    await serve(answeringHeads('HTTP/1.1 413 No\r\nContent-Length: 3\r\n\r\nbig', { reads: false }))
    const size = 20_000_000
    client.socket.pause()
    client.send(post(`Content-Length: ${size}\r\n`))
    await new Promise((resolve) => client.socket.write(Buffer.alloc(size), resolve))
    client.socket.resume()
    await client.untilClosed()
    expect(statusesOf(client.text)).toEqual([413])
    expect(client.text.endsWith('big')).toBe(true)
    for (const socket of upstream.sockets) socket.resume()
    await expect.poll(() => upstream.sockets.size).toBe(0)
  })

  it('leaves the connection in step when it was a 200 and the body is sent all the same', async () => {
    await serve(answeringHeads(OK))
    client.send(post('Content-Length: 10\r\n'))
    await client.untilText('ok')
    client.send(`0123456789${NEXT}`)
    await client.until(({ text }) => text.split('ok').length === 3)
    expect(statusesOf(client.text)).toEqual([200, 200])
  })

  it.each([200, 413])('is not lost when the upstream closes behind it: %i', async (status) => {
    await serve(
      startRawUpstream((socket) => {
        socket.once('data', () => {
          socket.end(`HTTP/1.1 ${status} Early\r\nContent-Length: 3\r\n\r\nend`)
          socket.pause()
        })
      }),
      { retries: 0 },
    )
    for (let i = 0; i < 20; i += 1) {
      const uploader = new RawConnection(gateway.proxyPort)
      uploader.send(post('Content-Length: 1000000\r\n'))
      uploader.socket.write(Buffer.alloc(1_000_000))
      await uploader.untilText('end')
      expect(statusesOf(uploader.text)).toEqual([status])
      uploader.destroy()
    }
  })
})

describe('a request whose upstream fails while the body is on its way', () => {
  it('gets a 502, and the connection is in step for the next one', async () => {
    await serve(
      startRawUpstream((socket) =>
        socket.once('data', (chunk) => {
          if (chunk.toString('latin1').startsWith('GET')) socket.write(OK)
          else socket.destroy()
        }),
      ),
    )
    client.send(`${post('Content-Length: 10\r\n')}01234`)
    await client.untilText('An invalid response')
    client.send(`56789${NEXT}`)
    await client.untilText('ok')
    expect(statusesOf(client.text)).toEqual([502, 200])
    expect(gateway.entries.map(({ tries }) => tries)).toEqual([1, 1])
  })

  it('is cut off when its body is broken, which the upstream never takes for its end', async () => {
    const received: string[] = []
    await serve(
      startRawUpstream((socket) => socket.on('data', (chunk) => received.push(String(chunk)))),
    )
    client.send(`${post('Transfer-Encoding: chunked\r\n')}3\r\nabc\r\n`)
    await expect.poll(() => received.join('')).toContain('abc')
    client.send('zz\r\n')
    await client.untilClosed()
    expect(statusesOf(client.text)).toEqual([400])
    await expect.poll(() => upstream.sockets.size).toBe(0)
    expect(received.join('')).not.toContain('0\r\n\r\n')
    expect(gateway.entries).toMatchObject([{ status: 400, reason: 'client-malformed' }])
  })

  it.each([
    ['chunk extensions', `3;${'e'.repeat(20_000)}\r\n`, 413],
    ['trailers', `0\r\n${'X-T: 0123456789\r\n'.repeat(4_000)}\r\n`, 431],
  ])('is refused for too long %s', async (_name, bytes, status) => {
    await serve(startRawUpstream((socket) => socket.resume()))
    client.send(`${post('Transfer-Encoding: chunked\r\n')}3\r\nabc\r\n`)
    await expect.poll(() => upstream.sockets.size).toBe(1)
    client.send(bytes)
    await client.untilClosed()
    expect(statusesOf(client.text)).toEqual([status])
    expect(gateway.entries).toMatchObject([{ status }])
  })
})

describe('a request without a body', () => {
  it.each([
    ['GET', undefined],
    ['HEAD', undefined],
    ['DELETE', undefined],
    ['OPTIONS', undefined],
    ['POST', '0'],
    ['PUT', '0'],
    ['PATCH', '0'],
  ])('has none for the upstream either: %s', async (method, length) => {
    await serve(startUpstream('v1'))
    client.send(post('', method))
    await expect.poll(() => gateway.entries.length).toBe(1)
    const { headers, body } = upstream.seen[0]!
    expect([headers['content-length'], headers['transfer-encoding'], body]).toEqual([
      length,
      undefined,
      '',
    ])
  })
})

describe('a head whose body takes its time', () => {
  it('reaches the upstream before the body does', async () => {
    const heads: string[] = []
    await serve(startRawUpstream((socket) => onEachHead(socket, (head) => heads.push(head))))
    client.send(post('Content-Length: 10\r\n'))
    await expect.poll(() => heads.length).toBe(1)
  })
})

describe('the slower side sets the pace', () => {
  const CHUNK = Buffer.alloc(64 * 1024, 'x')
  const TOTAL = 200_000_000

  /** Writes as fast as it is taken; counts what was handed over. */
  function pour(socket: Socket, counter: { bytes: number }): void {
    const more = () => {
      while (counter.bytes < TOTAL) {
        counter.bytes += CHUNK.length
        if (!socket.write(CHUNK)) return
      }
    }
    socket.on('drain', more)
    more()
  }

  /** Waits until a counter has not moved for five looks in a row. */
  async function untilStill(counter: { bytes: number }): Promise<number> {
    let last = -1
    let looks = 0
    await expect
      .poll(
        () => {
          looks = counter.bytes === last ? looks + 1 : 0
          last = counter.bytes
          return looks
        },
        { interval: 40, timeout: 5_000 },
      )
      .toBeGreaterThanOrEqual(5)
    return counter.bytes
  }

  it('in a download: a client that stops reading stops the upstream', async () => {
    const sent = { bytes: 0 }
    await serve(
      startRawUpstream((socket) =>
        onEachHead(socket, () => {
          socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${TOTAL}\r\n\r\n`)
          pour(socket, sent)
        }),
      ),
    )
    const before = process.memoryUsage()
    client.socket.pause()
    client.send(NEXT)
    await expect.poll(() => sent.bytes).toBeGreaterThan(0)
    expect(await untilStill(sent)).toBeLessThan(TOTAL / 4)
    const { external, heapUsed } = process.memoryUsage()
    expect(external + heapUsed - before.external - before.heapUsed).toBeLessThan(20_000_000)
  })

  it('in an upload: an upstream that stops reading stops the client', async () => {
    const sent = { bytes: 0 }
    await serve(startRawUpstream((socket) => socket.pause()))
    client.send(post(`Content-Length: ${TOTAL}\r\n`))
    pour(client.socket, sent)
    expect(await untilStill(sent)).toBeLessThan(TOTAL / 4)
    for (const socket of upstream.sockets) socket.destroy()
  })

  it('and everything arrives when it takes its time', async () => {
    const size = 30_000_000
    let received = 0
    await serve(
      startUpstream('v1', (_request, response) => {
        response.setHeader('content-length', size)
        response.end(Buffer.alloc(size, 'y'))
      }),
    )
    client.send(NEXT)
    client.socket.removeAllListeners('data')
    const { promise, resolve } = Promise.withResolvers<void>()
    client.socket.on('data', (chunk) => {
      received += chunk.length
      if (received >= size) resolve()
      client.socket.pause()
      setTimeout(() => client.socket.resume(), received % 7 === 0 ? 2 : 0)
    })
    await promise
    await expect.poll(() => gateway.entries).toMatchObject([{ status: 200, reason: null }])
  })
})
