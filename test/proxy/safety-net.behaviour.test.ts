import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { configureService, configureUpstream } from '../support/configure.ts'
import { type ClientAnswer, KeepAliveClient } from '../support/keep-alive-client.ts'
import { seriesOf } from '../support/read-metrics.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import {
  deadPort,
  onEachHead,
  startRawUpstream,
  startUpstream,
  type TestUpstream,
} from '../support/test-upstream.ts'

let gateway: TestGateway
let primary: TestUpstream
let upstreams: TestUpstream[]

beforeEach(async () => {
  gateway = await startTestGateway()
  primary = await startUpstream('primary')
  upstreams = [primary]
})

afterEach(async () => {
  await gateway.stop()
  await Promise.all(upstreams.map((upstream) => upstream.close()))
  expect(gateway.logged).toEqual([])
})

/** A service whose requests all go to a canary at this port; `config` overrides the safety net. */
async function configureCanary(port: number, config: object = {}, service: object = {}) {
  await configureService(gateway, primary.port, { service })
  await gateway.admin('POST', '/services/shop/plugins', {
    name: 'canary',
    config: { percentage: 100, hash: 'none', upstream_port: port, safety_net: true, ...config },
  })
}

async function ask(method = 'GET', fields: Record<string, string> = {}): Promise<ClientAnswer> {
  const client = await KeepAliveClient.connect(gateway.proxyPort)
  const answer = await client.ask('/', fields, method)
  client.close()
  return answer
}

/** An upstream that answers everything with one status. */
async function startAnswering(status: number): Promise<TestUpstream> {
  const upstream = await startUpstream('canary', (_request, response) => {
    response.statusCode = status
    response.end('canary')
  })
  upstreams.push(upstream)
  return upstream
}

/** An upstream that does something with the connection once the head is there. */
async function startBroken(act: (socket: { destroy(): void; write(text: string): void }) => void) {
  const upstream = await startRawUpstream((socket) => onEachHead(socket, () => act(socket)))
  upstreams.push(upstream)
  return upstream
}

const BY_PRIMARY = { status: 200, body: 'primary' }
const variantOf = ({ head }: ClientAnswer) => /^canary-variant: (.*)$/im.exec(head)?.[1]

describe('a safe request that the canary fails', () => {
  it.each(['GET', 'OPTIONS'])('%s to a canary that refuses connections', async (method) => {
    await configureCanary(await deadPort())
    const answer = await ask(method)
    expect(answer).toMatchObject(BY_PRIMARY)
    expect(variantOf(answer)).toBe('primary; fallback')
    expect(primary.seen.map(({ headers }) => headers['canary-variant'])).toEqual([
      'primary; fallback',
    ])
  })

  it('says that its content has no bytes, and its connection lives on', async () => {
    const canary = await startAnswering(503)
    await configureCanary(canary.port)
    const client = await KeepAliveClient.connect(gateway.proxyPort)
    for (const method of ['GET', 'OPTIONS', 'GET']) {
      expect(await client.ask('/', { 'content-length': '0' }, method)).toMatchObject(BY_PRIMARY)
    }
    client.close()
    expect(primary.seen.map(({ headers }) => headers['content-length'])).toEqual(['0', '0', '0'])
  })

  it('is reset before an answer', async () => {
    const { port } = await startBroken((socket) => socket.destroy())
    await configureCanary(port)
    expect(await ask()).toMatchObject(BY_PRIMARY)
  })

  it('gets an answer that is none', async () => {
    const { port } = await startBroken((socket) => socket.write('HTTP/1.1 two hundred\r\n\r\n'))
    await configureCanary(port)
    expect(await ask()).toMatchObject(BY_PRIMARY)
  })

  it('waits in vain for a head', async () => {
    const { port } = await startBroken(() => {})
    await configureCanary(port, {}, { read_timeout: 50, retries: 0 })
    expect(await ask()).toMatchObject(BY_PRIMARY)
  })

  it.each([502, 503, 504])('is answered %i', async (status) => {
    const canary = await startAnswering(status)
    await configureCanary(canary.port)
    const answer = await ask()
    expect(answer).toMatchObject(BY_PRIMARY)
    expect(variantOf(answer)).toBe('primary; fallback')
    expect(canary.seen.length).toBe(1)
  })

  it('is answered a status of those that were asked for, and no other', async () => {
    const canary = await startAnswering(500)
    await configureCanary(canary.port, { safety_net_statuses: [500] })
    expect(await ask()).toMatchObject(BY_PRIMARY)
    await gateway.admin('PATCH', `/plugins/${await pluginId()}`, {
      config: { safety_net_statuses: [501] },
    })
    expect(await ask()).toMatchObject({ status: 500, body: 'canary' })
  })

  it('has no target to go to', async () => {
    await configureUpstream(gateway, 'shop.v2', {})
    await configureCanary(0, { upstream_host: 'shop.v2', upstream_port: null })
    expect(await ask()).toMatchObject(BY_PRIMARY)
  })

  it('tries the other targets of the canary first, each of them once', async () => {
    const good = await startUpstream('good canary')
    upstreams.push(good)
    await configureUpstream(gateway, 'shop.v2', {
      [`127.0.0.1:${await deadPort()}`]: 100,
      [good.address]: 100,
    })
    await configureCanary(0, { upstream_host: 'shop.v2', upstream_port: null })
    for (let i = 0; i < 4; i += 1) expect(await ask()).toMatchObject({ body: 'good canary' })
    await good.close()
    expect(await ask()).toMatchObject(BY_PRIMARY)
    expect(gateway.entries.at(-1)).toMatchObject({ fallback: { tries: 2 }, tries: 1 })
  })

  it('gets the truth when the primary fails as well', async () => {
    await configureCanary(await deadPort())
    await primary.close()
    const answer = await ask()
    expect(answer.status).toBe(502)
    expect(variantOf(answer)).toBe('primary; fallback')
  })

  it('has its field for the variant as configured, or none', async () => {
    await configureCanary(await deadPort(), { variant_header: null })
    const answer = await ask()
    expect(answer).toMatchObject(BY_PRIMARY)
    expect(variantOf(answer)).toBeUndefined()
  })
})

