import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { configureService } from '../support/configure.ts'
import { sendRaw } from '../support/raw-client.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import {
  onEachHead,
  startRawUpstream,
  startUpstream,
  type TestUpstream,
} from '../support/test-upstream.ts'

let gateway: TestGateway
let upstream: TestUpstream

beforeEach(async () => {
  upstream = await startUpstream('v1')
})

afterEach(async () => {
  await gateway.stop()
  await upstream.close()
  expect(gateway.logged).toEqual([])
})

async function start(settings: Record<string, string> = {}, options = {}): Promise<void> {
  gateway = await startTestGateway({ settings })
  await configureService(gateway, upstream.port, options)
}

/** Sends a request; gives back the whole answer. */
async function send(fields = '', target = '/', host = 'shop.test'): Promise<string> {
  const request = `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${fields}\r\n`
  return (await sendRaw(gateway.proxyPort, request)).text
}

async function headersFor(fields = '', target = '/', host = 'shop.test') {
  await send(fields, target, host)
  return upstream.seen.at(-1)!.headers
}

describe('the client address behind a trusted balancer', () => {
  const TRUSTED = { trusted_ips: '127.0.0.0/8,10.0.0.0/8,2001:db8::/32' }

  it.each([
    ['X-Real-IP: 203.0.113.9\r\n', '203.0.113.9'],
    ['X-Real-IP: 2001:DB8:0:0::1\r\n', '2001:db8::1'],
    ['X-Real-IP: 203.0.113.9:4711\r\n', '203.0.113.9'],
    ['X-Real-IP: nonsense\r\n', '127.0.0.1'],
    ['X-Real-IP: 1.1.1.1\r\nX-Real-IP: 2.2.2.2\r\n', '127.0.0.1'],
    ['X-Forwarded-For: 203.0.113.9\r\n', '127.0.0.1'],
    ['', '127.0.0.1'],
  ])('is read from X-Real-IP: %j', async (fields, address) => {
    await start(TRUSTED)
    expect((await headersFor(fields))['x-real-ip']).toBe(address)
    expect(gateway.entries[0]).toMatchObject({ client: address })
  })

  it.each([
    ['X-Forwarded-For: 203.0.113.9\r\n', '203.0.113.9'],
    ['X-Forwarded-For: 6.6.6.6, 203.0.113.9, 10.0.0.1\r\n', '203.0.113.9'],
    ['X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-For: 10.0.0.1, 10.0.0.2\r\n', '203.0.113.9'],
    ['X-Forwarded-For: 10.0.0.1, 2001:db8::5\r\n', '10.0.0.1'],
    ['X-Forwarded-For: 6.6.6.6, unknown, 10.0.0.1\r\n', '10.0.0.1'],
    ['X-Real-IP: 203.0.113.9\r\n', '127.0.0.1'],
  ])('is the last one not trusted of X-Forwarded-For: %j', async (fields, address) => {
    await start({ ...TRUSTED, real_ip_header: 'X-Forwarded-For' })
    expect((await headersFor(fields))['x-real-ip']).toBe(address)
  })

  it('is believed together with scheme, host, port, path and prefix', async () => {
    await start(TRUSTED)
    const headers = await headersFor(
      [
        'X-Forwarded-For: 203.0.113.9',
        'X-Forwarded-Proto: https',
        'X-Forwarded-Host: www.shop.test',
        'X-Forwarded-Port: 8443',
        'X-Forwarded-Path: /outer/p',
        'X-Forwarded-Prefix: /outer',
        '',
      ].join('\r\n'),
      '/p',
    )
    expect(headers).toMatchObject({
      'x-forwarded-for': '203.0.113.9, 127.0.0.1',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'www.shop.test',
      'x-forwarded-port': '8443',
      'x-forwarded-path': '/outer/p',
      'x-forwarded-prefix': '/outer',
    })
  })

  it('is never believed of a peer that is not trusted', async () => {
    await start({ trusted_ips: '10.0.0.0/8' })
    expect(
      await headersFor('X-Real-IP: 203.0.113.9\r\nX-Forwarded-Proto: https\r\n', '/p'),
    ).toMatchObject({
      'x-real-ip': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-path': '/p',
    })
    expect(gateway.entries[0]).toMatchObject({ client: '127.0.0.1' })
  })
})

describe('the Host that the upstream sees', () => {
  it('is the address of the target', async () => {
    await start()
    expect((await headersFor()).host).toBe(upstream.address)
  })

  it.each([
    ['shop.test', 'shop.test'],
    ['SHOP.test:8000', 'SHOP.test:8000'],
  ])('is the one of the client with preserve_host: %s', async (host, seen) => {
    await start({}, { route: { preserve_host: true } })
    expect((await headersFor('', '/', host)).host).toBe(seen)
  })

  it('is host_header of the upstream, unless the client’s is preserved', async () => {
    await start()
    await gateway.admin('POST', '/upstreams', { name: 'shop.v1', host_header: 'internal.test' })
    await gateway.admin('POST', '/upstreams/shop.v1/targets', { target: upstream.address })
    await gateway.admin('PATCH', '/services/shop', { host: 'shop.v1' })
    expect((await headersFor()).host).toBe('internal.test')
    await gateway.admin('PATCH', '/routes/shop', { preserve_host: true })
    expect((await headersFor()).host).toBe('shop.test')
  })
})

