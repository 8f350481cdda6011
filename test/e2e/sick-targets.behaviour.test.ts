import { describe, expect, it } from 'vitest'
import { runAllDead } from '../chaos/all-dead.ts'
import { runSickTarget } from '../chaos/sick-target.ts'
import { FAULTS } from '../chaos/target-process.ts'
import { IS_FULL } from '../endurance/scale.ts'

/** What needs a process of its own; the others are told in test/proxy/health.behaviour.test.ts too. */
const TOLD = IS_FULL ? FAULTS : (['frozen'] as const)

/** `npm run chaos` does the same for longer, and with the limits of every day. */
const SIZE = {
  clients: 64,
  pauseMs: 20,
  readTimeoutMs: 500,
  recovery: 1,
  canaryPercent: 20,
  requests: 300,
}

describe('one of three targets, processes all, under 64 clients at steady load', () => {
  it.each(TOLD)(
    '%s: costs no more than was on its way, and returns by itself',
    { timeout: 240_000 },
    async (fault) => {
      const figures = await runSickTarget(fault, SIZE)
      expect(figures.differences).toEqual([])
      expect(figures.failed).toBeLessThanOrEqual(figures.bound)
      // The fault was there.
      expect(fault === 'broken' ? figures.failed : figures.retried).toBeGreaterThan(0)
    },
  )
})

describe('three dead targets', () => {
  it('are asked no more than a fifth again', { timeout: 240_000 }, async () => {
    const figures = await runAllDead({ ...SIZE, requests: 1_000 })
    expect(figures.differences).toEqual([])
    expect(figures.statuses).toEqual([502])
    expect(figures.attempts).toBeLessThanOrEqual(1.2 * figures.requests)
  })
})