describe('what the safety net does not catch', () => {
  it('anything at all, unless it is turned on', async () => {
    await configureCanary(await deadPort(), { safety_net: false })
    expect((await ask()).status).toBe(502)
    expect(primary.seen).toEqual([])
  })

  it.each(['POST', 'PUT', 'DELETE', 'PATCH'])('%s, which changes something', async (method) => {
    const canary = await startAnswering(503)
    await configureCanary(canary.port)
    expect(await ask(method, { 'content-length': '0' })).toMatchObject({ status: 503 })
    expect(primary.seen).toEqual([])
    expect(canary.seen.length).toBe(1)
  })

  it('a request of the primary', async () => {
    await configureCanary(await deadPort(), { percentage: 0 })
    await primary.close()
    expect((await ask()).status).toBe(502)
    expect(gateway.entries.at(-1)?.fallback).toBeNull()
  })

  it('a request with content, which is not sent twice', async () => {
    const canary = await startAnswering(503)
    await configureCanary(canary.port)
    const socket = connect(gateway.proxyPort, '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc')
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 503 /)
    expect(primary.seen).toEqual([])
  })

  it('an answer that was cut after its head', async () => {
    const { port } = await startBroken((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nfour')
      socket.destroy()
    })
    await configureCanary(port)
    await expect(ask()).rejects.toThrow('connection closed')
    expect(primary.seen).toEqual([])
  })
})

describe('a caught failure', () => {
  it('is one line of the log: what the client got, and what the canary did', async () => {
    const canary = await startAnswering(503)
    await configureCanary(canary.port)
    await ask()
    expect(gateway.entries).toMatchObject([
      {
        status: 200,
        variant: 'primary',
        rule: 'safety-net',
        target: primary.address,
        tries: 1,
        reason: null,
        fallback: { status: 503, reason: null, target: canary.address, tries: 1 },
      },
    ])
    const [entry] = gateway.entries
    expect(entry?.fallback?.totalMs).toBeLessThanOrEqual(entry?.totalMs ?? 0)
  })

  it('counts against the canary in every metric, and what came of it for the primary', async () => {
    await configureCanary(await deadPort())
    for (let i = 0; i < 3; i += 1) await ask()
    expect(await seriesOf(gateway, 'canary_requests_total')).toEqual({
      'service="shop",variant="canary",status="502"': 3,
      'service="shop",variant="primary",status="200"': 3,
    })
    expect(await seriesOf(gateway, 'canary_request_failures_total')).toEqual({
      'service="shop",variant="canary",reason="refused"': 3,
    })
    expect(await seriesOf(gateway, 'canary_fallbacks_total')).toEqual({ 'service="shop"': 3 })
    expect(await seriesOf(gateway, 'canary_request_duration_seconds_count')).toEqual({
      'service="shop",variant="canary"': 3,
      'service="shop",variant="primary"': 3,
    })
  })

  it('counts against the target, by its status', async () => {
    const canary = await startAnswering(503)
    await configureUpstream(gateway, 'shop.v2', { [canary.address]: 100 })
    await gateway.admin('PATCH', '/upstreams/shop.v2', {
      healthchecks: { passive: { unhealthy: { http_failures: 2 }, max_ejected_percent: 100 } },
    })
    await configureCanary(0, { upstream_host: 'shop.v2', upstream_port: null })
    for (let i = 0; i < 5; i += 1) expect(await ask()).toMatchObject(BY_PRIMARY)
    expect(canary.seen.length).toBe(2)
    expect(await seriesOf(gateway, 'canary_requests_total')).toMatchObject({
      'service="shop",variant="canary",status="503"': 5,
    })
  })
})

async function pluginId(): Promise<string> {
  const { data } = await gateway.admin<{ data: { id: string }[] }>('GET', '/services/shop/plugins')
  return data[0]?.id ?? ''
}
