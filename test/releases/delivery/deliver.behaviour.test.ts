import { afterEach, describe, expect, it } from 'vitest'
import { type Delivered, deliver } from '../../../src/releases/delivery/deliver.ts'
import { NotificationQueue } from '../../../src/releases/delivery/notification-queue.ts'
import type { Notification } from '../../../src/releases/document/notification.ts'
import { exampleMessage } from '../notifications/example-message.ts'
import { frozenTools, isSignedWith, startReceiver } from './gate-server.ts'

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

function toolsForTest() {
  const tools = frozenTools()
  cleanups.push(() => tools.client.close())
  return tools
}

const notification = (url: string): Notification => ({
  url,
  format: 'json',
  on: null,
  secret: 'hush',
})

async function deliverTo(statusOf: (n: number) => number) {
  const server = await startReceiver((response, n) => response.writeHead(statusOf(n)).end())
  cleanups.push(server.close)
  const tools = toolsForTest()
  const delivered = await deliver(
    notification(server.url),
    exampleMessage(),
    { idempotencyKey: 'key-1', onAttempt: () => undefined, signal: new AbortController().signal },
    tools,
  )
  return { delivered, server, tools }
}

describe('a message', () => {
  it('is sent once when it is taken, signed and with its key', async () => {
    const { delivered, server } = await deliverTo(() => 204)
    expect(delivered).toEqual({ kind: 'delivered' })
    expect(server.received).toHaveLength(1)
    expect(server.received[0]?.headers['idempotency-key']).toBe('key-1')
    expect(isSignedWith('hush', server.received[0]!)).toBe(true)
    expect(JSON.parse(server.received[0]!.body)).toMatchObject({ name: 'shop-v2' })
  })

  it('is tried again until it is taken', async () => {
    const { delivered, server } = await deliverTo((n) => (n < 4 ? [500, 429, 503][n - 1]! : 200))
    expect(delivered).toEqual({ kind: 'delivered' })
    expect(server.received).toHaveLength(4)
  })

  it('is given up after 8 tries, 1 s to 5 min apart, and says so', async () => {
    const { delivered, server, tools } = await deliverTo(() => 500)
    expect(delivered).toEqual({
      kind: 'given-up',
      reason: 'given up after it was tried 8 times: answered 500',
    })
    expect(server.received).toHaveLength(8)
    expect(tools.sleeps.map((ms) => Math.round(ms / 1000))).toEqual([1, 3, 7, 17, 45, 116, 300])
  })

  it.each([302, 400, 404, 410])('is given up at once after %i', async (status) => {
    const { delivered, server } = await deliverTo(() => status)
    expect(delivered.kind).toBe('given-up')
    expect(server.received).toHaveLength(1)
  })
})

describe('the queue of messages', () => {
  function send(queue: NotificationQueue, url: string) {
    return new Promise<Delivered>((resolve) =>
      queue.send({
        notification: notification(url),
        message: exampleMessage(),
        idempotencyKey: 'key-1',
        onAttempt: () => undefined,
        onEnd: resolve,
      }),
    )
  }

  it('sends, and gives up what is under way when it is closed', async () => {
    const server = await startReceiver((response, n) => {
      if (n === 1) response.writeHead(200).end()
    })
    cleanups.push(server.close)
    const queue = new NotificationQueue(toolsForTest())
    expect(await send(queue, server.url)).toEqual({ kind: 'delivered' })
    const hanging = send(queue, server.url)
    await expect.poll(() => server.received.length).toBe(2)
    await queue.close()
    expect(await hanging).toEqual({ kind: 'given-up', reason: 'the gateway stopped' })
    expect(await send(queue, server.url)).toEqual({
      kind: 'given-up',
      reason: 'the gateway stopped',
    })
  })

  it('never holds more than 1000', async () => {
    const tools = toolsForTest()
    const endless = (_: number, signal: AbortSignal) =>
      new Promise<void>((_, reject) => {
        if (signal.aborted) reject(signal.reason)
        signal.addEventListener('abort', () => reject(signal.reason))
      })
    const queue = new NotificationQueue({ ...tools, sleep: endless })
    // Refused without a connection, so that all of them wait for their second try.
    const waiting = Array.from({ length: 1000 }, () => send(queue, 'http://169.254.0.1/'))
    expect(await send(queue, 'http://169.254.0.1/')).toEqual({
      kind: 'given-up',
      reason: '1000 messages are waiting already',
    })
    await queue.close()
    expect(new Set((await Promise.all(waiting)).map(({ kind }) => kind))).toEqual(
      new Set(['given-up']),
    )
  })
})
