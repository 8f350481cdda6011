import { beforeEach, describe, expect, test } from 'vitest'
import type { HealthEvent } from '../../../src/balancing/health/health-rules.ts'
import { HealthState } from '../../../src/balancing/health/health-state.ts'
import { healthchecks } from '../../../src/model/healthchecks.ts'
import { compiledOf } from '../support.ts'

const [A, B, C, D] = ['10.0.0.1:80', '10.0.0.2:80', '10.0.0.3:80', '10.0.0.4:80'] as const

const upstreamWith = (
  checks: object,
  weights: Record<string, number> = { [A]: 1, [B]: 1, [C]: 1, [D]: 1 },
) => compiledOf(weights, { healthchecks: healthchecks().parse(checks) })

const PASSIVE = { passive: { unhealthy: { http_failures: 2, tcp_failures: 1 } } }
const ACTIVE = {
  active: {
    healthy: { interval: 1, successes: 1 },
    unhealthy: { interval: 1, http_failures: 1, tcp_failures: 1 },
  },
}
let state: HealthState
let nowMs: number

beforeEach(() => {
  state = new HealthState(() => 0.5)
  nowMs = 1_000_000
})

const peerOf = (upstream: ReturnType<typeof upstreamWith>, key: string) =>
  upstream.allPeers.find((peer) => peer.key === key)!

/** A request to a peer that ends in this. */
function request(
  upstream: ReturnType<typeof upstreamWith>,
  key: string,
  event: HealthEvent | null,
) {
  const peer = peerOf(upstream, key)
  const isTrial = state.begin(upstream, peer, nowMs)
  state.end(upstream, peer, { event, nowMs, isTrial })
}

const out = (upstream: ReturnType<typeof upstreamWith>) =>
  [...state.availability(upstream, nowMs).unavailable].sort()

describe('an upstream without checks', () => {
  test('uses everything, whatever happens', () => {
    const upstream = upstreamWith({})
    for (let i = 0; i < 10; i += 1) request(upstream, A, 'tcp-failure')
    expect(out(upstream)).toEqual([])
    expect(state.canServe(upstream, nowMs)).toBe(true)
  })
})

describe('a peer that fails its traffic', () => {
  test('is taken out at the limit, and is tried again after the time of recovery', () => {
    const upstream = upstreamWith(PASSIVE)
    request(upstream, A, 'http-failure')
    expect(out(upstream)).toEqual([])
    request(upstream, A, 'http-failure')
    expect(out(upstream)).toEqual([A])
    nowMs += 29_999
    expect(out(upstream)).toEqual([A])
    nowMs += 1
    expect(out(upstream)).toEqual([])
  })

  test('gets one request on trial, and what that brings decides', () => {
    const upstream = upstreamWith(PASSIVE)
    request(upstream, A, 'tcp-failure')
    nowMs += 30_000
    const isTrial = state.begin(upstream, peerOf(upstream, A), nowMs)
    expect(isTrial).toBe(true)
    expect(out(upstream)).toEqual([A])
    state.end(upstream, peerOf(upstream, A), { event: 'http-failure', nowMs, isTrial })
    expect(out(upstream)).toEqual([A])
    nowMs += 59_999
    expect(out(upstream)).toEqual([A])
    nowMs += 1
    request(upstream, A, 'success')
    expect(out(upstream)).toEqual([])
    expect(state.of(upstream.id, A).unhealthyBy).toBeNull()
  })

  test('may be tried by somebody else when a trial says nothing', () => {
    const upstream = upstreamWith(PASSIVE)
    request(upstream, A, 'tcp-failure')
    nowMs += 30_000
    request(upstream, A, null)
    expect(out(upstream)).toEqual([])
    expect(state.begin(upstream, peerOf(upstream, A), nowMs)).toBe(true)
  })

  test.each(['success', 'tcp-failure'] as const)(
    'that an operator takes out during its trial stays out after a %s',
    (event) => {
      const upstream = upstreamWith(PASSIVE)
      const peer = peerOf(upstream, A)
      request(upstream, A, 'tcp-failure')
      nowMs += 30_000
      const isTrial = state.begin(upstream, peer, nowMs)
      state.declare(upstream.id, A, { isHealthy: false, nowMs })
      state.end(upstream, peer, { event, nowMs, isTrial })
      expect(state.of(upstream.id, A).unhealthyBy).toBe('operator')
    },
  )

  test('is not brought back by an answer to a request of before', () => {
    const upstream = upstreamWith({ passive: { ...PASSIVE.passive, healthy: { successes: 1 } } })
    const peer = peerOf(upstream, A)
    expect(state.begin(upstream, peer, nowMs)).toBe(false)
    request(upstream, A, 'tcp-failure')
    state.end(upstream, peer, { event: 'success', nowMs, isTrial: false })
    expect(out(upstream)).toEqual([A])
  })

  test('stays out without recovery until an operator says otherwise', () => {
    const upstream = upstreamWith({ passive: { ...PASSIVE.passive, recovery: 0 } })
    request(upstream, A, 'tcp-failure')
    nowMs += 1e10
    expect(out(upstream)).toEqual([A])
    state.declare(upstream.id, A, { isHealthy: true, nowMs })
    expect(out(upstream)).toEqual([])
  })
})

