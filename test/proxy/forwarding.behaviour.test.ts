import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { configureService } from '../support/configure.ts'
import { isOneAnswer, sendRaw, statusOf } from '../support/raw-client.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import {
  deadPort,
  onEachHead,
  startRawUpstream,
  startUpstream,
  type TestUpstream,
} from '../support/test-upstream.ts'

let gateway: TestGateway
const upstreams: TestUpstream[] = []

beforeEach(async () => {
  gateway = await startTestGateway()
})

afterEach(async () => {
  await gateway.stop()
  await Promise.all(upstreams.splice(0).map((upstream) => upstream.close()))
  expect(gateway.logged).toEqual([])
})

async function withUpstream(upstream: Promise<TestUpstream>, options = {}): Promise<TestUpstream> {
  const started = await upstream
  upstreams.push(started)
  await configureService(gateway, started.port, options)
  return started
}

function get(path = '/', headers = ''): Promise<{ text: string; isClosed: boolean }> {
  return sendRaw(gateway.proxyPort, `GET ${path} HTTP/1.1\r\nHost: shop.test\r\n${headers}\r\n`, {
    until: isOneAnswer,
  })
}

/** A raw upstream that answers each request head with the same bytes. */
function answering(bytes: string, { ends = false } = {}): Promise<TestUpstream> {
  return startRawUpstream((socket) => {
    onEachHead(socket, () => {
      socket.write(Buffer.from(bytes, 'latin1'))
      if (ends) socket.end()
    })
  })
}

describe('what must not end the process or hang a client', () => {
  it('forwards a GET with a Trailer field without that field', async () => {
    const upstream = await withUpstream(startUpstream('v1'))
    const { text } = await get('/', 'Trailer: X-Checksum\r\n')
    expect(statusOf(text)).toBe(200)
    expect(upstream.seen[0]!.headers.trailer).toBeUndefined()
  })

  it('does not relay a reason phrase with a control byte', async () => {
    await withUpstream(answering('HTTP/1.1 200 O\x01K\r\nContent-Length: 2\r\n\r\nok'))
    const { text } = await get()
    expect([200, 502]).toContain(statusOf(text))
    expect(text).not.toContain('\x01')
  })

  it('replaces a custom reason phrase by the standard one', async () => {
    await withUpstream(answering('HTTP/1.1 200 Splendid\r\nContent-Length: 2\r\n\r\nok'))
    const { text } = await get()
    expect(text.split('\r\n')[0]).toBe('HTTP/1.1 200 OK')
  })

  it.each([
    [
      'an unasked 101',
      'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n',
    ],
    ['junk', 'hello, this is not HTTP\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc'],
    [
      'both framings',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a coding other than chunked', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc'],
    ['a head that is too large', `HTTP/1.1 200 OK\r\nX-Big: ${'a'.repeat(40_000)}\r\n\r\n`],
    ['an endless row of interim answers', 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(5_000)],
  ])('answers 502 with a JSON body to %s', async (_name, bytes) => {
    await withUpstream(answering(bytes), { service: { retries: 0 } })
    const { text } = await get()
    expect(statusOf(text)).toBe(502)
    expect(JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4))).toEqual({
      message: 'An invalid response was received from the upstream server',
      request_id: gateway.entries[0]!.requestId,
    })
    expect(gateway.entries.map((entry) => entry.status)).toEqual([502])
  })

  it('answers 502 when the upstream closes without a word', async () => {
    await withUpstream(
      startRawUpstream((socket) => onEachHead(socket, () => socket.destroy())),
      { service: { retries: 0 } },
    )
    expect(statusOf((await get()).text)).toBe(502)
  })

  it('answers 502 when nobody listens, after all tries', async () => {
    await configureService(gateway, await deadPort(), { service: { retries: 2 } })
    expect(statusOf((await get()).text)).toBe(502)
    expect(gateway.entries[0]).toMatchObject({ tries: 3, reason: 'refused', status: 502 })
  })

  it('answers 503 when the name does not resolve', async () => {
    await configureService(gateway, 80, { service: { host: 'nowhere.invalid', retries: 0 } })
    const { text } = await get()
    expect(statusOf(text)).toBe(503)
    expect(text).toContain('name resolution failed')
  })

  it('answers 504 when the upstream stays silent for read_timeout', async () => {
    await withUpstream(
      startRawUpstream((socket) => socket.resume()),
      { service: { read_timeout: 60, retries: 0 } },
    )
    const { text } = await get()
    expect(statusOf(text)).toBe(504)
    expect(text).toContain('The upstream server is timing out')
  })
})

