import { describe, expect, test } from 'vitest'
import type { Release } from '../../../src/releases/document/release.ts'
import { decideNext } from '../../../src/releases/engine/decide-next.ts'
import { effectOf } from '../../../src/releases/engine/effect.ts'
import type { Move } from '../../../src/releases/engine/move.ts'
import { outlookOf } from '../../../src/releases/engine/outlook.ts'
import type { Surroundings } from '../../../src/releases/engine/surroundings.ts'
import {
  pluginFor,
  RESUMED,
  releaseOf,
  SERVICE,
  STARTED,
  stateAfter,
  surroundingsOf,
  type Told,
} from '../release-fixture.ts'

const AT_10 = { percentage: 10, groups: [], previewHeader: null }
const AT_0 = { percentage: 0, groups: [], previewHeader: null }
const STEPS = [{ percentage: 10, hold: '10s' }, { percentage: 50 }]
const RELEASE = releaseOf({ steps: STEPS })
const OVER: readonly Told[] = [
  [0, STARTED],
  [0, { type: 'step-started', step: 0 }],
  [0, { type: 'traffic-set', traffic: AT_10 }],
  [10_000, { type: 'step-done', step: 0 }],
]

function decide(
  release: Release,
  told: readonly Told[],
  nowMs: number,
  given: Partial<Surroundings> = {},
): Move {
  const state = stateAfter(release, ...told)
  return decideNext(release, state, surroundingsOf(release, state, given), nowMs)
}

const typesOf = (move: Move) =>
  move.kind === 'append' ? move.events.map(({ happening }) => happening.type) : move.kind

const SCHEDULE = { closedBy: null, reason: null, sinceMs: null, changesAtMs: null } as const

describe('the next move', () => {
  test('is the end of a hold, and not before', () => {
    const holding = OVER.slice(0, 3)
    expect(decide(RELEASE, holding, 9_999)).toMatchObject({ kind: 'wait', untilMs: 10_000 })
    expect(typesOf(decide(RELEASE, holding, 10_000))).toEqual(['step-done'])
  })

  test.each([
    ['stop', { stop: { reason: 'fire', actor: 'ops' } }, null],
    ['window', { schedule: { ...SCHEDULE, closedBy: 'window', changesAtMs: 99_000 } }, 99_000],
    ['freeze', { schedule: { ...SCHEDULE, closedBy: 'freeze', changesAtMs: 99_000 } }, 99_000],
    ['healthy-target', { isCanaryUsable: false }, null],
  ] as const)('upward waits for %s', (waitingFor, given, untilMs) => {
    const move = decide(RELEASE, OVER, 20_000, given)
    expect(move).toMatchObject({ kind: 'wait', waitingFor, untilMs })
    expect(outlookOf(RELEASE, stateAfter(RELEASE, ...OVER), move)).toMatchObject({
      phase: 'waiting',
      waitingFor,
      next: { what: 'step 2: 50 %' },
    })
  })

  test('upward is the next step when nothing is in the way', () => {
    expect(typesOf(decide(RELEASE, OVER, 20_000))).toEqual(['step-started', 'traffic-set'])
  })

  test('of a release whose service is gone is its end', () => {
    expect(typesOf(decide(RELEASE, OVER, 20_000, { service: null }))).toEqual(['failed'])
  })
})

describe('a hand', () => {
  test.each([
    ['deletes the plugin', { plugin: null }, 'changed by hand: the canary plugin was deleted'],
    [
      'disables it',
      { plugin: { ...pluginFor(RELEASE, AT_10), isEnabled: false } },
      'changed by hand: the canary plugin was disabled',
    ],
    [
      'changes the share',
      { plugin: pluginFor(RELEASE, { ...AT_10, percentage: 80 }) },
      'changed by hand: percentage of the canary plugin',
    ],
    [
      'moves the service',
      { service: { ...SERVICE, port: 81 } },
      'the host, port or path of the service was changed',
    ],
  ])('that %s pauses it', (_, given, reason) => {
    const move = decide(RELEASE, OVER, 20_000, given)
    expect(move).toMatchObject({ events: [{ reason, happening: { type: 'paused' } }] })
  })

  test('is overruled by who resumes: at once downwards, by the rules upwards', () => {
    const told: readonly Told[] = [
      ...OVER,
      [11_000, { type: 'paused', cause: 'changed-by-hand' }],
      [12_000, RESUMED],
    ]
    const stop = { reason: 'fire', actor: 'ops' }
    const lower = { plugin: pluginFor(RELEASE, AT_0), stop }
    const higher = { plugin: pluginFor(RELEASE, { ...AT_10, percentage: 80 }), stop }
    expect(decide(RELEASE, told, 13_000, lower)).toMatchObject({ waitingFor: 'stop' })
    expect(typesOf(decide(RELEASE, told, 13_000, higher))).toEqual(['traffic-set'])
  })
})

