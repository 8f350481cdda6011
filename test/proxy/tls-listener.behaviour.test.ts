import { connect as connectTcp } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { configureService } from '../support/configure.ts'
import { makeSelfSignedFor } from '../support/make-certificates.ts'
import { PEM } from '../support/pem.ts'
import { isOneAnswer, sendRaw, statusOf } from '../support/raw-client.ts'
import { RawConnection } from '../support/raw-connection.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import { startUpstream, type TestUpstream } from '../support/test-upstream.ts'
import { connectTls, getOverTls, handshake } from '../support/tls-client.ts'

let gateway: TestGateway
let upstream: TestUpstream

beforeEach(async () => {
  upstream = await startUpstream('v1')
  gateway = await startTestGateway({ settings: { proxy_tls_listen: '127.0.0.1:0' } })
})

afterEach(async () => {
  await gateway.stop()
  await upstream.close()
  expect(gateway.logged).toEqual([])
})

async function addCertificate(pair: object, ...snis: readonly string[]): Promise<string> {
  const { id } = await gateway.admin<{ id: string }>('POST', '/certificates', { ...pair, snis })
  return id
}

const shownFor = async (name: string) => (await handshake(gateway.proxyTlsPort, name)).commonName

describe('the certificate that is shown', () => {
  it('is the one of the exact name, else of the wildcard at the left, else at the right', async () => {
    for (const name of ['www.a.test', '*.a.test', 'www.*']) {
      await addCertificate(await makeSelfSignedFor(name), name)
    }
    expect(await shownFor('www.a.test')).toBe('www.a.test')
    expect(await shownFor('WWW.A.Test')).toBe('www.a.test')
    expect(await shownFor('shop.a.test')).toBe('*.a.test')
    expect(await shownFor('www.b.test')).toBe('localhost')
    expect(await shownFor('www.org')).toBe('www.*')
  })

  it.each(['a.test', 'x.y.a.test', 'unknown', ''])(
    'is one that the gateway has made for a name without: %j',
    async (name) => {
      await addCertificate(PEM.shop, '*.a.test')
      expect(await shownFor(name)).toBe('localhost')
    },
  )

  it('is of the type that the client can use when there are two', async () => {
    const { cert, key } = PEM.shop
    await addCertificate(
      { cert, key, cert_alt: PEM.shopEc.cert, key_alt: PEM.shopEc.key },
      'shop.test',
    )
    const keyTypes = await Promise.all(
      [
        {},
        { sigalgs: 'rsa_pss_rsae_sha256' },
        { maxVersion: 'TLSv1.2' },
        { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' },
        { maxVersion: 'TLSv1.2', sigalgs: 'ECDSA+SHA256' },
      ].map(async (options) => {
        const seen = await handshake(
          gateway.proxyTlsPort,
          'shop.test',
          options as ConnectionOptions,
        )
        return seen.keyType
      }),
    )
    expect(keyTypes).toEqual(['ec', 'rsa', 'rsa', 'rsa', 'ec'])
  })

  it('changes with the configuration, and no handshake for another name fails', async () => {
    const pairs = await Promise.all([1, 2].map(() => makeSelfSignedFor('changing.test')))
    await addCertificate(PEM.shop, 'shop.test')
    const failures: unknown[] = []
    const seen = { shop: 0, changing: 0 }
    let isOver = false
    const load = ['shop', 'changing', 'shop', 'changing'].map(async (name) => {
      while (!isOver) {
        try {
          const { commonName } = await handshake(gateway.proxyTlsPort, `${name}.test`)
          if (name === 'shop') expect(commonName).toBe('shop.test')
          else expect(['changing.test', 'localhost']).toContain(commonName)
          seen[name as keyof typeof seen] += 1
        } catch (error) {
          failures.push(error)
        }
      }
    })
    for (let round = 0; round < 10; round += 1) {
      const shown = new Set<string>()
      const look = async () => {
        const { commonName, fingerprint } = await handshake(gateway.proxyTlsPort, 'changing.test')
        shown.add(fingerprint)
        return commonName
      }
      const id = await addCertificate(pairs[0]!, 'changing.test')
      expect(await look()).toBe('changing.test')
      await gateway.admin('PATCH', `/certificates/${id}`, pairs[1])
      expect(await look()).toBe('changing.test')
      await gateway.admin('DELETE', `/certificates/${id}`)
      expect(await look()).toBe('localhost')
      expect(shown.size).toBe(3)
    }
    isOver = true
    await Promise.all(load)
    expect(failures).toEqual([])
    expect(seen.shop).toBeGreaterThan(0)
    expect(seen.changing).toBeGreaterThan(0)
  })

  it('goes to another name with its SNI', async () => {
    await addCertificate(PEM.shop, 'old.test')
    await gateway.admin('PATCH', '/snis/old.test', { name: 'new.test' })
    expect([await shownFor('old.test'), await shownFor('new.test')]).toEqual([
      'localhost',
      'shop.test',
    ])
  })

  it('stays when an SNI goes that differs from its own in case only', async () => {
    await addCertificate(PEM.shop, 'shop.test')
    await addCertificate(PEM.other, 'SHOP.test')
    await gateway.admin('DELETE', '/snis/SHOP.test')
    expect(await shownFor('shop.test')).toBe('shop.test')
  })
})

describe('what is spoken', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('is %s with HTTP/1.1 only', async (version) => {
    const options = { minVersion: version, maxVersion: version, ALPNProtocols: ['h2', 'http/1.1'] }
    expect(await handshake(gateway.proxyTlsPort, 'a.test', options)).toMatchObject({
      protocol: version,
      alpn: 'http/1.1',
    })
  })

  it.each([
    ['TLS 1.1', { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' }],
    ['a cipher without forward secrecy', { maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256' }],
    ['a cipher in CBC mode', { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA256' }],
    ['HTTP/2 alone', { ALPNProtocols: ['h2'] }],
  ] as const)('is not %s', async (_what, options) => {
    await expect(
      handshake(gateway.proxyTlsPort, 'a.test', { ...options } as object),
    ).rejects.toThrow(/alert|ECONNRESET|disconnected/)
    expect(await shownFor('a.test')).toBe('localhost')
  })
})

describe('a request over TLS', () => {
  it('goes the way of every request, and the upstream learns that it was https', async () => {
    await configureService(gateway, upstream.port)
    const answer = await getOverTls(gateway.proxyTlsPort, { host: 'shop.test', path: '/cart?a=1' })
    expect(answer).toMatchObject({ status: 200, body: 'v1' })
    expect(upstream.seen).toMatchObject([
      {
        url: '/cart?a=1',
        headers: {
          'x-forwarded-proto': 'https',
          'x-forwarded-port': String(gateway.proxyTlsPort),
          'x-forwarded-host': 'shop.test',
          'x-real-ip': '127.0.0.1',
        },
      },
    ])
    expect(gateway.entries).toMatchObject([{ status: 200, host: 'shop.test', reason: null }])
  })

  it('is found by the server name of its handshake', async () => {
    await configureService(gateway, upstream.port, {
      route: { protocols: ['https'], snis: ['shop.test'], paths: null },
    })
    const ask = async (host: string) => (await getOverTls(gateway.proxyTlsPort, { host })).status
    expect(await ask('shop.test')).toBe(200)
    expect(await ask('SHOP.test')).toBe(200)
    expect(await ask('other.test')).toBe(404)
  })

  it('is served by a route for https only, which sends plain requests over to TLS', async () => {
    await configureService(gateway, upstream.port, {
      route: { protocols: ['https'], https_redirect_status_code: 301 },
    })
    const plain = await sendRaw(
      gateway.proxyPort,
      'GET /cart HTTP/1.1\r\nHost: shop.test\r\n\r\n',
      { until: isOneAnswer },
    )
    expect(statusOf(plain.text)).toBe(301)
    expect(plain.text).toContain('Location: https://shop.test/cart')
    expect((await getOverTls(gateway.proxyTlsPort)).status).toBe(200)
  })

  it('may be one of many on a connection, read one after the other', async () => {
    await configureService(gateway, upstream.port)
    const socket = await connectTls(gateway.proxyTlsPort)
    let text = ''
    socket.setEncoding('latin1').on('data', (chunk) => {
      text += chunk
    })
    const count = 40
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(count))
    await expect.poll(() => text.match(/HTTP\/1\.1 200/g)?.length, { timeout: 10_000 }).toBe(count)
    expect(gateway.node.requestsInFlight()).toBe(0)
    socket.destroy()
  })

  it('that cannot be understood is answered and ends the connection', async () => {
    const socket = await connectTls(gateway.proxyTlsPort)
    let text = ''
    socket.setEncoding('latin1').on('data', (chunk) => {
      text += chunk
    })
    const closed = new Promise((resolve) => socket.on('close', resolve))
    socket.write('NONSENSE\r\n\r\n')
    await closed
    expect(statusOf(text)).toBe(400)
    expect(gateway.entries).toMatchObject([{ status: 400, client: '127.0.0.1', reason: 'syntax' }])
  })

  it('whose answer is cut has its connection closed, in HTTP/1.0 too', async () => {
    const cutting = await startUpstream('v1', (_request, response) => {
      response.writeHead(200, { 'content-length': '10' })
      response.write('half')
      setImmediate(() => response.destroy())
    })
    await configureService(gateway, cutting.port)
    for (const version of ['1.0', '1.1']) {
      const socket = await connectTls(gateway.proxyTlsPort)
      let text = ''
      socket.setEncoding('latin1').on('data', (chunk) => {
        text += chunk
      })
      const closed = new Promise((resolve) => socket.on('close', resolve))
      socket.write(`GET / HTTP/${version}\r\nHost: a\r\n\r\n`)
      await closed
      expect(text).toMatch(/Content-Length: 10\r\n(?:.*\r\n)+half$/i)
    }
    expect(gateway.entries.map(({ reason }) => reason)).toEqual(['truncated', 'truncated'])
    await cutting.close()
  })
})

describe('hostile bytes', () => {
  it.each([
    ['plain HTTP', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['garbage', '\x00\xff\x00\xffgarbage'],
    ['a record of TLS that is too long', `\x16\x03\x01\xff\xff${'x'.repeat(100)}`],
  ])('on the TLS port are closed without harm: %s', async (_what, bytes) => {
    const { isClosed, text } = await sendRaw(gateway.proxyTlsPort, bytes)
    expect(isClosed).toBe(true)
    expect(text).not.toContain('HTTP/1.1')
    expect(await shownFor('a.test')).toBe('localhost')
    expect(gateway.entries).toEqual([])
  })

  it('of TLS on the plain port are refused', async () => {
    await expect(handshake(gateway.proxyPort, 'a.test')).rejects.toThrow()
    expect(gateway.entries).toMatchObject([{ status: 400 }])
  })
})

describe('stopping', () => {
  let gateway: TestGateway

  beforeEach(async () => {
    gateway = await startTestGateway({ settings: { proxy_tls_listen: '127.0.0.1:0' } })
  })

  it('answers what is in flight on both listeners, and closes those that sent nothing', async () => {
    const answers: (() => void)[] = []
    const slow = await startUpstream('v1', (_request, response) => {
      answers.push(() => response.end('late'))
    })
    await configureService(gateway, slow.port)
    const half = new RawConnection(gateway.proxyTlsPort)
    const silent = await connectTls(gateway.proxyTlsPort)
    const silentClosed = new Promise((resolve) => silent.on('close', resolve))
    const overTls = getOverTls(gateway.proxyTlsPort)
    const plain = sendRaw(gateway.proxyPort, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await expect.poll(() => answers.length).toBe(2)
    const stopped = gateway.node.stop(10_000)
    await silentClosed
    await half.untilClosed()
    await expect.poll(() => canConnect(gateway.proxyTlsPort)).toBe(false)
    for (const answer of answers) answer()
    expect(await overTls).toMatchObject({
      status: 200,
      body: 'late',
      headers: { connection: 'close' },
    })
    expect((await plain).text).toContain('late')
    expect(await stopped).toEqual({ cutRequests: 0 })
    await slow.close()
  })

  it('cuts what is left at the deadline', async () => {
    const never = await startUpstream('v1', () => {})
    await configureService(gateway, never.port)
    const cut = getOverTls(gateway.proxyTlsPort).catch((error: unknown) => error)
    await expect.poll(() => never.seen.length).toBe(1)
    expect(await gateway.node.stop(0)).toEqual({ cutRequests: 1 })
    expect(await cut).toBeInstanceOf(Error)
    await never.close()
  })
})

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTcp(port, '127.0.0.1')
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}
