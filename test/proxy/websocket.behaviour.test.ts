import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { configureService, configureUpstream } from '../support/configure.ts'
import { PEM } from '../support/pem.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import { deadPort, startUpstream } from '../support/test-upstream.ts'
import {
  openWebSocket,
  type StreamingUpstream,
  startStreamingUpstream,
} from '../support/websocket.ts'

let gateway: TestGateway
let primary: StreamingUpstream
let canary: StreamingUpstream

beforeAll(async () => {
  gateway = await startTestGateway()
  primary = await startStreamingUpstream('v1')
  canary = await startStreamingUpstream('v2')
  await configureService(gateway, primary.port, {
    service: { path: '/base' },
    route: { paths: ['/ws'] },
  })
  await gateway.admin('PUT', '/services/shop/plugins/5c1f0b0e-0000-4000-8000-000000000005', {
    name: 'canary',
    config: {
      upstream_host: '127.0.0.1',
      upstream_port: canary.port,
      percentage: 0,
      canary_by_header_name: 'X-Side',
    },
  })
})

afterAll(async () => {
  await gateway.stop()
  await primary.close()
  await canary.close()
})

beforeEach(() => {
  gateway.entries.length = 0
  primary.handshakes.length = 0
})

afterEach(async () => {
  for (const { webSockets } of [primary, canary]) for (const one of webSockets) one.terminate()
  await expect.poll(() => gateway.node.requestsInFlight()).toBe(0)
  expect(gateway.logged).toEqual([])
})

describe('a WebSocket', () => {
  it('is opened on the side that was chosen, and carries messages of any size both ways', async () => {
    const onPrimary = await openWebSocket(gateway.proxyPort, { path: '/ws/chat?room=1' })
    const onCanary = await openWebSocket(gateway.proxyPort, {
      path: '/ws',
      headers: { 'X-Side': 'always' },
    })
    expect(await onPrimary.ask('hello')).toBe('v1: hello')
    expect(await onCanary.ask('hello')).toBe('v2: hello')
    expect(onPrimary.headers).toMatchObject({ 'canary-variant': 'primary', via: /gateway/ })
    expect(onCanary.headers).toMatchObject({ 'canary-variant': 'canary' })

    const large = randomBytes(5_000_000)
    const echoed = new Promise<Buffer>((resolve) =>
      onPrimary.socket.once('message', (data) => resolve(data as Buffer)),
    )
    onPrimary.socket.send(large)
    expect((await echoed).equals(large)).toBe(true)
    onPrimary.socket.close(1000)
    onCanary.socket.close(1000)
    await expect.poll(() => onPrimary.closeCode()).toBe(1000)
  })

  it('reaches the upstream with the fields of an ordinary request, and its own as the client sent them', async () => {
    await openWebSocket(gateway.proxyPort, {
      path: '/ws/chat?room=1',
      headers: { 'X-Consumer-Username': 'forged', Cookie: 'a=b', 'Keep-Alive': 'timeout=5' },
    })
    const [handshake] = primary.handshakes
    expect(handshake?.url).toBe('/base/chat?room=1')
    expect(handshake?.headers).toMatchObject({
      connection: 'keep-alive, Upgrade',
      upgrade: 'websocket',
      host: `127.0.0.1:${primary.port}`,
      cookie: 'a=b',
      'canary-variant': 'primary',
      'x-forwarded-path': '/ws/chat',
      'sec-websocket-version': '13',
      'sec-websocket-extensions': 'permessage-deflate; client_max_window_bits',
    })
    expect(handshake?.headers).not.toHaveProperty('x-consumer-username')
    expect(handshake?.headers).not.toHaveProperty('keep-alive')
    expect(handshake?.headers).not.toHaveProperty('content-length')
    expect(handshake?.headers).not.toHaveProperty('transfer-encoding')
  })

  it('is one entry in the access log, at its end', async () => {
    const client = await openWebSocket(gateway.proxyPort, { path: '/ws' })
    expect(await client.ask('hello')).toBe('v1: hello')
    expect(gateway.entries).toEqual([])
    expect(gateway.node.requestsInFlight()).toBe(1)
    client.socket.close(1000)
    await expect
      .poll(() => gateway.entries)
      .toMatchObject([
        {
          status: 101,
          variant: 'primary',
          target: `127.0.0.1:${primary.port}`,
          path: '/ws',
          reason: null,
          tries: 1,
          totalMs: expect.any(Number),
        },
      ])
  })

  it('is refused like any request: no route, no key', async () => {
    await expect(openWebSocket(gateway.proxyPort, { path: '/elsewhere' })).rejects.toThrow(/404/)
    const { id } = await gateway.admin<{ id: string }>('POST', '/services/shop/plugins', {
      name: 'key-auth',
    })
    await expect(openWebSocket(gateway.proxyPort, { path: '/ws' })).rejects.toThrow(/401/)
    await gateway.admin('DELETE', `/plugins/${id}`)
    expect(gateway.entries.map(({ status, reason }) => [status, reason])).toEqual([
      [404, 'no-route'],
      [401, 'no-key'],
    ])
  })
})

describe('a WebSocket whose upstream', () => {
  it('does not speak it gets the ordinary answer', async () => {
    const plain = await startUpstream('v3')
    await gateway.admin('PATCH', '/services/shop', { port: plain.port })
    await expect(openWebSocket(gateway.proxyPort, { path: '/ws' })).rejects.toThrow(/200/)
    expect(plain.seen).toMatchObject([{ headers: { upgrade: 'websocket' } }])
    await gateway.admin('PATCH', '/services/shop', { port: primary.port })
    await plain.close()
  })

  it('speaks TLS works the same, to the close at the end', async () => {
    const secure = await startStreamingUpstream('v4', { tls: PEM.shop })
    const given = { protocol: 'https', port: secure.port, tls_verify: false }
    await gateway.admin('PATCH', '/services/shop', given)
    const client = await openWebSocket(gateway.proxyPort, { path: '/ws' })
    expect(await client.ask('hello')).toBe('v4: hello')
    client.socket.close(1001)
    await expect.poll(() => client.closeCode()).toBe(1001)
    await expect.poll(() => secure.closeCodes).toEqual([1001])
    await expect.poll(() => gateway.entries).toMatchObject([{ status: 101, reason: null }])
    await gateway.admin('PATCH', '/services/shop', {
      protocol: 'http',
      port: primary.port,
      tls_verify: null,
    })
    await secure.close()
  })

  it('is dead goes to the next target', async () => {
    const dead = await deadPort()
    await configureUpstream(gateway, 'pair', {
      [`127.0.0.1:${dead}`]: 100,
      [`127.0.0.1:${primary.port}`]: 100,
    })
    await gateway.admin('PATCH', '/services/shop', { host: 'pair' })
    for (let i = 0; i < 4; i += 1) {
      const client = await openWebSocket(gateway.proxyPort, { path: '/ws' })
      expect(await client.ask(`${i}`)).toBe(`v1: ${i}`)
      client.socket.close()
    }
    await expect.poll(() => gateway.entries.length).toBe(4)
    expect(gateway.entries.reduce((sum, { tries }) => sum + tries, 0)).toBe(6)
    await gateway.admin('PATCH', '/services/shop', { host: '127.0.0.1' })
  })
})
