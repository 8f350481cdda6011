import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  compileSchedule,
  completeAt,
  instantOfStep,
  nextShareChange,
  type ShareSchedule,
  shareAt,
} from '../../src/variants/share.ts'

const START = 1_790_000_000
const START_MS = START * 1000
const HOUR_MS = 3_600_000
const STORED_MS = 1_790_000_123_456

const timed = (overrides: Partial<Parameters<typeof compileSchedule>[0]> = {}) =>
  compileSchedule(
    { percentage: null, start: START, duration: 36_000, steps: 10, ...overrides },
    STORED_MS,
  )
const percentAt = (schedule: ShareSchedule, nowMs: number) => shareAt(schedule, nowMs).sharePercent

describe('a fixed share', () => {
  const fixed = compileSchedule(
    { percentage: 12.34, start: START, duration: 10, steps: 1000 },
    STORED_MS,
  )

  it('beats start and duration and is what the steps allow', () => {
    expect(shareAt(fixed, START_MS + HOUR_MS)).toEqual({
      step: 123,
      steps: 1000,
      sharePercent: 12.3,
      threshold: 528280977,
    })
  })

  it('never changes by itself', () => {
    expect(nextShareChange(fixed, START_MS)).toBeNull()
    expect(completeAt(fixed)).toBeNull()
    expect(instantOfStep(fixed, 500)).toBeNull()
  })

  it('is there with a percentage of 0 as well', () => {
    const off = compileSchedule({ percentage: 0, start: START, duration: 0, steps: 10 }, STORED_MS)
    expect(percentAt(off, START_MS + HOUR_MS)).toBe(0)
  })
})

describe('a timed share of ten hours in ten steps', () => {
  it.each([
    ['long before the start', -HOUR_MS, 0],
    ['a millisecond before the start', -1, 0],
    ['at the start', 0, 0],
    ['a millisecond before the first hour is over', HOUR_MS - 1, 0],
    ['after one hour', HOUR_MS, 10],
    ['after two and a half hours', 2.5 * HOUR_MS, 20],
    ['a millisecond before the end', 10 * HOUR_MS - 1, 90],
    ['at the end', 10 * HOUR_MS, 100],
    ['long after the end', 1000 * HOUR_MS, 100],
  ])('%s: %d ms from the start it is %d %%', (_, elapsedMs, sharePercent) => {
    expect(percentAt(timed(), START_MS + elapsedMs)).toBe(sharePercent)
  })

  it('names the next change and the time of 100 %', () => {
    const schedule = timed()
    const atStart = { atMs: START_MS + HOUR_MS, sharePercent: 10 }
    expect(nextShareChange(schedule, START_MS - 5 * HOUR_MS)).toEqual(atStart)
    expect(nextShareChange(schedule, START_MS)).toEqual(atStart)
    expect(nextShareChange(schedule, START_MS + HOUR_MS)).toEqual({
      atMs: START_MS + 2 * HOUR_MS,
      sharePercent: 20,
    })
    expect(nextShareChange(schedule, START_MS + 10 * HOUR_MS - 1)).toEqual({
      atMs: START_MS + 10 * HOUR_MS,
      sharePercent: 100,
    })
    expect(nextShareChange(schedule, START_MS + 10 * HOUR_MS)).toBeNull()
    expect(completeAt(schedule)).toBe(START_MS + 10 * HOUR_MS)
  })

  it('with 100 steps rises ten times an hour', () => {
    const schedule = timed({ steps: 100 })
    const shares = Array.from({ length: 11 }, (_, i) => percentAt(schedule, START_MS + i * 360_000))
    expect(shares).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  })

  it('counts from when it was stored when it has no start', () => {
    const schedule = timed({ start: null })
    expect(percentAt(schedule, STORED_MS)).toBe(0)
    expect(percentAt(schedule, STORED_MS + HOUR_MS - 1)).toBe(0)
    expect(percentAt(schedule, STORED_MS + HOUR_MS)).toBe(10)
    expect(completeAt(schedule)).toBe(STORED_MS + 10 * HOUR_MS)
  })

  it('with a duration of 0 is complete from the start on', () => {
    const schedule = timed({ duration: 0 })
    expect(percentAt(schedule, START_MS - 1)).toBe(0)
    expect(percentAt(schedule, START_MS)).toBe(100)
    expect(nextShareChange(schedule, START_MS - 1)).toEqual({ atMs: START_MS, sharePercent: 100 })
    expect(nextShareChange(schedule, START_MS)).toBeNull()
    expect(completeAt(schedule)).toBe(START_MS)
  })

  it('does not begin when neither its start nor its time of storing is known', () => {
    const schedule = compileSchedule(
      { percentage: null, start: null, duration: 0, steps: 10 },
      null,
    )
    expect(percentAt(schedule, STORED_MS)).toBe(0)
    expect(nextShareChange(schedule, STORED_MS)).toBeNull()
    expect(completeAt(schedule)).toBeNull()
  })
})

