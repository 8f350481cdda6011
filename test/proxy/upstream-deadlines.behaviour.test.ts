import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TargetProcess } from '../chaos/target-process.ts'
import { configureService } from '../support/configure.ts'
import { RawConnection, statusesOf } from '../support/raw-connection.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import { onEachHead, startRawUpstream, type TestUpstream } from '../support/test-upstream.ts'

/** Longer than any of these waits: what goes by the wrong limit does not end in time. */
const FOR_EVER = 3_600_000
const TIMEOUTS = { connect_timeout: FOR_EVER, write_timeout: FOR_EVER, read_timeout: FOR_EVER }

let gateway: TestGateway
let upstream: TestUpstream | null
let client: RawConnection

beforeEach(async () => {
  upstream = null
  gateway = await startTestGateway()
  client = new RawConnection(gateway.proxyPort)
})

afterEach(async () => {
  client.destroy()
  await gateway.stop()
  await upstream?.close()
  expect(gateway.logged).toEqual([])
})

async function inFrontOf(started: Promise<TestUpstream>, service: object): Promise<TestUpstream> {
  upstream = await started
  await configureService(gateway, upstream.port, {
    service: { retries: 0, ...TIMEOUTS, ...service },
  })
  return upstream
}

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
const logged = () => gateway.entries.map(({ status, reason }) => [status, reason])

describe('an upstream that takes too long', () => {
  it('to shake hands gets connect_timeout', async () => {
    const silent = startRawUpstream((socket) => socket.resume())
    const { sockets } = await inFrontOf(silent, { protocol: 'https', connect_timeout: 60 })
    client.send(GET)
    await expect.poll(logged).toEqual([[504, 'connect-timeout']])
    await expect.poll(() => sockets.size).toBe(0)
  })

  it('to take a body gets write_timeout, however much of it is there', async () => {
    const deaf = startRawUpstream((socket) => socket.pause())
    const { sockets } = await inFrontOf(deaf, { write_timeout: 60 })
    const length = 50_000_000
    client.send(`PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`)
    client.send('b'.repeat(length - 1))
    await expect.poll(logged).toEqual([[504, 'send-timeout']])
    // Closed by the gateway: one that does not read does not see it before it writes.
    for (const socket of sockets) socket.resume()
    await expect.poll(() => sockets.size).toBe(0)
  })

  it('over its head gets read_timeout, though it never falls silent', async () => {
    const dripping = startRawUpstream((socket) =>
      onEachHead(socket, () => {
        socket.write('HTTP/1.1 200 OK\r\nX-Slow: ')
        const timer = setInterval(() => socket.write('s'), 20)
        socket.on('close', () => clearInterval(timer))
      }),
    )
    const { sockets } = await inFrontOf(dripping, { read_timeout: 200 })
    client.send(GET)
    await expect.poll(logged).toEqual([[504, 'read-timeout']])
    await expect.poll(() => sockets.size).toBe(0)
  })

  it('to say that a body is welcome gets read_timeout: its client waits for that', async () => {
    const silent = startRawUpstream((socket) => socket.resume())
    const { sockets } = await inFrontOf(silent, { read_timeout: 60 })
    client.send('POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n')
    await expect.poll(logged).toEqual([[504, 'read-timeout']])
    await client.untilText('timing out')
    expect(statusesOf(client.text)).toEqual([504])
    await expect.poll(() => sockets.size).toBe(0)
  })
})

it('an upstream that ends its side without an answer is a 502', async () => {
  await inFrontOf(
    startRawUpstream((socket) => onEachHead(socket, () => socket.end())),
    {},
  )
  client.send(GET)
  await expect.poll(logged).toEqual([[502, 'reset']])
})

describe('a gateway that stood still', () => {
  it('does not take an answer that came meanwhile for one that did not come', async () => {
    const READ_TIMEOUT_MS = 300
    const target = await TargetProcess.start('v1')
    await configureService(gateway, Number(target.address.split(':')[1]), {
      service: { retries: 0, read_timeout: READ_TIMEOUT_MS },
    })
    for (let round = 0; round < 3; round += 1) {
      const before = gateway.entries.length
      client.send(GET)
      // In every turn of the loop: a request comes and goes between two looks of a timer.
      do await setImmediate()
      while (gateway.node.requestsInFlight() === 0)
      await setImmediate()
      standStill(READ_TIMEOUT_MS + 100)
      await expect.poll(() => gateway.entries.length).toBe(before + 1)
    }
    await target.stop()
    expect(logged()).toEqual(Array(3).fill([200, null]))
  })

  function standStill(ms: number): void {
    const until = performance.now() + ms
    while (performance.now() < until);
  }
})