describe('more failures than may be taken out', () => {
  test('are all used again, and none when that is allowed', () => {
    const upstream = upstreamWith(PASSIVE)
    for (const key of [A, B]) request(upstream, key, 'tcp-failure')
    expect(out(upstream)).toEqual([A, B])
    request(upstream, C, 'tcp-failure')
    expect(out(upstream)).toEqual([])
    expect(state.availability(upstream, nowMs)).toMatchObject({
      isPanicking: true,
      isHealthy: true,
    })

    const strict = upstreamWith({ passive: { ...PASSIVE.passive, max_ejected_percent: 100 } })
    expect(out(strict)).toEqual([A, B, C])
  })

  test('leave out what probes or an operator took out', () => {
    const upstream = upstreamWith({ ...PASSIVE, ...ACTIVE })
    for (const key of [A, B, C]) request(upstream, key, 'tcp-failure')
    state.declare(upstream.id, D, { isHealthy: false, nowMs })
    expect(out(upstream)).toEqual([D])
  })

  test('never make a dead canary usable', () => {
    const upstream = upstreamWith(PASSIVE)
    for (const key of [A, B, C, D]) request(upstream, key, 'tcp-failure')
    expect(out(upstream)).toEqual([])
    expect(state.canServe(upstream, nowMs)).toBe(false)
    nowMs += 30_000
    expect(state.canServe(upstream, nowMs)).toBe(true)
  })
})

test('each time a peer is taken out counts, by what found it unhealthy', () => {
  const upstream = upstreamWith({ ...PASSIVE, ...ACTIVE })
  for (let i = 0; i < 5; i += 1) request(upstream, A, 'tcp-failure')
  expect(state.ejections(upstream.id)).toEqual({ traffic: 1, probes: 0, operator: 0 })
  nowMs += 40_000
  request(upstream, A, 'tcp-failure')
  expect(state.ejections(upstream.id)).toEqual({ traffic: 2, probes: 0, operator: 0 })
  const failed = { event: 'tcp-failure', nowMs } as const
  for (let i = 0; i < 3; i += 1) state.probed(upstream, peerOf(upstream, B), failed)
  for (let i = 0; i < 3; i += 1) state.declare(upstream.id, C, { isHealthy: false, nowMs })
  expect(state.ejections(upstream.id)).toEqual({ traffic: 2, probes: 1, operator: 1 })
})

