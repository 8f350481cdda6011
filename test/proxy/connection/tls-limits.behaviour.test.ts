import type { TLSSocket } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AccessEntry } from '../../../src/metrics/access-entry.ts'
import { SETTINGS_SCHEMA } from '../../../src/model/settings.ts'
import { Gateway } from '../../../src/proxy/gateway.ts'
import { compileTrust } from '../../../src/proxy/head/client-address.ts'
import { type Limits, limitsOf } from '../../../src/proxy/limits.ts'
import { createDraws } from '../../../src/proxy/process-draws.ts'
import { makeSelfSigned } from '../../../src/tls/self-signed.ts'
import { RawConnection, statusesOf } from '../../support/raw-connection.ts'
import { storedRow, uuid } from '../../support/store-rows.ts'
import { systemNames } from '../../support/system-names.ts'
import { startRawUpstream, type TestUpstream } from '../../support/test-upstream.ts'
import { connectTls } from '../../support/tls-client.ts'

/** As in production, but faster. */
const LIMITS = { headTimeoutMs: 200, deadlineCheckMs: 20, silenceMs: 300, idleMs: 200 }

/** The beginning of a handshake: a record of 512 bytes, of which eleven come. */
const HALF_HELLO = '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'

let gateway: Gateway
let entries: AccessEntry[]
let bugs: unknown[]
let upstream: TestUpstream
let port: number

beforeEach(async () => {
  entries = []
  bugs = []
  upstream = await startRawUpstream((socket) => {
    socket.on('data', (chunk) => {
      if (!chunk.toString('latin1').startsWith('GET /endless')) return
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n`)
      const more = () => {
        while (socket.writable && socket.write(Buffer.alloc(65_536)));
      }
      socket.on('drain', more)
      more()
    })
  })
  gateway = createGateway(LIMITS)
  gateway.configuration.load(1, [
    storedRow('services', 1, { host: '127.0.0.1', port: upstream.port }),
    storedRow('routes', 2, { paths: ['/'], service: { id: uuid(1) } }),
  ])
  const address = { host: '127.0.0.1', port: 0 }
  port = (await gateway.listenTls(address, await makeSelfSigned(new Date()))).port
})

afterEach(async () => {
  await gateway.drain(0)
  await upstream.close()
  expect(bugs).toEqual([])
})

function createGateway(limits: Partial<Limits>): Gateway {
  return new Gateway({
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
    limits: { ...limitsOf(SETTINGS_SCHEMA.parse({})), ...limits },
  })
}

function textOf(socket: TLSSocket): Promise<string> {
  let text = ''
  socket.setEncoding('latin1').on('data', (chunk) => {
    text += chunk
  })
  return new Promise((resolve) => socket.on('close', () => resolve(text)))
}

describe('a handshake', () => {
  it.each([
    ['that never begins', ''],
    ['that stops halfway', HALF_HELLO],
  ])('%s is ended in time', async (_what, bytes) => {
    const client = new RawConnection(port)
    client.send(bytes)
    await client.untilClosed()
    await expect.poll(() => gateway.counts.connectionsActive).toBe(0)
    expect(entries).toEqual([])
  })

  it('that goes on for ever, byte by byte, is ended in time', async () => {
    const client = new RawConnection(port)
    client.send(HALF_HELLO)
    const timer = setInterval(() => client.send('x'), 20)
    client.socket.on('close', () => clearInterval(timer))
    await client.untilClosed()
    await expect.poll(() => gateway.counts.connectionsActive).toBe(0)
  })
})

it('a TLS listener and a plain one together take no more connections than one may', async () => {
  const connections = 4
  const limited = createGateway({ connections })
  const address = { host: '127.0.0.1', port: 0 }
  const plain = await limited.listen(address)
  const tls = await limited.listenTls(address, await makeSelfSigned(new Date()))
  for (let n = 0; n < connections; n += 1) new RawConnection(n % 2 === 0 ? plain.port : tls.port)
  await expect.poll(() => limited.counts.connectionsActive).toBe(connections)
  for (const { port } of [plain, tls]) await new RawConnection(port).untilClosed()
  expect(limited.counts.connectionsActive).toBe(connections)
  await limited.drain(0)
})

describe('over TLS, a client that takes too long', () => {
  it('over its head gets a 408', async () => {
    const client = await connectTls(port)
    const text = textOf(client)
    client.write('GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ')
    const timer = setInterval(() => client.write('s'), 20)
    client.on('close', () => clearInterval(timer))
    expect(statusesOf(await text)).toEqual([408])
    expect(entries).toMatchObject([{ status: 408, reason: 'head_timeout' }])
  })

  it('to send anything at all gets a 408', async () => {
    expect(statusesOf(await textOf(await connectTls(port)))).toEqual([408])
  })

  it('to take its answer is cut off', async () => {
    const client = await connectTls(port)
    client.pause()
    client.write('GET /endless HTTP/1.1\r\nHost: a\r\n\r\n')
    await expect.poll(() => entries).toMatchObject([{ reason: 'client-silent' }])
    await expect.poll(() => gateway.counts.connectionsActive).toBe(0)
    client.destroy()
  })
})
