import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Variant } from '../../src/model/decision.ts'
import { bucketOf } from '../../src/variants/bucket.ts'
import { decideVariant } from '../../src/variants/decide-variant.ts'
import { canaryOf, countedDraws, identityOf, requestOf, SERVICE_ID } from './stored-canary.ts'
import { thresholdFor } from './threshold-for.ts'

const CONSUMERS = 10_000
/** The bounds are statistical, so the salts are drawn from a fixed seed: a failure is a change of ours. */
const SEED = 20_260_801
const anySalt = fc.oneof(fc.uuid(), fc.string({ unit: 'binary', maxLength: 40 }))

function inputsOf(ids: readonly string[]) {
  return ids.map((id) => ({
    request: requestOf(),
    identity: identityOf(id),
    serviceId: SERVICE_ID,
    isCanaryUsable: true,
  }))
}

const sequential = (i: number) => `consumer-${i}`
const uuidLike = (i: number) => `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`

describe.each([
  ['sequential names', sequential],
  ['ids that differ in their last digits', uuidLike],
])('10 000 consumers with %s, the share raised in 200 steps of 0.5', (_, idOf) => {
  const inputs = inputsOf(Array.from({ length: CONSUMERS }, (_, i) => idOf(i)))

  it('never move back, and each share is within 4.5 standard deviations', () => {
    const draws = countedDraws()
    const property = fc.property(anySalt, (salt) => {
      const last: Variant[] = Array(CONSUMERS).fill('primary')
      for (let step = 0; step <= 200; step++) {
        const percentage = step * 0.5
        const canary = canaryOf({ percentage, salt })
        let canaries = 0
        let movedBack = 0
        for (const [i, input] of inputs.entries()) {
          const { variant } = decideVariant(canary, input, 0, draws)
          if (variant === 'canary') canaries++
          else if (last[i] === 'canary') movedBack++
          last[i] = variant
        }
        const share = percentage / 100
        const deviation = Math.sqrt(share * (1 - share) * CONSUMERS)
        expect(movedBack).toBe(0)
        expect(Math.abs(canaries - share * CONSUMERS)).toBeLessThanOrEqual(4.5 * deviation)
        if (step === 0) expect(canaries).toBe(0)
        if (step === 200) expect(canaries).toBe(CONSUMERS)
      }
    })
    fc.assert(property, { numRuns: 2, seed: SEED })
  })
})

describe('any consumer', () => {
  const percentage = fc.double({ min: 0, max: 100, noNaN: true })

  it('that is on the canary stays there at every higher share of the same steps', () => {
    fc.assert(
      fc.property(
        anySalt,
        fc.string(),
        fc.integer({ min: 1, max: 100_000 }),
        percentage,
        percentage,
        (salt, id, steps, a, b) => {
          const [input] = inputsOf([id])
          const at = (share: number) =>
            decideVariant(canaryOf({ salt, steps, percentage: share }), input!, 0, countedDraws())
              .variant
          if (at(Math.min(a, b)) === 'canary') expect(at(Math.max(a, b))).toBe('canary')
          expect(at(0)).toBe('primary')
          expect(at(100)).toBe('canary')
        },
      ),
      { numRuns: 1000 },
    )
  })
})

describe('two releases with different salts', () => {
  it('share 10 % ± 1.5 points of their first 10 %', () => {
    // With 100 000 consumers 1.5 points are five standard deviations, with 10 000 not even two.
    const keys = Array.from({ length: 100_000 }, (_, i) => sequential(i))
    const threshold = thresholdFor({ percentage: 10, steps: 1000 })
    const first10Percent = (salt: string) => keys.filter((key) => bucketOf(salt, key) < threshold)
    const property = fc.property(
      fc.uniqueArray(anySalt, { minLength: 2, maxLength: 2 }),
      (salts) => {
        const [a, b] = salts as [string, string]
        const ofA = first10Percent(a)
        const both = ofA.filter((key) => bucketOf(b, key) < threshold)
        expect(Math.abs((both.length / ofA.length) * 100 - 10)).toBeLessThanOrEqual(1.5)
      },
    )
    fc.assert(property, { numRuns: 30, seed: SEED })
  })

  it('share as little when the salts differ in one character', () => {
    const keys = Array.from({ length: 10_000 }, (_, i) => uuidLike(i))
    const threshold = thresholdFor({ percentage: 10, steps: 1000 })
    const ofA = keys.filter((key) => bucketOf('release-1', key) < threshold)
    const both = ofA.filter((key) => bucketOf('release-2', key) < threshold)
    expect(Math.abs((both.length / ofA.length) * 100 - 10)).toBeLessThanOrEqual(1.5)
  })
})
