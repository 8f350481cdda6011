import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { configureService } from '../support/configure.ts'
import { isOneAnswer, sendRaw, statusOf } from '../support/raw-client.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import { startUpstream, type TestUpstream } from '../support/test-upstream.ts'

let gateway: TestGateway
let upstream: TestUpstream

beforeAll(async () => {
  gateway = await startTestGateway()
  upstream = await startUpstream('v1')
  await configureService(gateway, upstream.port)
})

afterAll(async () => {
  await gateway.stop()
  await upstream.close()
})

beforeEach(() => {
  upstream.seen.length = 0
})

const HOST = 'Host: shop.test\r\n'
const GOOD = `GET /after HTTP/1.1\r\n${HOST}\r\n`

/** Name, bytes, status. Sources: reliability.md sections 2 and 3; RFC 9112 sections 2, 3, 5, 6. */
const REFUSED: readonly (readonly [string, string, number])[] = [
  ['a request line without version', `GET /\r\n${HOST}\r\n`, 400],
  ['HTTP/2.0 in HTTP/1 form', `GET / HTTP/2.0\r\n${HOST}\r\n`, 505],
  ['the HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['TLS bytes', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
  ['garbage', 'what is this\r\n\r\n', 400],
  ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400],
  ['two Hosts', `GET / HTTP/1.1\r\n${HOST}Host: other.test\r\n\r\n`, 400],
  ['two equal Hosts', `GET / HTTP/1.1\r\n${HOST}${HOST}\r\n`, 400],
  ['a Host with a path', 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n', 400],
  ['a Host with user information', 'GET / HTTP/1.1\r\nHost: u@a\r\n\r\n', 400],
  [
    'both framings',
    `POST / HTTP/1.1\r\n${HOST}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    400,
  ],
  [
    'two lengths',
    `POST / HTTP/1.1\r\n${HOST}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`,
    400,
  ],
  ['a signed length', `POST / HTTP/1.1\r\n${HOST}Content-Length: +3\r\n\r\nabc`, 400],
  ['a hexadecimal length', `POST / HTTP/1.1\r\n${HOST}Content-Length: 0x3\r\n\r\nabc`, 400],
  [
    'an overflowing length',
    `POST / HTTP/1.1\r\n${HOST}Content-Length: 99999999999999999999\r\n\r\n`,
    400,
  ],
  [
    'a list of codings',
    `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
    400,
  ],
  [
    'chunked on HTTP/1.0',
    `POST / HTTP/1.0\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    400,
  ],
  ['a folded field', `GET / HTTP/1.1\r\n${HOST}X-A: 1\r\n 2\r\n\r\n`, 400],
  ['a bare LF in a field', `GET / HTTP/1.1\r\n${HOST}X-A: 1\nX-B: 2\r\n\r\n`, 400],
  ['NUL in a field', `GET / HTTP/1.1\r\n${HOST}X-A: \0\r\n\r\n`, 400],
  ['a space before the colon', `GET / HTTP/1.1\r\n${HOST}X-A : 1\r\n\r\n`, 400],
  ['an empty field name', `GET / HTTP/1.1\r\n${HOST}: 1\r\n\r\n`, 400],
  ['TRACE', `TRACE / HTTP/1.1\r\n${HOST}\r\n`, 405],
  ['CONNECT', 'CONNECT shop.test:443 HTTP/1.1\r\nHost: shop.test:443\r\n\r\n', 405],
  ['a * target with GET', `GET * HTTP/1.1\r\n${HOST}\r\n`, 400],
  ['a target without slash', `GET shop HTTP/1.1\r\n${HOST}\r\n`, 400],
  ['an absolute target of another host', `GET http://evil.test/ HTTP/1.1\r\n${HOST}\r\n`, 400],
  [
    'an absolute target of another scheme',
    'GET ftp://shop.test/ HTTP/1.1\r\nHost: shop.test\r\n\r\n',
    400,
  ],
  ['a broken percent escape', `GET /%zz HTTP/1.1\r\n${HOST}\r\n`, 400],
  ['an encoded NUL', `GET /a%00b HTTP/1.1\r\n${HOST}\r\n`, 400],
  ['an unknown expectation', `GET / HTTP/1.1\r\n${HOST}Expect: miracles\r\n\r\n`, 417],
  ['a target that is too long', `GET /${'a'.repeat(9_000)} HTTP/1.1\r\n${HOST}\r\n`, 414],
  ['a field that is too long', `GET / HTTP/1.1\r\n${HOST}X-A: ${'a'.repeat(9_000)}\r\n\r\n`, 431],
  [
    'a head that is too long',
    `GET / HTTP/1.1\r\n${HOST}${'X-A: 0123456789\r\n'.repeat(4_000)}\r\n`,
    431,
  ],
  ['too many fields', `GET / HTTP/1.1\r\n${HOST}${'X-A: 1\r\n'.repeat(150)}\r\n`, 431],
]

describe('a request that two readers could understand differently', () => {
  it.each(REFUSED)('is refused and its connection closed: %s', async (_name, bytes, status) => {
    const { text, isClosed } = await sendRaw(gateway.proxyPort, `${bytes}${GOOD}`)
    expect(statusOf(text)).toBe(status)
    expect(isClosed).toBe(true)
    expect(text.match(/HTTP\/1\.1 \d{3}/g)).toHaveLength(1)
    expect(upstream.seen).toEqual([])
    expect(gateway.logged).toEqual([])
    const after = await sendRaw(gateway.proxyPort, GOOD, { until: isOneAnswer })
    expect(statusOf(after.text)).toBe(200)
  })

  it('gets a JSON body with the request id of its log entry', async () => {
    const { text } = await sendRaw(gateway.proxyPort, `TRACE / HTTP/1.1\r\n${HOST}\r\n`)
    const body = JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4)) as Record<string, string>
    expect(body).toEqual({
      message: 'Method not allowed',
      request_id: gateway.entries.at(-1)!.requestId,
    })
    expect(text).toContain('Allow: GET, HEAD')
  })
})

