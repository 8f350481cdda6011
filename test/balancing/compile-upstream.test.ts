import { describe, expect, test } from 'vitest'
import { compileUpstream } from '../../src/balancing/compile-upstream.ts'
import { peerOf } from '../../src/balancing/peer.ts'
import { compiledOf, targetOf, upstreamOf } from './support.ts'

describe('a peer', () => {
  test.each([
    ['10.0.0.1:8000', '10.0.0.1', 8000],
    ['orders.internal:80', 'orders.internal', 80],
    [
      '[2001:0db8:0000:0000:0000:0000:0000:0001]:443',
      '2001:0db8:0000:0000:0000:0000:0000:0001',
      443,
    ],
  ])('of target %s has host %s and port %d', (target, host, port) => {
    expect(peerOf(targetOf(target, 7))).toEqual({
      targetId: `target ${target}`,
      host,
      port,
      weight: 7,
      key: target,
    })
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
