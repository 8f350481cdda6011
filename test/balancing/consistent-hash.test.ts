import fc from 'fast-check'
import { xxHash32 } from 'js-xxhash'
import { describe, expect, test } from 'vitest'
import type { CompiledUpstream } from '../../src/balancing/compile-upstream.ts'
import { buildRing, type HashRing, peerOfKey } from '../../src/balancing/consistent-hash.ts'
import type { Upstream } from '../../src/model/upstream.ts'
import { compiledOf, equalWeights, sampleKeys, tally } from './support.ts'

const HASHING = { algorithm: 'consistent-hashing', hash_on: 'ip' } as const
const KEYS = sampleKeys(20_000)

describe('xxhash32', () => {
  test.each([
    ['', 0, 0x02cc5d05],
    ['a', 0, 0x550d7456],
    ['abc', 0, 0x32d153ff],
    ['Nobody inspects the spammish repetition', 0, 0xe2293b2f],
  ])('of %j with seed %d has the published value', (text, seed, expected) => {
    expect(xxHash32(text, seed)).toBe(expected)
  })
})

describe('the ring', () => {
  test('has 1600 points for each peer on average, shared by weight', () => {
    expect(pointsOf(ringed({ 'a:80': 100, 'b:80': 100 }))).toEqual({ 'a:80': 1600, 'b:80': 1600 })
    expect(pointsOf(ringed({ 'a:80': 300, 'b:80': 100 }))).toEqual({ 'a:80': 2400, 'b:80': 800 })
    expect(pointsOf(ringed({ 'a:80': 65_535, 'b:80': 1 }))).toEqual({ 'a:80': 3199, 'b:80': 1 })
  })

  test('has sixteen fine slots for each configured one, of which there are 1000 or more', () => {
    expect(ringOf(ringed({ 'a:80': 1 }, { slots: 10 })).slots).toBe(16_000)
    expect(ringOf(ringed({ 'a:80': 1 }, { slots: 1001 })).slots).toBe(16_016)
  })

  test('has no two points in one slot and keeps them in order', () => {
    const { positions } = ringOf(ringed(equalWeights(40)))
    for (let i = 1; i < positions.length; i++) {
      expect(positions[i]!).toBeGreaterThan(positions[i - 1]!)
    }
  })

  test('gives every peer a point and leaves slots free, however many peers there are', () => {
    for (const [count, slots] of [
      [75, 10_000],
      [300, 1000],
      [3000, 1000],
    ] as const) {
      const upstream = ringed(equalWeights(count), { slots })
      const ring = ringOf(upstream)
      expect(Object.keys(pointsOf(upstream))).toHaveLength(count)
      expect(ring.positions.length).toBeLessThan(ring.slots)
    }
  })

  test('is the same whatever order the targets come in', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(Object.entries(equalWeights(9)), { minLength: 9 }),
        (pairs) => {
          expect(ringed(Object.fromEntries(pairs)).hashing).toEqual(ringed(equalWeights(9)).hashing)
        },
      ),
    )
  })

  test('maps keys to the same peers in this version as in every other', () => {
    const mapped = assign(ringed(equalWeights(4)), sampleKeys(12))
    expect(mapped.map((key) => key.split('.')[3]!.charAt(0)).join('')).toBe(GOLDEN_MAPPING)
  })
})