describe('an upstream below its threshold', () => {
  test('serves nobody, and exactly at it neither', () => {
    const upstream = upstreamWith({ ...ACTIVE, threshold: 50 })
    state.declare(upstream.id, A, { isHealthy: false, nowMs })
    expect(out(upstream)).toEqual([A])
    state.declare(upstream.id, B, { isHealthy: false, nowMs })
    expect(out(upstream)).toEqual([A, B, C, D])
    expect(state.canServe(upstream, nowMs)).toBe(false)
  })

  test('still tries those whose time has come', () => {
    const checks = { passive: { ...PASSIVE.passive, max_ejected_percent: 100 } }
    const upstream = upstreamWith(checks, { [A]: 1, [B]: 1 })
    for (const key of [A, B]) request(upstream, key, 'tcp-failure')
    expect(out(upstream)).toEqual([A, B])
    nowMs += 30_000
    expect(out(upstream)).toEqual([])
    expect(state.begin(upstream, peerOf(upstream, A), nowMs)).toBe(true)
    expect(out(upstream)).toEqual([A])
  })
})

describe('probes', () => {
  test('take a peer out and bring it back', () => {
    const upstream = upstreamWith(ACTIVE)
    const peer = peerOf(upstream, A)
    state.probed(upstream, peer, { event: 'http-failure', nowMs })
    expect(out(upstream)).toEqual([A])
    state.probed(upstream, peer, { event: null, nowMs })
    expect(out(upstream)).toEqual([A])
    state.probed(upstream, peer, { event: 'success', nowMs })
    expect(out(upstream)).toEqual([])
  })
})

describe('what was found', () => {
  test('survives a change of weights and of other checks, and goes with the target', () => {
    const upstream = upstreamWith(ACTIVE)
    state.declare(upstream.id, A, { isHealthy: false, nowMs })
    const heavier = upstreamWith(ACTIVE, { [A]: 9, [B]: 1 })
    state.retain(heavier)
    expect(out(heavier)).toEqual([A])
    const others = upstreamWith(PASSIVE, { [A]: 9, [B]: 1 })
    state.changeRules(others)
    expect(state.of(others.id, A).unhealthyBy).toBe('operator')
    state.retain(upstreamWith(ACTIVE, { [B]: 1 }))
    state.retain(upstream)
    expect(out(upstream)).toEqual([])
  })

  test('is forgotten when nothing is checked any more', () => {
    const upstream = upstreamWith(ACTIVE)
    state.declare(upstream.id, A, { isHealthy: false, nowMs })
    state.changeRules(upstreamWith({}))
    expect(out(upstream)).toEqual([])
  })

  test('takes in nothing of requests that were under way when the target went, though it comes again', () => {
    const before = upstreamWith(PASSIVE)
    const peer = peerOf(before, D)
    const isTrial = state.begin(before, peer, nowMs)
    state.retain(upstreamWith(PASSIVE, { [A]: 1, [B]: 1, [C]: 1 }))
    const again = upstreamWith(PASSIVE)
    state.end(before, peer, { event: 'tcp-failure', nowMs, isTrial })
    expect(out(again)).toEqual([])
  })

  test.each([
    [0, 300],
    [300, 10],
  ])('is tried again when recovery goes from %d s to %d s', (before, after) => {
    const recovering = (recovery: number) =>
      upstreamWith({ passive: { ...PASSIVE.passive, recovery } })
    request(recovering(before), A, 'tcp-failure')
    nowMs += 20_000
    expect(out(recovering(before))).toEqual([A])
    const changed = recovering(after)
    state.changeRules(changed)
    expect(out(changed)).toEqual([])
    expect(state.begin(changed, peerOf(changed, A), nowMs)).toBe(true)
  })

  test('stays until a probe says otherwise when traffic is judged no more', () => {
    request(upstreamWith({ ...PASSIVE, ...ACTIVE }), A, 'tcp-failure')
    const probed = upstreamWith(ACTIVE)
    state.changeRules(probed)
    nowMs += 600_000
    expect(out(probed)).toEqual([A])
    state.probed(probed, peerOf(probed, A), { event: 'success', nowMs })
    expect(out(probed)).toEqual([])
  })

  test('is counted anew under other checks', () => {
    const upstream = upstreamWith(PASSIVE)
    request(upstream, A, 'http-failure')
    state.changeRules(upstream)
    request(upstream, A, 'http-failure')
    expect(out(upstream)).toEqual([])
  })
})