describe('a request that is unusual but right', () => {
  it('is served with an absolute target, in origin form and with its authority as Host', async () => {
    await gateway.admin('PATCH', '/routes/shop', { preserve_host: true })
    const { text } = await sendRaw(
      gateway.proxyPort,
      'GET http://shop.test/a?b HTTP/1.1\r\nHost: shop.test\r\n\r\n',
      { until: isOneAnswer },
    )
    await gateway.admin('PATCH', '/routes/shop', { preserve_host: false })
    expect(statusOf(text)).toBe(200)
    expect(upstream.seen[0]).toMatchObject({ url: '/a?b', headers: { host: 'shop.test' } })
  })

  it('is served with an unknown method', async () => {
    const { text } = await sendRaw(gateway.proxyPort, `PURGE /a HTTP/1.1\r\n${HOST}\r\n`, {
      until: isOneAnswer,
    })
    expect(statusOf(text)).toBe(200)
    expect(upstream.seen[0]!.method).toBe('PURGE')
  })

  it('is served on HTTP/1.0 without Host, and the connection closed', async () => {
    const { text, isClosed } = await sendRaw(gateway.proxyPort, 'GET / HTTP/1.0\r\n\r\n')
    expect(statusOf(text)).toBe(200)
    expect(isClosed).toBe(true)
  })

  it('asks about the server itself with OPTIONS *', async () => {
    const { text } = await sendRaw(gateway.proxyPort, `OPTIONS * HTTP/1.1\r\n${HOST}\r\n`, {
      until: isOneAnswer,
    })
    expect(statusOf(text)).toBe(200)
    expect(text).toContain('Allow: GET')
    expect(upstream.seen).toEqual([])
  })

  it('comes in many small pieces', async () => {
    const { default: net } = await import('node:net')
    const socket = net.connect(gateway.proxyPort, '127.0.0.1').setNoDelay(true)
    const answer = new Promise<string>((resolve) => {
      let text = ''
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1')
        if (isOneAnswer(text)) resolve(text)
      })
    })
    for (const byte of `GET /pieces HTTP/1.1\r\n${HOST}\r\n`) {
      socket.write(byte)
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
    expect(statusOf(await answer)).toBe(200)
    socket.destroy()
  })

  it('asks for an upgrade, and is served as an ordinary request', async () => {
    const { text } = await sendRaw(
      gateway.proxyPort,
      `GET / HTTP/1.1\r\n${HOST}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAA\r\n\r\n`,
      { until: isOneAnswer },
    )
    expect(statusOf(text)).toBe(200)
    const { headers } = upstream.seen[0]!
    expect(headers.upgrade).toBeUndefined()
    expect(headers['http2-settings']).toBeUndefined()
    expect(headers.connection).toBe('keep-alive')
  })
})

