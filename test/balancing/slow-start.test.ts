import { describe, expect, test } from 'vitest'
import { BalancerState } from '../../src/balancing/balancer-state.ts'
import type { CompiledUpstream } from '../../src/balancing/compile-upstream.ts'
import { pickPeer } from '../../src/balancing/pick-peer.ts'
import type { Upstream } from '../../src/model/upstream.ts'
import { compiledOf, pickContext, pickedKey, tally } from './support.ts'

const OLD = '10.0.0.1:80'
const NEW = '10.0.0.2:80'
const WINDOW_MS = 100_000

/** Picks at a moment, and how many of 1100 the newcomer got. */
function shareOfNew(
  upstream: CompiledUpstream,
  state: BalancerState,
  { nowMs, healthySinceMs = Number.NEGATIVE_INFINITY }: { nowMs: number; healthySinceMs?: number },
): number {
  const context = pickContext({
    nowMs,
    healthySinceMs: (key) => (key === NEW ? healthySinceMs : Number.NEGATIVE_INFINITY),
  })
  const keys = Array.from({ length: 1100 }, () => pickedKey(pickPeer(upstream, context, state)))
  return tally(keys)[NEW] ?? 0
}

const both = (fields: Partial<Upstream> = {}) =>
  compiledOf({ [OLD]: 100, [NEW]: 100 }, { slow_start: WINDOW_MS / 1000, ...fields })

/** The memory of an upstream that a target joined at time 0. */
function joined(fields: Partial<Upstream> = {}): BalancerState {
  const state = new BalancerState()
  state.seatsOf(compiledOf({ [OLD]: 100 }, fields), 0)
  state.seatsOf(both(fields), 0)
  return state
}

describe.each(['round-robin', 'least-connections', 'latency'] as const)(
  'slow start with %s',
  (algorithm) => {
    test.each([
      [0, 100],
      [WINDOW_MS / 10, 100],
      [WINDOW_MS / 2, 367],
      [WINDOW_MS, 550],
      [WINDOW_MS * 9, 550],
    ])('%d ms after it joined, a target gets %d of 1100 requests', (nowMs, expected) => {
      const upstream = both({ algorithm })
      const state = joined({ algorithm })
      const got = shareOfNew(upstream, state, { nowMs })
      // Those that decide by load see an idle upstream: only the heavier one wins there.
      if (algorithm === 'round-robin') expect(Math.abs(got - expected)).toBeLessThanOrEqual(1)
      else expect(got).toBe(nowMs < WINDOW_MS ? 0 : 550)
    })
  },
)

describe('slow start', () => {
  test('holds for a target that is healthy again', () => {
    const upstream = both()
    const state = new BalancerState()
    expect(shareOfNew(upstream, state, { nowMs: 0 })).toBe(550)
    expect(shareOfNew(upstream, state, { nowMs: 0, healthySinceMs: 0 })).toBe(100)
  })

  test('holds for the second target of an upstream whose only one has had traffic', () => {
    const state = new BalancerState()
    const alone = compiledOf({ [OLD]: 100 }, { slow_start: WINDOW_MS / 1000 })
    pickPeer(alone, pickContext(), state)
    expect(shareOfNew(both(), state, { nowMs: 0 })).toBe(100)
  })

  test('does not hold back those that were there when the gateway started, and is off by default', () => {
    expect(shareOfNew(both(), new BalancerState(), { nowMs: 0 })).toBe(550)
    expect(shareOfNew(both({ slow_start: 0 }), joined(), { nowMs: 0 })).toBe(550)
  })
})
