import { describe, expect, test } from 'vitest'
import { elapsedMs } from '../../../src/releases/state/clock.ts'
import { applyEvent, foldEvents } from '../../../src/releases/state/fold.ts'
import { nextShare, planRamp } from '../../../src/releases/state/ramp.ts'
import type { ReleaseEvent, ReleaseHappening } from '../../../src/releases/state/release-event.ts'
import { RESUMED, releaseOf, STARTED, stateAfter, type Told } from '../release-fixture.ts'

const RELEASE = releaseOf({
  steps: [
    { percentage: 10, hold: '10m' },
    { ramp: { to: 12, over: '2s' } },
    { approval: { count: 2, timeout: '1h' }, hold: '1m' },
    { gate: { url: 'http://gate.test/' } },
  ],
  rollback: { profile: 'ramp', over: '10s' },
})

const shares = (percentage: number): ReleaseHappening => ({
  type: 'traffic-set',
  traffic: { percentage, groups: [], previewHeader: null },
})
const begins = (step: number): ReleaseHappening => ({ type: 'step-started', step })
const at10: readonly Told[] = [
  [100, STARTED],
  [100, begins(0)],
  [100, shares(10)],
]

describe('the fold of events', () => {
  test('begins with the creation', () => {
    expect(stateAfter(RELEASE)).toMatchObject({
      phase: 'scheduled',
      createdBy: 'anna',
      createdAtMs: 0,
      startedAtMs: null,
      nextStep: 0,
    })
  })

  test('refuses a log without it, and one with a gap', () => {
    const state = stateAfter(RELEASE)
    const started: ReleaseEvent = {
      sequence: 3,
      atMs: 1,
      actor: 'anna',
      reason: null,
      linkId: null,
      happening: STARTED,
    }
    expect(() => foldEvents(RELEASE, [])).toThrow('do not begin with created')
    expect(() => foldEvents(RELEASE, [started])).toThrow('do not begin with created')
    expect(() => applyEvent(RELEASE, state, started)).toThrow('event 3 follows on event 1')
  })

  test('holds from when the share is set', () => {
    const state = stateAfter(RELEASE, ...at10)
    expect(state).toMatchObject({
      phase: 'progressing',
      step: { index: 0, isActed: true, isDone: false },
      nextStep: 1,
      traffic: { percentage: 10 },
    })
    expect(elapsedMs(state.clock, 700)).toBe(600)
  })

  test('stops the clock while paused', () => {
    const paused: Told = [300, { type: 'paused', cause: 'requested' }]
    const state = stateAfter(RELEASE, ...at10, paused)
    expect(state.pause).toEqual({ cause: 'requested', from: 'progressing' })
    expect(elapsedMs(state.clock, 9000)).toBe(200)
    const resumed = stateAfter(RELEASE, ...at10, paused, [9000, RESUMED])
    expect(resumed).toMatchObject({ phase: 'progressing', pause: null, isRestoring: false })
    expect(elapsedMs(resumed.clock, 9100)).toBe(300)
  })

  test.each(['approval-timeout', 'deadline'] as const)(
    'gives the whole time once more after a pause by %s',
    (cause) => {
      const state = stateAfter(RELEASE, ...at10, [300, { type: 'paused', cause }], [9000, RESUMED])
      expect(elapsedMs(state.clock, 9100)).toBe(100)
    },
  )

  test('does a ramp in its parts, each counted from the one before', () => {
    const told: readonly Told[] = [
      ...at10,
      [200, { type: 'step-done', step: 0 }],
      [200, begins(1)],
      [5000, shares(11)],
    ]
    const half = stateAfter(RELEASE, ...told)
    expect(half.step).toMatchObject({ isActed: false, ramp: { parts: 2, written: 1, from: 10 } })
    expect(elapsedMs(half.clock, 5100)).toBe(100)
    const all = stateAfter(RELEASE, ...told, [6000, shares(12)])
    expect(all.step).toMatchObject({ isActed: true, isDone: false })
  })

  test('does not take values that are written again for a part of a ramp', () => {
    const state = stateAfter(
      RELEASE,
      ...at10,
      [200, { type: 'step-done', step: 0 }],
      [200, begins(1)],
      [300, { type: 'paused', cause: 'changed-by-hand' }],
      [400, RESUMED],
      [450, shares(10)],
    )
    expect(state).toMatchObject({ isRestoring: false, step: { ramp: { written: 0 } } })
    expect(elapsedMs(state.clock, 500)).toBe(200)
  })

  test('counts each person once, and holds after the last', () => {
    const told: readonly Told[] = [
      [100, STARTED],
      [200, { type: 'jumped', step: 2 }],
      [200, begins(2)],
      [300, { type: 'approved', step: 2 }, 'bob'],
      [400, { type: 'approved', step: 2 }, 'bob'],
    ]
    expect(stateAfter(RELEASE, ...told).step).toMatchObject({ approvals: ['bob'], isActed: false })
    const all = stateAfter(RELEASE, ...told, [500, { type: 'approved', step: 2 }, 'carl'])
    expect(all.step).toMatchObject({ approvals: ['bob', 'carl'], isActed: true })
    expect(elapsedMs(all.clock, 600)).toBe(100)
  })

  test('goes on with the yes of the gate that is the step, and with no other', () => {
    const verdict = (gate: string): ReleaseHappening => ({
      type: 'gate-passed',
      gate,
      detail: '200',
      answeredAtMs: 250,
    })
    const told: readonly Told[] = [
      [100, STARTED],
      [200, { type: 'jumped', step: 3 }],
      [200, begins(3)],
    ]
    expect(stateAfter(RELEASE, ...told, [250, verdict('other')]).step?.isActed).toBe(false)
    expect(stateAfter(RELEASE, ...told, [250, verdict('step 4')]).step?.isActed).toBe(true)
  })

  test('rolls back from a pause with a running clock, groups and preview gone', () => {
    const state = stateAfter(
      RELEASE,
      ...at10,
      [200, { type: 'paused', cause: 'requested' }],
      [300, { type: 'rollback-started' }],
    )
    expect(state).toMatchObject({
      phase: 'rolling-back',
      pause: null,
      fall: { from: 10, to: 0, parts: 10, written: 0 },
      traffic: { percentage: 10, groups: [] },
    })
    expect(elapsedMs(state.clock, 1300)).toBe(1000)
  })

  test('cannot be paused on its way back, or behind its end', () => {
    const paused: ReleaseHappening = { type: 'paused', cause: 'requested' }
    const back: readonly Told[] = [...at10, [300, { type: 'rollback-started' }]]
    expect(stateAfter(RELEASE, ...back, [400, paused]).phase).toBe('rolling-back')
    expect(stateAfter(RELEASE, [1, { type: 'failed' }], [2, paused]).phase).toBe('failed')
  })

  test('begins again with nothing of the attempt before', () => {
    const { service } = { service: { host: 'address-v1', port: 80, path: null } }
    const state = stateAfter(
      RELEASE,
      ...at10,
      [300, { type: 'rolled-back' }],
      [900, { type: 'retried', service }],
    )
    expect(state).toMatchObject({
      phase: 'progressing',
      attempt: 2,
      step: null,
      nextStep: 0,
      traffic: { percentage: 0 },
      hadTraffic: false,
      startedAtMs: 900,
      endedAtMs: null,
    })
  })
})

describe('a ramp', () => {
  test.each([
    [0, 50, 36_000_000, 100, 360_000],
    [0, 50, 7_000, 7, 1000],
    [0, 0.003, 36_000_000, 3, 12_000_000],
    [0, 50, 500, 1, 500],
    [0, 50, 0, 1, 0],
  ])('from %d to %d over %d ms has %d parts of %d ms', (from, to, overMs, parts, intervalMs) => {
    expect(planRamp(from, to, overMs)).toEqual({ from, to, parts, written: 0, intervalMs })
  })

  test('to where it is already is none', () => {
    expect(planRamp(50, 50, 1000)).toBeNull()
  })

  test.each([
    ['linear', [10.5, 11, 11.5, 12]],
    ['exponential', [10.044, 10.182, 10.619, 12]],
  ] as const)('goes %s', (curve, expected) => {
    const ramp = { from: 10, to: 12, parts: 4, intervalMs: 1 }
    const way = [0, 1, 2, 3].map((written) => nextShare({ ...ramp, written }, curve))
    expect(way).toEqual(expected)
  })
})