describe('what the upstream sees of the client', () => {
  const headersFor = async (fields: string) => {
    await sendRaw(gateway.proxyPort, `GET /p/q?r HTTP/1.1\r\n${HOST}${fields}\r\n`, {
      until: isOneAnswer,
    })
    return upstream.seen[0]!.headers
  }

  it('is not what a client may claim about itself', async () => {
    const headers = await headersFor(
      [
        'X-Consumer-Username: admin',
        'X-Consumer-ID: 1',
        'X-Consumer-Groups: testers',
        'X-Credential-Identifier: 1',
        'X-Anonymous-Consumer: true',
        'X-Real-IP: 1.2.3.4',
        'X-Forwarded-Proto: https',
        'X-Forwarded-Host: evil.test',
        'X-Kong-Request-Id: forged',
        'Canary-Variant: canary',
        'X_Consumer_Username: admin',
        'X.Forwarded.For: 9.9.9.9',
        'Content_Length: 7',
        '',
      ].join('\r\n'),
    )
    expect(JSON.stringify(headers)).not.toMatch(
      /admin|testers|1\.2\.3\.4|evil|forged|9\.9\.9\.9|"7"/,
    )
    expect(headers).toMatchObject({
      'x-real-ip': '127.0.0.1',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'shop.test',
      'x-forwarded-port': String(gateway.proxyPort),
      'x-forwarded-path': '/p/q',
      via: '1.1 canary-gateway',
    })
    expect(headers['x-kong-request-id']).toBe(gateway.entries.at(-1)!.requestId)
  })

  it('has no field that Connection names, and all of ours even when Connection names them', async () => {
    const headers = await headersFor(
      'Connection: X-Secret, X-Real-IP, Host, X-Forwarded-For\r\nX-Secret: 1\r\nKeep-Alive: timeout=9\r\nProxy-Connection: x\r\nTE: trailers, deflate\r\n',
    )
    expect(headers['x-secret']).toBeUndefined()
    expect(headers['keep-alive']).toBeUndefined()
    expect(headers['proxy-connection']).toBeUndefined()
    expect(headers.te).toBe('trailers')
    expect(headers['x-real-ip']).toBe('127.0.0.1')
    expect(headers['x-forwarded-for']).toBe('127.0.0.1')
  })

  it('keeps repeated fields, their bytes, and names with underscores', async () => {
    await headersFor('X-Many: a\r\nX-Many: b\r\nX-Bytes: \xe4\xf6\r\nX_Odd: 1\r\n')
    const { rawHeaders } = upstream.seen[0]!
    const values = (name: string) =>
      rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]!.toLowerCase() === name)
    expect(values('x-many')).toEqual(['a', 'b'])
    expect(values('x-bytes')).toEqual(['\xe4\xf6'])
    expect(values('x_odd')).toEqual(['1'])
  })
})