describe('any timed share', () => {
  const anyTimed = fc
    .record({
      start: fc.integer({ min: 0, max: 253_402_300_799 }),
      duration: fc.oneof(
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 0, max: 100_000 }),
        fc.integer({ min: 0, max: 3_153_600_000 }),
        fc.double({ min: 0, max: 100_000, noNaN: true }),
      ),
      steps: fc.oneof(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 20_000 }),
        fc.integer({ min: 1, max: 2 ** 32 }),
      ),
    })
    .map((config) => compileSchedule({ percentage: null, ...config }, null))
    .filter((schedule) => schedule.kind === 'timed')
  /** Parts of the duration, a little before the start to a little after the end. */
  const part = fc.double({ min: -0.1, max: 1.1, noNaN: true })

  const instantAt = (schedule: ShareSchedule & { kind: 'timed' }, at: number) =>
    (schedule.startMs ?? 0) + Math.round(at * schedule.durationMs)

  it('never falls as time goes on', () => {
    fc.assert(
      fc.property(anyTimed, part, part, (schedule, a, b) => {
        const earlier = shareAt(schedule, instantAt(schedule, Math.min(a, b)))
        const later = shareAt(schedule, instantAt(schedule, Math.max(a, b)))
        expect(earlier.threshold).toBeLessThanOrEqual(later.threshold)
      }),
      { numRuns: 1000 },
    )
  })

  it('changes at the instant that was announced and not before', () => {
    fc.assert(
      fc.property(anyTimed, part, (schedule, at) => {
        const nowMs = instantAt(schedule, at)
        const now = shareAt(schedule, nowMs)
        const next = nextShareChange(schedule, nowMs)
        if (next === null) {
          expect(now.sharePercent).toBe(100)
          return
        }
        expect(next.atMs).toBeGreaterThan(nowMs)
        expect(shareAt(schedule, next.atMs - 1)).toEqual(now)
        expect(shareAt(schedule, next.atMs).sharePercent).toBe(next.sharePercent)
        expect(next.sharePercent).toBeGreaterThan(now.sharePercent)
      }),
      { numRuns: 2000 },
    )
  })

  it('reaches each step at its very instant, to the millisecond', () => {
    fc.assert(
      fc.property(anyTimed, fc.double({ min: 0, max: 1, noNaN: true }), (schedule, at) => {
        const { startMs, durationMs, steps } = schedule
        fc.pre(durationMs * steps < Number.MAX_SAFE_INTEGER)
        const step = Math.max(1, Math.round(at * steps))
        const product = BigInt(step) * BigInt(durationMs)
        const exactMs = Number((product + BigInt(steps) - 1n) / BigInt(steps))
        expect(instantOfStep(schedule, step)).toBe((startMs ?? 0) + exactMs)
        expect(shareAt(schedule, (startMs ?? 0) + exactMs).step).toBeGreaterThanOrEqual(step)
        expect(shareAt(schedule, (startMs ?? 0) + exactMs - 1).step).toBeLessThan(step)
      }),
      { numRuns: 2000 },
    )
  })
})