describe('an answer that is cut after its head', () => {
  it.each([
    ['short of its length', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'],
    ['without its last chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n'],
  ])('closes the client connection instead of faking an end: %s', async (_name, bytes) => {
    await withUpstream(answering(bytes, { ends: true }))
    const { text, isClosed } = await sendRaw(gateway.proxyPort, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    expect(isClosed).toBe(true)
    expect(statusOf(text)).toBe(200)
    expect(text).not.toContain('\r\n0\r\n\r\n')
    expect(gateway.entries[0]).toMatchObject({ status: 200, reason: 'truncated' })
  })

  it('cuts an answer that stalls in its body for read_timeout', async () => {
    await withUpstream(answering('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'), {
      service: { read_timeout: 60 },
    })
    const { isClosed } = await sendRaw(gateway.proxyPort, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    expect(isClosed).toBe(true)
    expect(gateway.entries[0]).toMatchObject({ reason: 'read-timeout' })
  })
})

describe('pooled upstream connections', () => {
  it('never hand unasked bytes to the next request', async () => {
    let connections = 0
    await withUpstream(
      startRawUpstream((socket) => {
        connections += 1
        onEachHead(socket, () => {
          socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
          socket.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison')
        })
      }),
    )
    for (let i = 0; i < 20; i += 1) {
      const { text } = await get()
      expect(text.endsWith('\r\n\r\nok')).toBe(true)
    }
    expect(connections).toBe(20)
  })

  it('are not reused when the loop was stalled while unasked bytes arrived', async () => {
    await withUpstream(
      startRawUpstream((socket) => {
        onEachHead(socket, () => {
          socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', () => {
            setTimeout(() => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison'), 5)
          })
        })
      }),
    )
    const answers: string[] = []
    const { default: http } = await import('node:http')
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    const ask = () =>
      new Promise<string>((resolve, reject) => {
        http
          .get({ port: gateway.proxyPort, agent }, (answer) => {
            let body = ''
            answer.setEncoding('latin1')
            answer.on('data', (chunk: string) => {
              body += chunk
            })
            answer.on('end', () => resolve(body))
          })
          .on('error', reject)
      })
    for (let i = 0; i < 10; i += 1) {
      answers.push(await ask())
      const stall = performance.now() + 15
      while (performance.now() < stall);
    }
    agent.destroy()
    expect(new Set(answers)).toEqual(new Set(['ok']))
  })

  it('are reused for requests in a row', async () => {
    const upstream = await withUpstream(startUpstream('v1'))
    for (let i = 0; i < 5; i += 1) await get()
    expect(upstream.sockets.size).toBe(1)
  })

  it('serve a GET on a fresh connection when the pooled one was closed under it', async () => {
    let served = 0
    await withUpstream(
      startRawUpstream((socket) => {
        let onThisSocket = 0
        onEachHead(socket, () => {
          onThisSocket += 1
          if (onThisSocket > 1) socket.destroy()
          else {
            served += 1
            socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
          }
        })
      }),
    )
    for (let i = 0; i < 5; i += 1) expect(statusOf((await get()).text)).toBe(200)
    expect(served).toBe(5)
  })
})

describe('bodies', () => {
  const post = (head: string, body: string) =>
    sendRaw(gateway.proxyPort, `POST /in HTTP/1.1\r\nHost: a\r\n${head}\r\n${body}`, {
      until: isOneAnswer,
    })

  it('arrive with the length they were sent with', async () => {
    const upstream = await withUpstream(startUpstream('v1'))
    await post('Content-Length: 5\r\n', 'hello')
    expect(upstream.seen[0]).toMatchObject({ body: 'hello', headers: { 'content-length': '5' } })
  })

  it('arrive chunked when they were chunked, without extensions and trailers', async () => {
    const upstream = await withUpstream(startUpstream('v1'))
    await post('Transfer-Encoding: chunked\r\n', '5;ext=1\r\nhello\r\n0\r\nX-Trailer: 1\r\n\r\n')
    expect(upstream.seen[0]).toMatchObject({
      body: 'hello',
      headers: { 'transfer-encoding': 'chunked' },
    })
    expect(JSON.stringify(upstream.seen[0])).not.toContain('railer')
  })

  it.each(['DELETE', 'OPTIONS', 'GET'])('of %s are framed when chunked', async (method) => {
    const upstream = await withUpstream(startUpstream('v1'))
    await sendRaw(
      gateway.proxyPort,
      `${method} / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`,
      { until: isOneAnswer },
    )
    expect(upstream.seen).toHaveLength(1)
    expect(upstream.seen[0]).toMatchObject({ method, body: 'abc' })
    expect(upstream.seen[0]!.headers['content-length']).toBeUndefined()
  })

  it('that a client cuts short never look complete to the upstream', async () => {
    const upstream = await withUpstream(startUpstream('v1'))
    await sendRaw(
      gateway.proxyPort,
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc',
      {
        quietMs: 100,
      },
    )
    await expect.poll(() => gateway.entries.length).toBe(1)
    await expect.poll(() => upstream.sockets.size).toBe(0)
    expect(upstream.seen).toEqual([])
    expect(gateway.entries[0]).toMatchObject({ status: 499, reason: 'client-left' })
  })

  it('wait for the upstream to say 100 when the client asked to', async () => {
    const upstream = await withUpstream(startUpstream('v1'))
    const { text } = await sendRaw(
      gateway.proxyPort,
      'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n',
      { until: (answer) => answer.endsWith('v1') },
    )
    expect(text.startsWith('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK')).toBe(true)
    expect(upstream.seen[0]!.headers.expect).toBe('100-continue')
  })

  it('are not read on when the upstream answers early; the answer is relayed', async () => {
    await withUpstream(
      answering(
        'HTTP/1.1 413 Payload Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig',
      ),
    )
    const { text, isClosed } = await sendRaw(
      gateway.proxyPort,
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nabc',
    )
    expect(statusOf(text)).toBe(413)
    expect(text.endsWith('big')).toBe(true)
    expect(isClosed).toBe(true)
  })

  it.each(['204 No Content', '304 Not Modified'])('are absent after %s', async (status) => {
    await withUpstream(answering(`HTTP/1.1 ${status}\r\nX-Mark: 1\r\n\r\n`))
    const { text } = await sendRaw(gateway.proxyPort, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', {
      until: (answer) => answer.includes('\r\n\r\n'),
    })
    expect(text.endsWith('\r\n\r\n')).toBe(true)
    expect(text).toContain('X-Mark: 1')
  })
})

describe('a client that leaves', () => {
  it('cancels the request to the upstream', async () => {
    const upstream = await withUpstream(startRawUpstream((socket) => socket.resume()))
    const leaving = sendRaw(gateway.proxyPort, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', { quietMs: 50 })
    await expect.poll(() => upstream.sockets.size).toBe(1)
    await leaving
    await expect.poll(() => upstream.sockets.size).toBe(0)
    expect(gateway.entries[0]).toMatchObject({ status: 499, reason: 'client-left' })
  })
})