describe('consistent hashing', () => {
  test('spreads keys over equal peers within a tenth of the even share', () => {
    const counts = tally(assign(ringed(equalWeights(8)), KEYS))
    for (const count of Object.values(counts)) {
      expect(Math.abs(count / (KEYS.length / 8) - 1)).toBeLessThan(0.1)
    }
    expect(Object.keys(counts)).toHaveLength(8)
  })

  test('spreads keys by weight', () => {
    const counts = tally(assign(ringed({ 'a:80': 300, 'b:80': 100 }), KEYS))
    expect(counts['a:80']! / KEYS.length).toBeGreaterThan(0.72)
    expect(counts['a:80']! / KEYS.length).toBeLessThan(0.78)
  })

  test('an added peer takes about its share and almost nothing else moves', () => {
    for (const count of [2, 4, 9, 20]) {
      const before = assign(ringed(equalWeights(count)), KEYS)
      const after = assign(ringed(equalWeights(count + 1)), KEYS)
      const added = `10.0.0.${count + 1}:80`
      const moved = after.filter((key, i) => key !== before[i])
      const movedElsewhere = moved.filter((key) => key !== added).length / KEYS.length
      expect(moved.length / KEYS.length).toBeLessThan(1.15 / (count + 1))
      expect(movedElsewhere).toBeLessThan(0.03)
    }
  })

  test('an unusable peer gives up its keys and no other key moves', () => {
    fc.assert(
      fc.property(fc.nat({ max: 5 }), fc.string(), (down, key) => {
        const ring = ringOf(ringed(equalWeights(6)))
        const before = peerOfKey(ring, key, () => true)
        const after = peerOfKey(ring, key, (index) => index !== down)
        if (before === down) expect(after).not.toBe(down)
        else expect(after).toBe(before)
      }),
    )
  })

  test('ends after one round when no peer is usable', () => {
    let asked = 0
    const ring = ringOf(ringed(equalWeights(3)))
    expect(peerOfKey(ring, 'key', () => ++asked < 0)).toBe(-1)
    expect(asked).toBe(ring.positions.length)
    expect(peerOfKey(buildRing([], 1000), 'key', () => true)).toBe(-1)
  })

  test('walks downwards, and from the lowest point to the highest', () => {
    const ring: HashRing = {
      kind: 'slots',
      slots: 1000,
      positions: Uint32Array.of(slotOf('key') + 1, slotOf('key') + 2),
      owners: Uint32Array.of(0, 1),
    }
    expect(peerOfKey(ring, 'key', () => true)).toBe(1)
    expect(peerOfKey(ring, 'key', (index) => index !== 1)).toBe(0)
    const around: HashRing = { ...ring, positions: Uint32Array.of(slotOf('key'), 999) }
    expect(peerOfKey(around, 'key', () => true)).toBe(0)
  })

  test('hashes keys longer than any buffer, and tells them apart', () => {
    const ring = ringOf(ringed(equalWeights(50)))
    const owners = Array.from({ length: 30 }, (_, i) =>
      peerOfKey(ring, 'é'.repeat(2000) + i, () => true),
    )
    expect(new Set(owners).size).toBeGreaterThan(10)
  })
})

/** Last numbers of the addresses that `user-0` … `user-11` go to: another mapping moves people between targets. */
const GOLDEN_MAPPING = '441221431234'

/** Slot of a key on a ring of 1000, found from outside: the highest single point at or below which it lands. */
function slotOf(key: string): number {
  for (let slot = 0; slot < 998; slot++) {
    const ring: HashRing = {
      kind: 'slots',
      slots: 1000,
      positions: Uint32Array.of(slot, slot + 1),
      owners: Uint32Array.of(0, 1),
    }
    if (peerOfKey(ring, key, () => true) === 0) return slot
  }
  throw new Error(`${key} lies at the very end of the ring; take another`)
}

function ringed(
  weights: Readonly<Record<string, number>>,
  fields: Partial<Upstream> = {},
): CompiledUpstream {
  return compiledOf(weights, { ...HASHING, ...fields })
}

function ringOf(upstream: CompiledUpstream): HashRing {
  if (upstream.hashing === null) throw new Error('the upstream does not hash')
  const { ring } = upstream.hashing
  if (ring.kind !== 'slots') throw new Error('the ring is that of APISIX')
  return ring
}

function pointsOf(upstream: CompiledUpstream): Record<string, number> {
  return tally([...ringOf(upstream).owners].map((owner) => upstream.peers[owner]!.key))
}

function assign(upstream: CompiledUpstream, keys: readonly string[]): string[] {
  const ring = ringOf(upstream)
  return keys.map((key) => upstream.peers[peerOfKey(ring, key, () => true)]!.key)
}
