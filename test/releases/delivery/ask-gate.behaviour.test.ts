import { afterEach, describe, expect, it } from 'vitest'
import { askGate } from '../../../src/releases/delivery/ask-gate.ts'
import type { DeliveryAttempt } from '../../../src/releases/delivery/delivery-tools.ts'
import type { GateAddress } from '../../../src/releases/document/gate.ts'
import { frozenTools, isSignedWith, startReceiver } from './gate-server.ts'

type Answer = Parameters<typeof startReceiver>[0]

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

/** A gate server, and what came of one question to it. */
async function ask(
  answer: Answer,
  given: Partial<GateAddress> = {},
  signal = new AbortController().signal,
) {
  const server = await startReceiver(answer)
  cleanups.push(server.close)
  return { server, ...(await askAt(server.url, given, signal)) }
}

async function askAt(url: string, given: Partial<GateAddress> = {}, signal?: AbortSignal) {
  const tools = frozenTools()
  cleanups.push(() => tools.client.close())
  const attempts: DeliveryAttempt[] = []
  const gate: GateAddress = { url, timeout: '10s', retries: 2, secret: null, ...given }
  const result = await askGate(
    { key: 'k', gate, name: 'load test', phase: 'Progressing' },
    {
      body: '{"name":"shop-v2"}',
      idempotencyKey: 'key-1',
      onAttempt: (attempt) => attempts.push(attempt),
      signal: signal ?? new AbortController().signal,
    },
    tools,
  )
  return { result, attempts, tools }
}

const status = (code: number, body = '', headers: Record<string, string> = {}): Answer => {
  return (response) => {
    response.writeHead(code, headers).end(body)
  }
}

describe('a gate', () => {
  it.each([200, 201, 202])('says yes with %i', async (code) => {
    const { result, attempts } = await ask(status(code, 'go'))
    expect(result).toMatchObject({ isYes: true, detail: `answered ${code}: go` })
    expect(attempts).toMatchObject([{ attempt: 1, status: code, isAccepted: true }])
  })

  it.each([203, 204, 403, 404])('says no with %i, and is not asked again', async (code) => {
    const { result, server } = await ask(status(code))
    expect(result).toMatchObject({ isYes: false, detail: `answered ${code}` })
    expect(server.received).toHaveLength(1)
  })

  it('gets a POST of JSON with a key that stays the same, signed with its secret', async () => {
    const { server } = await ask((response, n) => status(n === 1 ? 500 : 200)(response, n), {
      secret: 'hush',
    })
    expect(server.received).toHaveLength(2)
    for (const request of server.received) {
      expect(request).toMatchObject({
        method: 'POST',
        url: '/gate/check?x=1',
        body: '{"name":"shop-v2"}',
        headers: { 'content-type': 'application/json', 'idempotency-key': 'key-1' },
      })
      expect(isSignedWith('hush', request)).toBe(true)
      expect(isSignedWith('other', request)).toBe(false)
    }
  })

  it('is not signed without a secret', async () => {
    const { server } = await ask(status(200))
    expect(server.received[0]?.headers).not.toHaveProperty('canary-signature')
  })

  it('that fails is asked again, later each time, and then it is a no', async () => {
    const { result, tools, attempts } = await ask(status(500, 'oops'), { retries: 3 })
    expect(result).toMatchObject({ isYes: false, detail: 'answered 500: oops (asked 4 times)' })
    expect(tools.sleeps).toEqual([125, 250, 500])
    expect(attempts.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4])
  })

  it('that redirects says no, and is not followed', async () => {
    const target = await startReceiver(status(200))
    cleanups.push(target.close)
    const { result } = await ask(status(302, '', { location: target.url }))
    expect(result).toMatchObject({
      isYes: false,
      detail: 'answered 302, and redirects are not followed',
    })
    expect(target.received).toHaveLength(0)
  })

  it('that sends 100 MB is cut off after 64 KiB; its status counts, and 1 KiB is kept', async () => {
    let sent = 0
    const chunk = Buffer.alloc(65_536, 'x')
    const { result, server } = await ask((response) => {
      response.writeHead(200)
      const more = () => {
        while (sent < 100e6 && !response.destroyed) {
          sent += chunk.length
          if (!response.write(chunk)) break
        }
        if (sent >= 100e6) response.end()
      }
      response.on('drain', more)
      more()
    })
    expect(result.isYes).toBe(true)
    expect(result.detail).toBe(`answered 200: ${'x'.repeat(1024)}`)
    await expect.poll(server.openConnections).toBe(0)
    expect(sent).toBeLessThan(50e6)
  })

  it('that hangs, or drips its answer, is a no in the end', async () => {
    const hangs = await ask(() => undefined, { timeout: '100ms', retries: 1 })
    const late = 'no complete answer within 100 ms (asked 2 times)'
    expect(hangs.result).toMatchObject({ isYes: false, detail: late })
    const drips = await ask(
      (response) => {
        response.writeHead(200)
        const timer = setInterval(() => response.write('.'), 10)
        response.on('close', () => clearInterval(timer))
      },
      { timeout: '100ms', retries: 1 },
    )
    expect(drips.result).toMatchObject({ isYes: false, detail: late })
    await expect.poll(drips.server.openConnections).toBe(0)
  })

  it('that closes the connection has not answered', async () => {
    const before = await ask((response) => response.destroy(), { retries: 0 })
    expect(before.result).toMatchObject({ isYes: false })
    const within = await ask(
      (response) => {
        response.writeHead(200, { 'content-length': '100' })
        response.write('half', () => response.destroy())
      },
      { retries: 0 },
    )
    const cut = 'the connection was closed before the answer was complete'
    expect([before.result.detail, within.result.detail]).toEqual([cut, cut])
  })

  it('with a head that is too large has not answered', async () => {
    const { result } = await ask(status(200, '', { 'x-large': 'x'.repeat(20_000) }), { retries: 0 })
    expect(result).toMatchObject({
      isYes: false,
      detail: 'the head of the answer is too large',
    })
  })

  it('that is not there is a no', async () => {
    const server = await startReceiver(status(200))
    await server.close()
    const { result } = await askAt(server.url, { retries: 0 })
    expect(result).toMatchObject({ isYes: false, detail: 'connection refused' })
  })

  it('at an address that is not allowed is not asked', async () => {
    const { result } = await askAt('http://169.254.169.254/latest', { retries: 0 })
    expect(result).toMatchObject({
      isYes: false,
      detail: '169.254.169.254 is an address that is not allowed',
    })
  })

  it('is asked no more when the gateway stops', async () => {
    const stop = new AbortController()
    const { result } = await ask(() => stop.abort(), { retries: 5 }, stop.signal)
    expect(result).toMatchObject({ isYes: false, detail: 'the gateway stopped' })
  })
})
