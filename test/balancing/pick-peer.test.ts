import { describe, expect, test } from 'vitest'
import { BalancerState } from '../../src/balancing/balancer-state.ts'
import { pickPeer } from '../../src/balancing/pick-peer.ts'
import { describeAlgorithm } from './algorithm.suite.ts'
import { beginAt, compiledOf, equalWeights, pickContext, pickedKey, tally } from './support.ts'

describeAlgorithm('round-robin')
describeAlgorithm('consistent-hashing')
describeAlgorithm('least-connections')
describeAlgorithm('latency')

describe('consistent hashing', () => {
  const byIp = compiledOf(equalWeights(4), { algorithm: 'consistent-hashing', hash_on: 'ip' })
  const from = (clientAddress: string) => ({
    request: { ...pickContext().request, clientAddress },
  })

  test('one key always goes to one peer and moves no turn', () => {
    const state = new BalancerState()
    const keys = Array.from({ length: 50 }, () =>
      pickedKey(pickPeer(byIp, pickContext(from('203.0.113.9')), state)),
    )
    expect(new Set(keys).size).toBe(1)
  })

  test('a request without a key takes the next peer in turn instead of pinning everybody to one', () => {
    const byConsumer = compiledOf(equalWeights(4), {
      algorithm: 'consistent-hashing',
      hash_on: 'consumer',
    })
    const state = new BalancerState()
    const picked = Array.from({ length: 40 }, () => pickPeer(byConsumer, pickContext(), state))
    expect(Object.values(tally(picked.map(pickedKey)))).toEqual([10, 10, 10, 10])
    expect(picked[0]).toMatchObject({ key: null, issueCookie: null })
  })

  test('excluding a peer moves its keys only', () => {
    const state = new BalancerState()
    const excluded = new Set(['10.0.0.2:80'])
    for (let i = 0; i < 500; i++) {
      const client = from(`203.0.113.${i}`)
      const before = pickedKey(pickPeer(byIp, pickContext(client), state))
      const after = pickedKey(pickPeer(byIp, pickContext({ ...client, excluded }), state))
      if (before === '10.0.0.2:80') expect(after).not.toBe(before)
      else expect(after).toBe(before)
    }
  })

  test('a peer that is full gives its keys to the next, and has them back when it is not', () => {
    const limited = compiledOf(equalWeights(4), {
      algorithm: 'consistent-hashing',
      hash_on: 'ip',
      circuit_breaker: { max_connections: 1, max_pending_requests: 1, max_requests: 1 },
    })
    const state = new BalancerState()
    const full = limited.peers[1]!
    const clients = Array.from({ length: 300 }, (_, i) => from(`203.0.113.${i}`))
    const keys = (excluded = new Set<string>()) =>
      clients.map((client) =>
        pickedKey(pickPeer(limited, pickContext({ ...client, excluded }), state)),
      )
    const before = keys()
    const withoutIt = keys(new Set([full.key]))
    const load = beginAt(state, limited, full)
    expect(keys()).toEqual(withoutIt)
    state.end(load)
    expect(keys()).toEqual(before)
  })

  test('a retry keeps the key and the cookie of the pick before it', () => {
    const byCookie = compiledOf(equalWeights(3), {
      algorithm: 'consistent-hashing',
      hash_on: 'cookie',
      hash_on_cookie: 'side',
      hash_on_cookie_path: '/shop',
    })
    let drawn = 0
    const draws = { uuid: () => `uuid-${++drawn}` }
    const state = new BalancerState()
    const first = pickPeer(byCookie, pickContext({ draws }), state)
    if (first.kind === 'none') throw new Error(first.reason)
    const second = pickPeer(
      byCookie,
      pickContext({ draws, previous: first, excluded: new Set([first.peer.key]) }),
      state,
    )
    expect(first.issueCookie).toEqual({ name: 'side', value: 'uuid-1', path: '/shop' })
    expect(second).toMatchObject({ key: 'uuid-1', issueCookie: first.issueCookie })
    expect(pickedKey(second)).not.toBe(first.peer.key)
    expect(drawn).toBe(1)
  })

  test('a cookie is issued even where a single peer leaves no choice', () => {
    const single = compiledOf(
      { '10.0.0.1:80': 1 },
      { algorithm: 'consistent-hashing', hash_on: 'cookie', hash_on_cookie: 'side' },
    )
    expect(pickPeer(single, pickContext(), new BalancerState())).toMatchObject({
      issueCookie: { name: 'side', value: 'a-fresh-uuid', path: '/' },
    })
  })
})

