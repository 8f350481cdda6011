import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BalancerState } from '../../src/balancing/balancer-state.ts'
import type { CompiledUpstream } from '../../src/balancing/compile-upstream.ts'
import { pickPeer } from '../../src/balancing/pick-peer.ts'
import { compiledOf, equalWeights, pickContext, picks, tally } from './support.ts'

const A = '10.0.0.1:80'
const B = '10.0.0.2:80'
const C = '10.0.0.3:80'

describe('smooth weighted round-robin', () => {
  test('turns of a heavy peer are spread as nginx documents for 5:1:1', () => {
    const upstream = compiledOf({ [A]: 5, [B]: 1, [C]: 1 })
    expect(picks(upstream, new BalancerState(), 7)).toEqual([A, A, B, A, C, A, A])
  })

  test('the wheel ends after the weights without their common divisor', () => {
    const upstream = compiledOf({ [A]: 100, [B]: 100, [C]: 50 })
    const state = new BalancerState()
    for (let wheel = 0; wheel < 4; wheel++) {
      expect(tally(picks(upstream, state, 5))).toEqual({ [A]: 2, [B]: 2, [C]: 1 })
    }
  })

  test('100:1 gives the light peer exactly one of 101 requests', () => {
    const upstream = compiledOf({ [A]: 100, [B]: 1 })
    expect(tally(picks(upstream, new BalancerState(), 101))).toEqual({ [A]: 100, [B]: 1 })
  })

  test('two upstreams with the same targets have wheels of their own', () => {
    const first = compiledOf({ [A]: 1, [B]: 1 })
    const second = { ...first, id: 'upstream-2' }
    const state = new BalancerState()
    expect(picks(first, state, 1)).toEqual([A])
    expect(picks(second, state, 1)).toEqual([A])
    expect(picks(first, state, 1)).toEqual([B])
  })
})

describe('the wheel across snapshots', () => {
  test('goes on where it was when something else changes', () => {
    const weights = { [A]: 5, [B]: 1, [C]: 1 }
    const undisturbed = picks(compiledOf(weights), new BalancerState(), 70)
    const state = new BalancerState()
    const swapped = Array.from({ length: 70 }, (_, i) =>
      picks(compiledOf(weights, { host_header: `v${i}.example` }), state, 1),
    ).flat()
    expect(swapped).toEqual(undisturbed)
  })

  test('keeps the turns of peers that survive a change of targets', () => {
    const state = new BalancerState()
    expect(picks(compiledOf({ [A]: 1, [B]: 1 }), state, 1)).toEqual([A])
    expect(picks(compiledOf({ [A]: 1, [B]: 1, [C]: 1 }), state, 3)).toEqual([B, C, A])
  })

  test('does not starve a peer whose weight has become small', () => {
    const state = new BalancerState()
    picks(compiledOf({ [A]: 65_535, [B]: 65_534 }), state, 1)
    expect(picks(compiledOf({ [A]: 1, [B]: 1 }), state, 4)).toEqual([B, A, B, A])
  })

  test('does not make a new peer wait for the debts of those who left right after their turn', () => {
    const state = new BalancerState()
    const weights = equalWeights(40)
    while (Object.keys(weights).length > 2) {
      delete weights[picks(compiledOf(weights), state, 1)[0]!]
    }
    const newcomer = '10.1.0.1:80'
    expect(picks(compiledOf({ ...weights, [newcomer]: 100 }), state, 4)).toContain(newcomer)
  })

  test('shares stay within two turns of the weights, whatever was there before', () => {
    fc.assert(
      fc.property(fc.array(weightSet, { minLength: 1, maxLength: 8 }), weightSet, (past, now) => {
        const state = new BalancerState()
        for (const weights of past) picks(upstreamWith(weights), state, weights.length + 1)
        const cycle = now.reduce((sum, weight) => sum + weight, 0)
        const counts = tally(picks(upstreamWith(now), state, cycle))
        for (const [index, weight] of now.entries()) {
          expect(Math.abs((counts[addressOf(index)] ?? 0) - weight)).toBeLessThanOrEqual(2)
        }
      }),
      { numRuns: 300 },
    )
  })

  test('requests that still run on the snapshot before do not favour any peer', () => {
    const before = compiledOf({ [A]: 1, [B]: 1 })
    const after = compiledOf({ [A]: 1, [C]: 1 })
    const state = new BalancerState()
    const keys: string[] = []
    for (let i = 0; i < 20; i++) keys.push(...picks(after, state, 1), ...picks(before, state, 1))
    expect(tally(keys)).toEqual({ [A]: 20, [B]: 10, [C]: 10 })
  })

  test('picks without some peers leave the shares of the others as they are', () => {
    const upstream = compiledOf({ [A]: 2, [B]: 2, [C]: 4 })
    const state = new BalancerState()
    const excluded = new Set([B])
    const keys = Array.from({ length: 60 }, () => {
      const pick = pickPeer(upstream, pickContext({ excluded }), state)
      return pick.kind === 'peer' ? pick.peer.key : pick.reason
    })
    expect(tally(keys)).toEqual({ [A]: 20, [C]: 40 })
  })
})

test('a hundred peers take exactly one turn each', () => {
  const counts = tally(picks(compiledOf(equalWeights(100)), new BalancerState(), 100))
  expect(Object.keys(counts)).toHaveLength(100)
})

const weightSet = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 6 })

function addressOf(index: number): string {
  return `10.0.0.${index + 1}:80`
}

function upstreamWith(weights: readonly number[]): CompiledUpstream {
  return compiledOf(Object.fromEntries(weights.map((weight, i) => [addressOf(i), weight])))
}
