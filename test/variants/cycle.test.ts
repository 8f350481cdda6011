import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { thresholdOfStep } from '../../src/variants/bucket.ts'
import { bucketInCycle, compileCycle } from '../../src/variants/cycle.ts'

describe('the cycle of requests without a sticky key', () => {
  it('gives a share of k steps exactly k requests in every round, wherever the round begins', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3000 }),
        fc.nat(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (steps, first, part) => {
          const cycle = compileCycle(steps)
          const step = Math.round(part * steps)
          const threshold = thresholdOfStep(step, steps)
          let canaries = 0
          for (let i = 0; i < steps; i++) {
            if (bucketInCycle(cycle, first + i) < threshold) canaries++
          }
          expect(canaries).toBe(step)
        },
      ),
    )
  })

  it.each([
    [1000, 10],
    [1000, 100],
    [1000, 250],
    [1000, 500],
    [1000, 900],
    [100, 5],
    [200, 1],
  ])('spreads %d steps smoothly with %d of them on the canary', (steps, step) => {
    const cycle = compileCycle(steps)
    const threshold = thresholdOfStep(step, steps)
    const share = step / steps
    let canaries = 0
    for (let sent = 1; sent <= 3 * steps; sent++) {
      if (bucketInCycle(cycle, sent - 1) < threshold) canaries++
      expect(Math.abs(canaries - share * sent)).toBeLessThan(3)
    }
  })

  it('stays exact with as many steps as there are buckets', () => {
    const steps = 2 ** 32
    const { stride } = compileCycle(steps)
    const position = steps - 1
    const expected = Number((BigInt(position) * BigInt(stride)) % BigInt(steps))
    expect(bucketInCycle({ steps, stride }, position)).toBe(expected)
    expect(bucketInCycle({ steps, stride }, position + 5 * steps)).toBe(expected)
  })
})
