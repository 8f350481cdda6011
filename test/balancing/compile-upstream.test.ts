import { describe, expect, test } from 'vitest'
import { compileUpstream } from '../../src/balancing/compile-upstream.ts'
import { NO_ADDRESSES } from '../../src/balancing/dns/name-addresses.ts'
import { peersOf } from '../../src/balancing/peer.ts'
import type { Upstream } from '../../src/model/upstream.ts'
import { compiledOf, targetOf, upstreamOf } from './support.ts'

describe('a peer', () => {
  test.each([
    ['10.0.0.1:8000', '10.0.0.1', 8000, '10.0.0.1'],
    ['orders.internal:80', 'orders.internal', 80, null],
    [
      '[2001:0db8:0000:0000:0000:0000:0000:0001]:443',
      '2001:0db8:0000:0000:0000:0000:0000:0001',
      443,
      '2001:0db8:0000:0000:0000:0000:0000:0001',
    ],
  ])('of target %s has host %s and port %d', (target, host, port, address) => {
    expect(peersOf(targetOf(target, 7), NO_ADDRESSES)).toEqual([
      {
        targetId: `target ${target}`,
        host,
        port,
        weight: 7,
        address,
        authority: target,
        key: target,
      },
    ])
  })
})

describe('a compiled upstream', () => {
  test('has its peers in one order, whatever order the targets come in', () => {
    const targets = ['b:80', 'a:80', 'c:80', 'a:443'].map((address) => targetOf(address))
    const keys = compileUpstream(upstreamOf(), targets).peers.map((peer) => peer.key)
    expect(keys).toEqual(['a:443', 'a:80', 'b:80', 'c:80'])
    expect(compileUpstream(upstreamOf(), targets.toReversed())).toEqual(
      compileUpstream(upstreamOf(), targets),
    )
  })

  test('knows peers with weight zero and does not offer them', () => {
    const upstream = compiledOf({ 'a:80': 0, 'b:80': 10 })
    expect(upstream.peers.map((peer) => peer.key)).toEqual(['b:80'])
    expect(upstream.allPeers.map((peer) => peer.key)).toEqual(['a:80', 'b:80'])
    expect(upstream.totalWeight).toBe(10)
  })

  describe('with targets whose names have addresses', () => {
    const addresses = new Map([
      ['shop.test', ['10.0.0.1', '10.0.0.2']],
      ['six.test', ['fd00::6']],
    ])
    const compiled = (weights: Readonly<Record<string, number>>, fields: Partial<Upstream> = {}) =>
      compileUpstream(
        upstreamOf(fields),
        Object.entries(weights).map(([address, weight]) => targetOf(address, weight)),
        addresses,
      )

    test('has a peer for each address, with the weight of the target', () => {
      const { peers, totalWeight } = compiled({ 'Shop.test:80': 30, 'six.test:81': 5 })
      expect(peers.map(({ host, address, port, weight }) => [host, address, port, weight])).toEqual(
        [
          ['Shop.test', '10.0.0.1', 80, 30],
          ['Shop.test', '10.0.0.2', 80, 30],
          ['six.test', 'fd00::6', 81, 5],
        ],
      )
      expect(totalWeight).toBe(65)
    })

    test('tells two targets at one address apart', () => {
      const { peers } = compiled({ 'shop.test:80': 1, 'shop.test:81': 1, '10.0.0.1:80': 1 })
      expect(new Set(peers.map(({ key }) => key)).size).toBe(5)
    })

    test('leaves out a target without an address while others have one', () => {
      const upstream = compiled({ 'shop.test:80': 1, 'unknown.test:80': 1 })
      expect(upstream.peers.map(({ address }) => address)).toEqual(['10.0.0.1', '10.0.0.2'])
      expect(upstream.allPeers).toHaveLength(3)
      const alone = compiled({ 'shop.test:80': 0, 'unknown.test:80': 1 })
      expect(alone.peers.map(({ host, address }) => [host, address])).toEqual([
        ['unknown.test', null],
      ])
    })

    test('has the same ring for the same addresses', () => {
      const hashing = { algorithm: 'consistent-hashing' } as const
      const one = compiled({ 'shop.test:80': 1, 'six.test:80': 1 }, hashing)
      const other = compiled({ 'six.test:80': 1, 'shop.test:80': 1 }, hashing)
      expect(one.hashing?.ring).toEqual(other.hashing?.ring)
    })
  })

  test('carries the host header of the upstream', () => {
    expect(compiledOf({}, { host_header: 'shop.example' }).hostHeader).toBe('shop.example')
  })

  test('takes null for the default', () => {
    const weights = { 'a:80': 1 }
    expect(compiledOf(weights, { algorithm: null })).toEqual(compiledOf(weights))
    const hashing = { algorithm: 'consistent-hashing' } as const
    const empty = { slots: null, hash_on: null, hash_fallback: null }
    expect(compiledOf(weights, { ...hashing, ...empty })).toEqual(compiledOf(weights, hashing))
  })

  test('has a ring only under consistent hashing', () => {
    expect(compiledOf({ 'a:80': 1 }).hashing).toBeNull()
    expect(compiledOf({ 'a:80': 1 }, { algorithm: 'consistent-hashing' }).hashing).not.toBeNull()
  })
})