describe('a hand in the bake', () => {
  const release = releaseOf({ steps: [{ percentage: 100 }], bake: '10s' })
  const at100 = { ...AT_10, percentage: 100 }
  const told: readonly Told[] = [
    [0, STARTED],
    [0, { type: 'step-started', step: 0 }],
    [0, { type: 'traffic-set', traffic: at100 }],
    [0, { type: 'step-done', step: 0 }],
    [0, { type: 'baking' }],
    [1_000, { type: 'paused', cause: 'changed-by-hand' }],
    [2_000, RESUMED],
  ]
  const plugin = pluginFor(release, AT_10)

  test('is overruled by who resumes, before anything is promoted', () => {
    expect(typesOf(decide(release, told, 3_000, { plugin }))).toEqual(['traffic-set'])
    expect(typesOf(decide(release, told, 99_000, { plugin }))).toEqual(['traffic-set'])
    expect(decide(release, told, 99_000, { plugin, isCanaryUsable: false })).toMatchObject({
      waitingFor: 'healthy-target',
    })
  })
})

describe('a rollback by a ramp', () => {
  const release = releaseOf({ steps: STEPS, rollback: { profile: 'ramp', over: '10s' } })
  const told: readonly Told[] = [...OVER, [20_000, { type: 'rollback-started' }]]

  test('falls in parts', () => {
    expect(decide(release, told, 20_999)).toMatchObject({ kind: 'wait', untilMs: 21_000 })
    expect(decide(release, told, 21_000)).toMatchObject({
      events: [{ happening: { traffic: { percentage: 9 } } }],
    })
  })

  test('is over at once where a hand has taken back more', () => {
    expect(typesOf(decide(release, told, 21_000, { plugin: null }))).toEqual([
      'traffic-set',
      'rolled-back',
    ])
  })
})

describe('a deadline', () => {
  const release = releaseOf({ steps: STEPS, deadline: { after: '60s', ...rollsBack() } })
  const sick = { isCanaryUsable: false }

  function rollsBack() {
    return Object.fromEntries([['then', 'rollback']])
  }

  test('counts from when the move was due', () => {
    expect(decide(release, OVER, 69_999, sick)).toMatchObject({ kind: 'wait', untilMs: 70_000 })
    expect(typesOf(decide(release, OVER, 70_000, sick))).toContain('rolled-back')
  })

  test('counts from the opening of the schedule, or the end of a stop, when that is later', () => {
    const opened = { ...sick, schedule: { ...SCHEDULE, sinceMs: 50_000 } }
    expect(decide(release, OVER, 70_000, opened)).toMatchObject({ untilMs: 110_000 })
    const lifted = { ...sick, stopLiftedAtMs: 60_000 }
    expect(decide(release, OVER, 70_000, lifted)).toMatchObject({ untilMs: 120_000 })
  })

  test('counts no window, freeze or stop', () => {
    const stop = { reason: 'fire', actor: 'ops' }
    expect(decide(release, OVER, 999_000, { ...sick, stop })).toMatchObject({ waitingFor: 'stop' })
  })
})

