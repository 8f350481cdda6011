import { describe, expect, test } from 'vitest'
import { BalancerState } from '../../src/balancing/balancer-state.ts'
import { compileHost } from '../../src/balancing/compile-host.ts'
import { compileUpstream } from '../../src/balancing/compile-upstream.ts'
import { beginAt, compiledOf, picks, targetOf, upstreamOf } from './support.ts'

const A = '10.0.0.1:80'
const B = '10.0.0.2:80'

describe('what the balancer remembers', () => {
  const both = compiledOf({ [A]: 100, [B]: 100 })
  const [peerA] = both.peers

  /** Requests begun and not ended there, as the next one finds them. */
  function openAtA(state: BalancerState, upstream = both, peer = peerA): number {
    const load = beginAt(state, upstream, peer!)
    state.end(load)
    return load.openRequests
  }

  test('open requests are counted from begin to end', () => {
    const state = new BalancerState()
    const first = beginAt(state, both, peerA!)
    const second = beginAt(state, both, peerA!)
    expect(openAtA(state)).toBe(2)
    state.end(first)
    state.end(second)
    expect(openAtA(state)).toBe(0)
  })

  test('open requests survive a new version of the upstream, whatever the weight becomes', () => {
    const state = new BalancerState()
    const load = beginAt(state, both, peerA!)
    for (const weights of [
      { [A]: 1, [B]: 100 },
      { [A]: 0, [B]: 100 },
      { [A]: 100, [B]: 100 },
    ]) {
      const next = compiledOf(weights)
      state.retain(next)
      picks(next, state, 3)
      expect(openAtA(state)).toBe(1)
    }
    state.end(load)
    expect(openAtA(state)).toBe(0)
  })

  test('a target that goes is forgotten, and its late requests do not count for one that comes back', () => {
    const state = new BalancerState()
    const late = beginAt(state, both, peerA!)
    state.retain(compiledOf({ [B]: 100 }))
    const back = compiledOf({ [A]: 100, [B]: 100 })
    expect(openAtA(state, back)).toBe(0)
    const fresh = beginAt(state, back, peerA!)
    state.end(late)
    expect(openAtA(state, back)).toBe(1)
    state.end(fresh)
    expect(openAtA(state, back)).toBe(0)
  })

  test('an address that its name has lost is kept while it is in use', () => {
    const named = (...ips: string[]) =>
      compileUpstream(upstreamOf(), [targetOf('shop.test:80')], new Map([['shop.test', ips]]))
    const state = new BalancerState()
    const one = named('10.0.0.1')
    const [peer] = one.peers
    const open = beginAt(state, one, peer!)
    state.retain(named('10.0.0.2'))
    expect(openAtA(state, named('10.0.0.1'), peer)).toBe(1)
    state.end(open)
    state.retain(named('10.0.0.2'))
    expect([...state.loadsOf(one.id).keys()]).toEqual([])
    beginAt(state, named('10.0.0.1'), peer!)
    state.retain(both)
    expect([...state.loadsOf(one.id).keys()]).toEqual([])
  })

  test('an upstream that goes is forgotten with its turns', () => {
    const state = new BalancerState()
    expect(picks(both, state, 1)).toEqual([A])
    beginAt(state, both, peerA!)
    state.drop(both.id)
    expect(openAtA(state)).toBe(0)
    expect(picks(both, state, 1)).toEqual([A])
  })

  test('hosts come and go: the turns of those without traffic are forgotten among thousands', () => {
    const state = new BalancerState()
    const hostAt = (host: string, ips: readonly string[]) =>
      compileHost({ host, port: 80 }, new Map([[host, ips]]))
    const [quiet, busy] = ['quiet.test', 'busy.test'].map((host) =>
      hostAt(host, ['10.0.0.1', '10.0.0.2']),
    )
    const next = (host = quiet) => picks(host!, state, 1)[0]
    expect([next(quiet), next(busy)].map((key) => key?.split('/')[1])).toEqual([
      '10.0.0.1',
      '10.0.0.1',
    ])
    beginAt(state, busy!, busy!.peers[0]!)
    for (let i = 0; i < 1_000; i++) next(hostAt(`h${i}.test`, ['10.0.0.3']))
    expect([next(quiet), next(busy)].map((key) => key?.split('/')[1])).toEqual([
      '10.0.0.1',
      '10.0.0.2',
    ])
  })

  test('forgetting what was never known is no error', () => {
    const state = new BalancerState()
    state.retain(both)
    state.drop('unknown')
    expect(picks(both, state, 1)).toEqual([A])
  })
})
