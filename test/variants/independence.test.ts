import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildRing, peerOfKey } from '../../src/balancing/consistent-hash.ts'
import { decideVariant } from '../../src/variants/decide-variant.ts'
import { canaryOf, countedDraws, identityOf, requestOf, SERVICE_ID } from './stored-canary.ts'

/** Chi-square with three degrees of freedom exceeds this with p = 0.001. */
const CHI_SQUARE_LIMIT = 16.266
const CONSUMERS = Array.from({ length: 10_000 }, (_, i) => `consumer-${i}`)
const PEERS = [1, 2, 3, 4].map((n) => ({
  targetId: `target-${n}`,
  host: `10.0.0.${n}`,
  address: `10.0.0.${n}`,
  port: 8000,
  weight: 100,
  authority: `10.0.0.${n}:8000`,
  key: `10.0.0.${n}:8000`,
}))

/** How many of the consumers a consistent-hashing upstream with four targets sends to each. */
function countByTarget(ids: readonly string[]): number[] {
  const ring = buildRing(PEERS, 10_000)
  const counts = PEERS.map(() => 0)
  for (const id of ids) counts[peerOfKey(ring, id, () => true)]! += 1
  return counts
}

function canaryConsumers(percentage: number, salt: string): string[] {
  const canary = canaryOf({ percentage, salt })
  const draws = countedDraws()
  return CONSUMERS.filter((id) => {
    const identity = identityOf(id)
    const input = { request: requestOf(), identity, serviceId: SERVICE_ID, isCanaryUsable: true }
    return decideVariant(canary, input, 0, draws).variant === 'canary'
  })
}

function chiSquare(counts: readonly number[], expected: readonly number[]): number {
  return counts.reduce((sum, count, i) => sum + (count - expected[i]!) ** 2 / expected[i]!, 0)
}

describe('the choice of the variant and that of the target', () => {
  it('leaves the consumers of the canary evenly spread over four targets', () => {
    for (const salt of ['release 1', 'release 2', 'release 3', 'release 4', 'release 5']) {
      const ids = canaryConsumers(10, salt)
      const even = PEERS.map(() => ids.length / PEERS.length)
      expect(chiSquare(countByTarget(ids), even)).toBeLessThan(CHI_SQUARE_LIMIT)
    }
  })

  it('do not correlate: the canary has each target as often as all consumers have it', () => {
    const ofAll = countByTarget(CONSUMERS)
    const property = fc.property(fc.uuid(), fc.integer({ min: 5, max: 50 }), (salt, percentage) => {
      const ids = canaryConsumers(percentage, salt)
      const share = ids.length / CONSUMERS.length
      const expected = ofAll.map((count) => count * share)
      const statistic = chiSquare(countByTarget(ids), expected) / (1 - share)
      expect(statistic).toBeLessThan(CHI_SQUARE_LIMIT)
    })
    // A fixed seed: one salt in a thousand is beyond the limit by chance.
    fc.assert(property, { numRuns: 30, seed: 20_260_801 })
  })
})
