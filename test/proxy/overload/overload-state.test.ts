import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lateness } from '../../../src/proxy/overload/load-meter.ts'
import {
  type LoadSample,
  NO_OVERLOAD,
  nextOverload,
  type OverloadState,
} from '../../../src/proxy/overload/overload-state.ts'

const BOUND_MS = 200
const bounds = { delayMs: BOUND_MS, heapSheds: 0.95, heapEndsKeepAlive: 0.9 }

interface TimedSample extends LoadSample {
  /** Since the sample before. */
  readonly afterMs: number
}

/** Every state on the way, the first one being that of the start. */
function statesOf(samples: readonly TimedSample[]): OverloadState[] {
  let nowMs = 0
  const states = [NO_OVERLOAD]
  for (const sample of samples) {
    nowMs += sample.afterMs
    states.push(nextOverload(states.at(-1) as OverloadState, sample, { bounds, nowMs }))
  }
  return states
}

const at = (delayMs: number, heapRatio = 0.5, afterMs = 250): TimedSample => ({
  delayMs,
  heapRatio,
  afterMs,
})
const times = (count: number, sample: TimedSample) => Array.from({ length: count }, () => sample)
const reasons = (samples: readonly TimedSample[]) =>
  statesOf(samples)
    .slice(1)
    .map(({ shedsFor }) => shedsFor)

const anySample = fc.record({
  delayMs: fc.nat(1_000),
  heapRatio: fc.double({ min: 0, max: 1, noNaN: true }),
  afterMs: fc.integer({ min: 200, max: 5_000 }),
})
const anySamples = fc.array(anySample, { maxLength: 60 })

describe('delay of the event loop', () => {
  it('sheds when it was above the bound for a second, and not before', () => {
    expect(reasons(times(5, at(201)))).toEqual([null, null, null, null, 'event-loop-delay'])
    expect(reasons(times(9, at(200)))).toEqual(Array(9).fill(null))
  })

  it('is over when it was at most half of the bound for a second, not in between', () => {
    const samples = [...times(5, at(300)), ...times(9, at(101)), ...times(5, at(100))]
    expect(reasons(samples).slice(5)).toEqual([...Array(13).fill('event-loop-delay'), null])
  })

  it('sheds nothing after one long pause, or one a second', () => {
    expect(reasons([at(30_000, 0.5, 30_000), at(5_000, 0.5, 5_000), at(0)])).toEqual([
      null,
      null,
      null,
    ])
    const oneASecond = Array.from({ length: 10 }, () => [at(700), at(0), at(0)]).flat()
    expect(new Set(reasons(oneASecond))).toEqual(new Set([null]))
  })

  it('sheds nothing without a bound', () => {
    const free = { bounds: { ...bounds, delayMs: null }, nowMs: 0 }
    expect(nextOverload(NO_OVERLOAD, at(9_999), free)).toEqual(NO_OVERLOAD)
  })
})

describe('heap', () => {
  it('ends keep-alive above 90 %, sheds above 95 %, and goes back when twice as much is free', () => {
    const ratios = [0.9, 0.91, 0.95, 0.96, 0.91, 0.89, 0.81, 0.79]
    const states = statesOf(ratios.map((ratio) => at(0, ratio))).slice(1)
    expect(states.map(({ keepsAlive, shedsFor }) => [keepsAlive, shedsFor])).toEqual([
      [true, null],
      [false, null],
      [false, null],
      [false, 'heap'],
      [false, 'heap'],
      [false, null],
      [false, null],
      [true, null],
    ])
  })
})

describe('whatever is measured', () => {
  it('nothing is shed while delay and heap stay within their bounds', () => {
    const calm = anySamples.map((samples) =>
      samples.map((sample) => ({
        ...sample,
        delayMs: Math.min(sample.delayMs, BOUND_MS),
        heapRatio: Math.min(sample.heapRatio, 0.9),
      })),
    )
    fc.assert(
      fc.property(calm, (samples) => {
        for (const state of statesOf(samples)) {
          expect([state.shedsFor, state.keepsAlive]).toEqual([null, true])
        }
      }),
    )
  })

  it('delay begins to shed only after three samples above the bound that a second lies between', () => {
    fc.assert(
      fc.property(anySamples, (samples) => {
        statesOf(samples).forEach((state, index, states) => {
          if (!state.isLate || states[index - 1]?.isLate) return
          const above = samples.slice(index - 3, index)
          expect(above).toHaveLength(3)
          for (const { delayMs } of above) expect(delayMs).toBeGreaterThan(BOUND_MS)
        })
      }),
    )
  })

  it('all of it ends within two seconds of calm', () => {
    fc.assert(
      fc.property(anySamples, (samples) => {
        const last = statesOf([...samples, ...times(8, at(0, 0.5))]).at(-1)
        expect(last).toMatchObject({ shedsFor: null, keepsAlive: true, isLate: false })
      }),
    )
  })
})

describe('what the histogram of the event loop tells', () => {
  it.each([
    ['a process at rest', { percentileMs: 20.5, seenMs: 210, passedMs: 250 }, 1],
    ['a pause it saw', { percentileMs: 420, seenMs: 600, passedMs: 640 }, 400],
    [
      'a pause that it did not see, right after a reset',
      { percentileMs: 0, seenMs: 0, passedMs: 640 },
      600,
    ],
  ])('of %s', (_name, facts, delayMs) => {
    expect(Math.round(lateness(facts))).toBe(delayMs)
  })
})