describe('gates', () => {
  const gate = (type: string, given = {}) => ({
    name: 'tests',
    url: 'http://gate.test/',
    type,
    ...given,
  })
  const increase = releaseOf({ steps: STEPS, gates: [gate('confirm-traffic-increase')] })

  function asked(move: Move): string {
    if (move.kind !== 'ask') throw new Error(move.kind)
    return move.question.key
  }

  test('are asked last, once, and again after their interval', () => {
    const key = asked(decide(increase, OVER, 20_000))
    expect(decide(increase, OVER, 20_000, { isCanaryUsable: false }).kind).toBe('wait')
    const asking = new Set([key])
    expect(decide(increase, OVER, 20_000, { asking })).toMatchObject({ waitingFor: 'gate' })
    const no = new Map([[key, { isYes: false, atMs: 20_000, detail: '403 halted' }]])
    const refused = decide(increase, OVER, 20_000, { answers: no })
    expect(typesOf(refused)).toEqual(['gate-refused'])
    const verdict = { gate: 'tests', detail: '403 halted', answeredAtMs: 20_000 }
    const told: readonly Told[] = [...OVER, [20_000, { type: 'gate-refused', ...verdict }]]
    expect(decide(increase, told, 21_000, { answers: no })).toMatchObject({
      waitingFor: 'gate',
      reason: 'tests: 403 halted',
      untilMs: 30_000,
    })
    expect(asked(decide(increase, told, 30_000, { answers: no }))).toBe(key)
  })

  test('let one move pass, and are asked anew for the next', () => {
    const key = asked(decide(increase, OVER, 20_000))
    const yes = new Map([[key, { isYes: true, atMs: 20_000, detail: '200' }]])
    expect(typesOf(decide(increase, OVER, 20_000, { answers: yes }))).toEqual(['gate-passed'])
    const verdict = { gate: 'tests', detail: '200', answeredAtMs: 20_000 }
    const passed: readonly Told[] = [...OVER, [20_000, { type: 'gate-passed', ...verdict }]]
    expect(typesOf(decide(increase, passed, 20_000))).toEqual(['step-started', 'traffic-set'])
    const later: readonly Told[] = [
      ...passed,
      [20_000, { type: 'step-started', step: 1 }],
      [20_000, { type: 'traffic-set', traffic: { ...AT_10, percentage: 50 } }],
      [20_000, { type: 'step-done', step: 1 }],
    ]
    expect(asked(decide(increase, later, 20_000, { answers: yes }))).not.toBe(key)
  })

  test('that watch roll back when they have refused often enough', () => {
    const release = releaseOf({ steps: STEPS, gates: [gate('rollout', { threshold: 2 })] })
    const key = asked(decide(release, OVER, 20_000))
    const answers = (atMs: number) => new Map([[key, { isYes: false, atMs, detail: '500' }]])
    const once = decide(release, OVER, 20_000, { answers: answers(20_000) })
    expect(typesOf(once)).toEqual(['gate-refused'])
    const verdict = { gate: 'tests', detail: '500', answeredAtMs: 20_000 }
    const told: readonly Told[] = [...OVER, [20_000, { type: 'gate-refused', ...verdict }]]
    const same = decide(release, told, 20_001, { answers: answers(20_000) })
    expect(typesOf(same)).toEqual(['step-started', 'traffic-set'])
    const twice = decide(release, told, 30_000, { answers: answers(30_000) })
    expect(typesOf(twice)).toEqual([
      'gate-refused',
      'rollback-started',
      'traffic-set',
      'rolled-back',
    ])
  })

  test('that hang hold up nothing but what needs their yes', () => {
    const release = releaseOf({ steps: STEPS, gates: [gate('rollback')] })
    const key = asked(decide(release, OVER, 20_000))
    const move = decide(release, OVER, 20_000, { asking: new Set([key]) })
    expect(typesOf(move)).toEqual(['step-started', 'traffic-set'])
  })
})

describe('the effect of events', () => {
  const state = stateAfter(RELEASE, ...OVER)
  const around = { plugin: pluginFor(RELEASE, AT_10), service: SERVICE }
  const author = { atMs: 1, actor: 'anna', reason: null, linkId: null }

  test('of traffic is the plugin, enabled, with the fields of the release alone', () => {
    const happening = { type: 'traffic-set', traffic: { ...AT_10, groups: ['a'] } } as const
    const { plugin, service } = effectOf(RELEASE, state, [{ ...author, happening }], around)
    expect(service).toBeNull()
    expect(plugin).toMatchObject({ kind: 'write', id: around.plugin.id })
    expect(plugin).toHaveProperty('fields.percentage', 10)
    expect(plugin).toHaveProperty('fields.always_groups', ['a'])
    expect(plugin).toHaveProperty('fields.salt', RELEASE.id)
    expect(plugin).not.toHaveProperty('fields.variant_header')
  })

  test('of a promotion is the service at the canary, without plugin', () => {
    const events = [{ ...author, happening: { type: 'succeeded' } as const }]
    expect(effectOf(RELEASE, state, events, around)).toEqual({
      plugin: { kind: 'delete', id: around.plugin.id },
      service: { host: 'address-v2' },
    })
    const kept = releaseOf({ steps: STEPS, on_success: 'keep' })
    expect(effectOf(kept, state, events, around)).toEqual({ plugin: null, service: null })
  })

  test('of the end of a release that has not started is none', () => {
    const scheduled = stateAfter(RELEASE)
    const events = [{ ...author, happening: { type: 'rolled-back' } as const }]
    expect(effectOf(RELEASE, scheduled, events, around)).toEqual({ plugin: null, service: null })
  })
})
