import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { configureUpstream } from '../support/configure.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import { startRawUpstream, startUpstream, type TestUpstream } from '../support/test-upstream.ts'

let gateway: TestGateway
let upstreams: TestUpstream[]

beforeEach(async () => {
  gateway = await startTestGateway()
  upstreams = []
})

afterEach(async () => {
  await gateway.stop()
  await Promise.all(upstreams.map((upstream) => upstream.close()))
  expect(gateway.logged).toEqual([])
})

/** An upstream entity over these, probed at short intervals. */
async function probe(targets: readonly TestUpstream[], active: object = {}): Promise<void> {
  upstreams.push(...targets)
  const weights = Object.fromEntries(targets.map(({ address }) => [address, 100]))
  await configureUpstream(gateway, 'shop.v1', weights)
  await gateway.admin('PATCH', '/upstreams/shop.v1', {
    healthchecks: {
      active: { healthy: { interval: 0.05 }, unhealthy: { interval: 0.05 }, ...active },
    },
  })
}

describe('the header fields of probes', () => {
  it('are sent, but for those that frame a message or are said of a connection', async () => {
    const target = await startUpstream('a')
    const headers = {
      'X-Probe': ['one', 'two'],
      Host: ['shop.example'],
      Trailer: ['X-Sum'],
      'Content-Length': ['5'],
      'Transfer-Encoding': ['chunked'],
      Connection: ['keep-alive'],
      Expect: ['100-continue'],
    }
    await probe([target], { headers })
    await expect.poll(() => target.seen.length).toBeGreaterThan(1)
    expect(target.seen[0]?.rawHeaders).toEqual([
      ...['host', 'shop.example', 'x-probe', 'one', 'x-probe', 'two'],
      ...['connection', 'close'],
    ])
  })

  it.each(['a\r\nX-Other: b', 'a\nb', 'a\u0001', '€'])(
    'are refused with the value %j',
    async (value) => {
      const answer = await gateway.adminRaw('POST', '/upstreams', {
        name: 'shop.v1',
        healthchecks: { active: { headers: { 'X-Probe': [value] } } },
      })
      expect(answer.status).toBe(400)
      expect(await answer.text()).toContain('X-Probe')
    },
  )
})

it('no target is kept from its probes by others that do not answer', async () => {
  const frozen = await Promise.all(
    [1, 2, 3].map(() => startRawUpstream((socket) => socket.resume())),
  )
  const good = await startUpstream('a')
  await probe([...frozen, good], { concurrency: 1, timeout: 0.1 })
  await expect.poll(() => good.seen.length, { timeout: 10_000 }).toBeGreaterThan(2)
})