describe('least connections', () => {
  const upstream = compiledOf(
    { '10.0.0.1:80': 100, '10.0.0.2:80': 100, '10.0.0.3:80': 200 },
    { algorithm: 'least-connections' },
  )
  const [first, second, third] = upstream.peers

  test('the peer with the fewest open requests for its weight is next', () => {
    const state = new BalancerState()
    beginAt(state, upstream, first!)
    beginAt(state, upstream, third!)
    beginAt(state, upstream, third!)
    expect(pickedKey(pickPeer(upstream, pickContext(), state))).toBe(second!.key)
  })

  test('peers that are equally free take turns', () => {
    const equal = compiledOf(equalWeights(3), { algorithm: 'least-connections' })
    const state = new BalancerState()
    const keys = Array.from({ length: 9 }, () => pickedKey(pickPeer(equal, pickContext(), state)))
    expect(Object.values(tally(keys))).toEqual([3, 3, 3])
  })
})

describe('latency', () => {
  const upstream = compiledOf(equalWeights(2), { algorithm: 'latency' })
  const [slow, fast] = upstream.peers

  function afterObserving(slowMs: number, fastMs: number): BalancerState {
    const state = new BalancerState()
    for (const [peer, latencyMs] of [[slow!, slowMs] as const, [fast!, fastMs] as const]) {
      const load = beginAt(state, upstream, peer)
      state.observe(load, latencyMs, 0)
      state.end(load)
    }
    return state
  }

  test('the faster peer is next', () => {
    const state = afterObserving(200, 20)
    for (let i = 0; i < 5; i++) {
      expect(pickedKey(pickPeer(upstream, pickContext(), state))).toBe(fast!.key)
    }
  })

  test('open requests weigh against a fast peer until a slow one is the better choice', () => {
    const state = afterObserving(50, 20)
    beginAt(state, upstream, fast!)
    beginAt(state, upstream, fast!)
    expect(pickedKey(pickPeer(upstream, pickContext(), state))).toBe(slow!.key)
  })

  test('a peer that was slow is tried again when its average has faded', () => {
    const state = afterObserving(200, 20)
    for (let nowMs = 0; nowMs <= 60_000; nowMs += 1000) {
      const pick = pickPeer(upstream, pickContext({ nowMs }), state)
      if (pickedKey(pick) === slow!.key) {
        expect(nowMs).toBeGreaterThan(10_000)
        return
      }
      const load = beginAt(state, upstream, fast!)
      state.observe(load, 20, nowMs)
      state.end(load)
    }
    throw new Error('the slow peer was not tried within a minute')
  })

  test('a peer without answers yet counts as average', () => {
    const three = compiledOf(equalWeights(3), { algorithm: 'latency' })
    const state = new BalancerState()
    for (const [index, latencyMs] of [100, 10].entries()) {
      const load = beginAt(state, three, three.peers[index]!)
      state.observe(load, latencyMs, 0)
      state.end(load)
    }
    expect(pickedKey(pickPeer(three, pickContext(), state))).toBe(three.peers[1]!.key)
    const excluded = new Set([three.peers[1]!.key])
    expect(pickedKey(pickPeer(three, pickContext({ excluded }), state))).toBe(three.peers[2]!.key)
  })
})
