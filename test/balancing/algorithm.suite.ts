import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BalancerState } from '../../src/balancing/balancer-state.ts'
import type { CompiledUpstream } from '../../src/balancing/compile-upstream.ts'
import type { PeerLoad } from '../../src/balancing/peer-load.ts'
import { type Pick, pickPeer } from '../../src/balancing/pick-peer.ts'
import { beginAt, compiledOf, pickContext, pickedKey, tally } from './support.ts'

/** What every algorithm must keep. Requests stay open during a cycle, and no key can be read from them. */
export function describeAlgorithm(algorithm: CompiledUpstream['algorithm']): void {
  const build = (weights: readonly number[], limits: object = {}): CompiledUpstream =>
    compiledOf(Object.fromEntries(weights.map((weight, i) => [addressOf(i), weight])), {
      algorithm,
      circuit_breaker: { ...NO_LIMITS, ...limits },
      ...(algorithm === 'consistent-hashing' ? { hash_on: 'consumer' } : {}),
    })

  describe(`every algorithm: ${algorithm}`, () => {
    test('shares are exact over one full cycle', () => {
      fc.assert(
        fc.property(positiveWeights, (weights) => {
          const upstream = build(weights)
          const cycle = weights.reduce((sum, weight) => sum + weight, 0)
          expect(tally(keysOfOpenPicks(upstream, new BalancerState(), cycle))).toEqual(
            Object.fromEntries(weights.map((weight, i) => [addressOf(i), weight])),
          )
        }),
      )
    })

    test('shares stay exact over the cycles that follow', () => {
      const upstream = build([5, 1, 1])
      const state = new BalancerState()
      for (let cycle = 0; cycle < 3; cycle++) {
        expect(tally(keysOfOpenPicks(upstream, state, 7))).toEqual({
          [addressOf(0)]: 5,
          [addressOf(1)]: 1,
          [addressOf(2)]: 1,
        })
      }
    })

    test('a peer with weight zero is never picked', () => {
      fc.assert(
        fc.property(fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 6 }), (weights) => {
          const upstream = build(weights)
          const state = new BalancerState()
          for (let i = 0; i < 20; i++) {
            const pick = pickPeer(upstream, pickContext(), state)
            if (weights.every((weight) => weight === 0)) {
              expect(pick).toEqual({ kind: 'none', reason: 'no-weight' })
            } else expect(weights[indexOf(pick)]).toBeGreaterThan(0)
          }
        }),
      )
    })

    test('an excluded peer is never picked, and all the others are', () => {
      const upstream = build([3, 2, 1, 4])
      const excluded = new Set([addressOf(0), addressOf(3)])
      const state = new BalancerState()
      const seen = new Set<string>()
      for (let i = 0; i < 12; i++) {
        const pick = pickPeer(upstream, pickContext({ excluded }), state)
        if (pick.kind === 'peer') beginAt(state, upstream, pick.peer)
        seen.add(pickedKey(pick))
      }
      expect([...seen].sort()).toEqual([addressOf(1), addressOf(2)])
    })

    test('no peer ever gets more than it has room for, and the reason says so', () => {
      fc.assert(
        fc.property(positiveWeights, fc.integer({ min: 1, max: 5 }), (weights, max) => {
          const upstream = build(weights, { max_requests: max })
          const state = new BalancerState()
          const loads = openPicks(upstream, state, weights.length * max)
          expect(new Set(Object.values(tally(loads.map(({ key }) => key))))).toEqual(new Set([max]))
          expect(pickPeer(upstream, pickContext(), state)).toEqual({ kind: 'none', reason: 'full' })
          endAll(state, loads)
          expect(pickPeer(upstream, pickContext(), state).kind).toBe('peer')
        }),
      )
    })

    test('no eligible peer is an ordinary answer that says why', () => {
      const state = new BalancerState()
      const none = (upstream: CompiledUpstream, excluded: ReadonlySet<string> = new Set()) =>
        pickPeer(upstream, pickContext({ excluded }), state)
      expect(none(build([]))).toEqual({ kind: 'none', reason: 'no-targets' })
      expect(none(build([0, 0]))).toEqual({ kind: 'none', reason: 'no-weight' })
      const allExcluded = { kind: 'none', reason: 'all-excluded' }
      expect(none(build([1, 1]), new Set([addressOf(0), addressOf(1)]))).toEqual(allExcluded)
      expect(none(build([1, 0]), new Set([addressOf(0)]))).toEqual(allExcluded)
    })
  })
}

interface OpenPick {
  readonly key: string
  readonly load: PeerLoad
}

const positiveWeights = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 })

const NO_LIMITS = { max_connections: null, max_pending_requests: null, max_requests: null }

function addressOf(index: number): string {
  return `10.0.0.${index + 1}:80`
}

function indexOf(pick: Pick): number {
  return Number(pickedKey(pick).split(':')[0]!.split('.')[3]) - 1
}

/** `count` picks whose requests are all open at once. */
function openPicks(upstream: CompiledUpstream, state: BalancerState, count: number): OpenPick[] {
  return Array.from({ length: count }, () => {
    const pick = pickPeer(upstream, pickContext(), state)
    if (pick.kind === 'none') throw new Error(`no peer: ${pick.reason}`)
    return { key: pick.peer.key, load: beginAt(state, upstream, pick.peer) }
  })
}

function endAll(state: BalancerState, open: readonly OpenPick[]): void {
  for (const { load } of open) state.end(load)
}

/** Keys of picks whose requests are all open at once and end together. */
function keysOfOpenPicks(
  upstream: CompiledUpstream,
  state: BalancerState,
  count: number,
): string[] {
  const open = openPicks(upstream, state, count)
  endAll(state, open)
  return open.map(({ key }) => key)
}
