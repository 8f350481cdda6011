import type { Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { configureService } from '../support/configure.ts'
import { RawConnection, statusesOf } from '../support/raw-connection.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import { onEachHead, startRawUpstream, type TestUpstream } from '../support/test-upstream.ts'

let gateway: TestGateway
let upstream: TestUpstream
/** What the upstream does with each request head. */
let answer: (socket: Socket, head: string) => void

beforeAll(async () => {
  gateway = await startTestGateway()
  upstream = await startRawUpstream((socket) => {
    socket.setNoDelay(true)
    onEachHead(socket, (head) => answer(socket, head))
  })
  await configureService(gateway, upstream.port, { service: { retries: 0 } })
})

afterAll(async () => {
  await gateway.stop()
  await upstream.close()
})

beforeEach(() => {
  gateway.entries.length = 0
})

afterEach(async () => {
  await expect.poll(() => gateway.node.requestsInFlight()).toBe(0)
  expect(gateway.logged).toEqual([])
})

const GET = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'

/** The whole answer to a request on a connection of its own, once the connection is closed. */
async function ask(request = GET): Promise<string> {
  const client = new RawConnection(gateway.proxyPort)
  client.send(request)
  await client.untilClosed()
  client.destroy()
  return client.text
}

function bodyOf(text: string): string {
  return text.slice(text.indexOf('\r\n\r\n') + 4)
}

/** A chunked body without its framing; null when it has no end. */
function dechunk(body: string): string | null {
  let content = ''
  let rest = body
  while (true) {
    const [, digits = ''] = /^([0-9a-f]+)\r\n/i.exec(rest) ?? []
    if (digits === '') return null
    const size = Number.parseInt(digits, 16)
    const start = digits.length + 2
    if (size === 0) return rest.slice(start) === '\r\n' ? content : null
    content += rest.slice(start, start + size)
    rest = rest.slice(start + size + 2)
  }
}

const BODY = 'b'.repeat(100)
const SIZED = `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Filler: ${'f'.repeat(110)}\r\nContent-Length: 100\r\n\r\n${BODY}`
const CHUNKED = `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Filler: ${'f'.repeat(90)}\r\nTransfer-Encoding: chunked\r\n\r\n32\r\n${'b'.repeat(50)}\r\n32\r\n${'b'.repeat(50)}\r\n0\r\n\r\n`
const UNTIL_CLOSE = `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n${BODY}`

describe.each([
  ['with a length', SIZED],
  ['in chunks', CHUNKED],
])('an answer of about 300 bytes %s', (_name, bytes) => {
  it('is a 502 or a cut connection when it ends at any byte, and never looks complete', async () => {
    const headEnd = bytes.indexOf('\r\n\r\n') + 4
    const results = await Promise.all(
      Array.from({ length: bytes.length }, async (_, cut) => {
        answer = (socket, head) => {
          const wanted = Number(/GET \/(\d+)/.exec(head)?.[1])
          socket.end(bytes.slice(0, wanted), 'latin1')
        }
        return { cut, text: await ask(GET.replace('GET /', `GET /${cut}`)) }
      }),
    )
    for (const { cut, text } of results) {
      if (cut < headEnd) {
        expect([cut, statusesOf(text)]).toEqual([cut, [502]])
        expect(JSON.parse(bodyOf(text))).toHaveProperty('request_id')
      } else {
        expect([cut, statusesOf(text)]).toEqual([cut, [200]])
        const body = bodyOf(text)
        if (bytes === SIZED) expect(body).toBe(BODY.slice(0, cut - headEnd))
        else expect([cut, dechunk(body)]).toEqual([cut, null])
      }
    }
    expect(gateway.entries).toHaveLength(bytes.length)
    const truncated = gateway.entries.filter(({ reason }) => reason === 'truncated')
    expect(truncated).toHaveLength(bytes.length - headEnd)
  })

  it('arrives whole when each byte comes in a write of its own', async () => {
    answer = (socket) => {
      const writeFrom = (index: number) => {
        if (index === bytes.length) return
        socket.write(bytes.charAt(index), 'latin1', () => setImmediate(writeFrom, index + 1))
      }
      writeFrom(0)
    }
    const text = await ask()
    expect(statusesOf(text)).toEqual([200])
    expect(bytes === SIZED ? bodyOf(text) : dechunk(bodyOf(text))).toBe(BODY)
  })

  it.each(['HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nPOISON', 'bad', '\0', '\r\n'])(
    'arrives whole in one write, and without the bytes behind it: %j',
    async (behind) => {
      answer = (socket) => socket.write(`${bytes}${behind}`)
      for (let i = 0; i < 10; i += 1) {
        const text = await ask()
        expect(statusesOf(text)).toEqual([200])
        expect(text).not.toContain('POISON')
        expect(bytes === SIZED ? bodyOf(text) : dechunk(bodyOf(text))).toBe(BODY)
      }
    },
  )
})

describe('an answer that ends with its connection', () => {
  beforeEach(() => {
    answer = (socket, head) => {
      if (head.includes('/reset')) {
        socket.write(UNTIL_CLOSE, 'latin1', () => setTimeout(() => socket.resetAndDestroy(), 20))
      } else {
        socket.end(UNTIL_CLOSE, 'latin1')
      }
    }
  })

  it('is passed on in chunks', async () => {
    expect(dechunk(bodyOf(await ask()))).toBe(BODY)
  })

  it('is cut when the connection is reset', async () => {
    const text = await ask(GET.replace('/', '/reset'))
    expect(dechunk(bodyOf(text))).toBeNull()
  })

  it('ends with the connection of an HTTP/1.0 client as well', async () => {
    const text = await ask('GET / HTTP/1.0\r\n\r\n')
    expect(text.toLowerCase()).not.toContain('chunked')
    expect(bodyOf(text)).toBe(BODY)
  })

  it.each([
    ['in its last chunk', `${CHUNKED.slice(0, -5)}`],
    ['short of its length', SIZED.slice(0, -1)],
  ])('resets the connection of an HTTP/1.0 client when it is cut %s', async (_name, bytes) => {
    answer = (socket) => socket.end(bytes, 'latin1')
    const client = new RawConnection(gateway.proxyPort)
    let error: NodeJS.ErrnoException | null = null
    client.socket.on('error', (reset) => {
      error = reset
    })
    client.send('GET / HTTP/1.0\r\n\r\n')
    await client.untilClosed()
    await expect.poll(() => error?.code).toBe('ECONNRESET')
    expect(gateway.entries[0]).toMatchObject({ reason: 'truncated' })
  })
})

describe('an answer that has no body', () => {
  const keepAlive = (method: string) => `${method} / HTTP/1.1\r\nHost: a\r\n\r\n`

  it.each([
    ['HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'],
    ['HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nbody!'],
    ['HEAD', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbody!\r\n0\r\n\r\n'],
    ['HEAD', 'HTTP/1.1 404 Not Found\r\n\r\n'],
    ['GET', 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nbody!'],
    ['GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nbody!'],
    ['GET', 'HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbody!\r\n0\r\n\r\n'],
  ])('%s, answered %j, leaves the client connection in step', async (method, bytes) => {
    answer = (socket, head) => {
      socket.write(
        head.startsWith('PUT')
          ? 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnext'
          : Buffer.from(bytes, 'latin1'),
      )
    }
    const client = new RawConnection(gateway.proxyPort)
    client.send(keepAlive(method))
    await client.untilText('\r\n\r\n')
    expect(client.text.endsWith('\r\n\r\n')).toBe(true)
    client.send(keepAlive('PUT'))
    await client.untilText('next')
    expect(client.text).not.toContain('body!')
    expect(statusesOf(client.text)).toHaveLength(2)
    client.destroy()
  })

  it('keeps the length that HEAD asks about, and says none with 204', async () => {
    answer = (socket, head) =>
      socket.write(
        head.startsWith('HEAD')
          ? 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'
          : 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n',
      )
    expect(await ask(GET.replace('GET', 'HEAD'))).toContain('Content-Length: 5')
    const noContent = (await ask()).toLowerCase()
    expect(noContent).not.toMatch(/content-length|transfer-encoding/)
  })
})

describe('the head of an answer', () => {
  it('is passed on byte by byte, also when it comes long before its body', async () => {
    const client = new RawConnection(gateway.proxyPort)
    answer = (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nX-Bytes: \xe4\xff\r\nContent-Length: 2\r\n\r\n', 'latin1')
      client
        .until(({ text }) => text.endsWith('\r\n\r\n'))
        .then(
          () => socket.write('ok'),
          () => {},
        )
    }
    client.send(GET)
    await client.untilClosed()
    expect(client.text).toContain('X-Bytes: \xe4\xff\r\n')
    expect(bodyOf(client.text)).toBe('ok')
  })

  it('may be as long as that of a request', async () => {
    const fields = Array.from({ length: 30 }, (_, i) => `X-${i}: ${'v'.repeat(1000)}\r\n`).join('')
    answer = (socket) => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n${fields}\r\nok`)
    expect(bodyOf(await ask())).toBe('ok')
    answer = (socket) =>
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n${fields}${fields}\r\nok`)
    expect(statusesOf(await ask())).toEqual([502])
  })

  it('goes to the client before its body comes', async () => {
    let socketOfUpstream: Socket | null = null
    answer = (socket) => {
      socketOfUpstream = socket
      socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n')
      socket.write('Transfer-Encoding: chunked\r\n\r\n')
    }
    const client = new RawConnection(gateway.proxyPort)
    client.send(GET)
    await client.untilText('text/event-stream')
    ;(socketOfUpstream as Socket | null)?.write('3\r\nabc\r\n0\r\n\r\n')
    await client.untilClosed()
    expect(dechunk(bodyOf(client.text))).toBe('abc')
  })
})

describe('interim answers', () => {
  it('are kept from the client, up to sixteen of them', async () => {
    answer = (socket) =>
      socket.write(
        `${'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'.repeat(8)}${'HTTP/1.1 100 Continue\r\n\r\n'.repeat(8)}${SIZED}`,
      )
    const text = await ask()
    expect(statusesOf(text)).toEqual([200])
    expect(bodyOf(text)).toBe(BODY)
  })

  it('may be followed by a connection that is cut, which is a 502', async () => {
    answer = (socket) => socket.end('HTTP/1.1 103 Early Hints\r\n\r\n')
    expect(statusesOf(await ask())).toEqual([502])
  })
})

describe('an answer that is not right', () => {
  it.each([
    ['an unknown version', 'HTTP/3.0 200 OK\r\nContent-Length: 0\r\n\r\n'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n'],
    ['a status below 100', 'HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n'],
    ['a 101 that names no protocol', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
    ['a status of four digits', 'HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n'],
    ['a folded field', 'HTTP/1.1 200 OK\r\nX-A: 1\r\n 2\r\nContent-Length: 0\r\n\r\n'],
    ['a control byte in a field', 'HTTP/1.1 200 OK\r\nX-A: \x01\r\nContent-Length: 0\r\n\r\n'],
    ['a space in a field name', 'HTTP/1.1 200 OK\r\nX A: 1\r\nContent-Length: 0\r\n\r\n'],
    ['a negative length', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'],
    ['a length beyond counting', 'HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n'],
    ['two equal lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n'],
    ['chunked twice', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n'],
    ['a request', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['TLS', '\x15\x03\x01\x00\x02\x02\x28'],
  ])('is a 502, asked for once: %s', async (_name, bytes) => {
    let asked = 0
    answer = (socket) => {
      asked += 1
      socket.write(Buffer.from(bytes, 'latin1'))
    }
    await gateway.admin('PATCH', '/services/shop', { retries: 5 })
    const text = await ask()
    await gateway.admin('PATCH', '/services/shop', { retries: 0 })
    expect(statusesOf(text)).toEqual([502])
    expect(asked).toBe(1)
    expect(gateway.entries).toMatchObject([{ status: 502, reason: 'malformed', tries: 1 }])
  })

  it('is cut when a chunk size is not a number', async () => {
    answer = (socket) =>
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nxyz\r\n')
    const text = await ask()
    expect(statusesOf(text)).toEqual([200])
    expect(dechunk(bodyOf(text))).toBeNull()
    expect(gateway.entries).toMatchObject([{ reason: 'truncated' }])
  })
})