describe('the path that the upstream sees', () => {
  it('is without the prefix that was stripped, which a field tells', async () => {
    await start({}, { service: { path: '/srv' }, route: { paths: ['/api'] } })
    const headers = await headersFor('', '/api/a%2Fb?q=1&q=%20')
    expect(upstream.seen[0]!.url).toBe('/srv/a%2Fb?q=1&q=%20')
    expect(headers).toMatchObject({
      'x-forwarded-path': '/api/a%2Fb',
      'x-forwarded-prefix': '/api',
    })
  })

  it('keeps the prefix when it is not to be stripped, and no field tells one', async () => {
    await start({}, { service: { path: '/srv' }, route: { paths: ['/api'], strip_path: false } })
    const headers = await headersFor('', '/api/x')
    expect(upstream.seen[0]!.url).toBe('/srv/api/x')
    expect(headers['x-forwarded-prefix']).toBeUndefined()
  })

  it('is the very form that was matched: dots, doubled slashes and escapes resolved', async () => {
    await start({}, { route: { paths: ['/api'] } })
    const headers = await headersFor('', '/x/..//%61pi/./%7euser/%e4')
    expect(upstream.seen[0]!.url).toBe('/~user/%E4')
    expect(headers['x-forwarded-path']).toBe('/x/..//%61pi/./%7euser/%e4')
  })

  it('begins with upstream_uri of the canary in place of the path of the service', async () => {
    await start({}, { service: { path: '/v1' }, route: { paths: ['/api'] } })
    await gateway.admin('POST', '/services/shop/plugins', {
      name: 'canary',
      config: { upstream_uri: '/v2', percentage: 100 },
    })
    const headers = await headersFor('Canary-Variant: forged\r\n', '/api/x?y')
    expect(upstream.seen[0]!.url).toBe('/v2/x?y')
    expect(headers['canary-variant']).toBe('canary')
  })
})

describe('fields with odd names', () => {
  it.each([
    'constructor',
    'toString',
    'hasOwnProperty',
    'valueOf',
    '__proto__',
    '__defineGetter__',
  ])('do no harm: %s', async (name) => {
    await start()
    expect(await send(`${name}: 1\r\n${name}: 2\r\nX-Good: 1\r\n`)).toContain('200 OK')
    expect(upstream.seen[0]!.headers['x-good']).toBe('1')
  })

  it('reach the upstream, once for each time they were sent', async () => {
    await start()
    await send('constructor: 1\r\nconstructor: 2\r\n')
    const { rawHeaders } = upstream.seen[0]!
    expect(rawHeaders.filter((_, i) => rawHeaders[i - 1] === 'constructor')).toEqual(['1', '2'])
  })
})

describe('the answer that the client sees', () => {
  it('has the fields of the upstream in their order, each as often as it came, then ours', async () => {
    gateway = await startTestGateway()
    const raw = await startRawUpstream((socket) =>
      onEachHead(socket, () =>
        socket.write(
          [
            'HTTP/1.1 200 OK',
            'Server: shop/1',
            'Set-Cookie: a=1; Path=/',
            'X-One: 1',
            'set-cookie: b=2',
            'Connection: keep-alive, X-Internal',
            'X-Internal: secret',
            'Keep-Alive: timeout=9',
            'X-Kong-Request-Id: forged',
            'Via: 1.1 inner',
            'Set-Cookie: c=3',
            'Date: Thu, 01 Jan 1970 00:00:00 GMT',
            'Content-Length: 2',
            '',
            'ok',
          ].join('\r\n'),
        ),
      ),
    )
    await configureService(gateway, raw.port)
    const text = await send()
    const names = text
      .slice(0, text.indexOf('\r\n\r\n'))
      .split('\r\n')
      .slice(1)
      .map((line) => line.slice(0, line.indexOf(':')))
    expect(names).toEqual([
      'Server',
      'Set-Cookie',
      'X-One',
      'set-cookie',
      'Via',
      'Set-Cookie',
      'Date',
      'Content-Length',
      'Via',
      'X-Kong-Upstream-Latency',
      'X-Kong-Proxy-Latency',
      'X-Kong-Request-Id',
      'Connection',
    ])
    expect(text).toMatch(
      /Set-Cookie: a=1; Path=\/\r\n[\s\S]*set-cookie: b=2\r\n[\s\S]*Set-Cookie: c=3\r\n/,
    )
    expect(text).not.toMatch(/secret|forged|timeout=9/)
    expect(text).toContain(`X-Kong-Request-Id: ${gateway.entries[0]!.requestId}\r\n`)
    await raw.close()
  })

  it('sets the cookie that keeps a client on its side, once, and keeps the upstream’s', async () => {
    gateway = await startTestGateway({ settings: { trusted_ips: '127.0.0.1' } })
    const setting = await startUpstream('v1', (_request, response) => {
      response.setHeader('set-cookie', ['session=1'])
      response.end('v1')
    })
    await configureService(gateway, setting.port)
    await gateway.admin('POST', '/services/shop/plugins', {
      name: 'canary',
      config: {
        upstream_host: '127.0.0.1',
        upstream_port: setting.port,
        percentage: 50,
        hash: 'cookie',
        hash_cookie: 'side',
      },
    })
    const first = await send()
    const issued = /Set-Cookie: side=([^;]+); Path=\/; HttpOnly; SameSite=Lax\r\n/.exec(first)
    expect(issued).not.toBeNull()
    expect(first.toLowerCase()).toContain('set-cookie: session=1\r\n')
    expect(await send('X-Forwarded-Proto: https\r\n')).toMatch(
      /Set-Cookie: side=[^;]+; Path=\/; HttpOnly; SameSite=Lax; Secure\r\n/,
    )
    const variantOf = (text: string) => /Canary-Variant: (\w+)/.exec(text)?.[1]
    for (let i = 0; i < 5; i += 1) {
      const again = await send(`Cookie: x=1; side=${issued?.[1]}\r\n`)
      expect(again).not.toContain('side=')
      expect(variantOf(again)).toBe(variantOf(first))
    }
    await setting.close()
  })
})
