import { describe, expect, test } from 'vitest'
import type { Release } from '../../../src/releases/document/release.ts'
import { applyVerb, verbRefused } from '../../../src/releases/engine/apply-verb.ts'
import type { Surroundings } from '../../../src/releases/engine/surroundings.ts'
import {
  VERBS,
  type Verb,
  type VerbArguments,
  type VerbOutcome,
} from '../../../src/releases/engine/verb.ts'
import type { ReleaseState } from '../../../src/releases/state/release-state.ts'
import {
  by,
  pluginFor,
  RESUMED,
  releaseOf,
  STARTED,
  stateAfter,
  surroundingsOf,
  type Told,
} from '../release-fixture.ts'

const RELEASE = releaseOf({
  steps: [{ percentage: 10, hold: '10m' }, { approval: { count: 2 } }, { percentage: 50 }],
  four_eyes: true,
})

const AT_10 = { percentage: 10, groups: [], previewHeader: null }
const FIRST_STEP: readonly Told[] = [
  [1, STARTED],
  [1, { type: 'step-started', step: 0 }],
  [1, { type: 'traffic-set', traffic: AT_10 }],
]
const APPROVAL: readonly Told[] = [
  ...FIRST_STEP,
  [2, { type: 'step-done', step: 0 }],
  [2, { type: 'step-started', step: 1 }],
]
const NONE = { percentage: 0, groups: [], previewHeader: null }

/** A release in each of the situations that verbs tell apart. */
const SITUATIONS = {
  scheduled: [],
  'paused before its start': [[1, { type: 'paused', cause: 'requested' }]],
  started: [[1, STARTED]],
  holding: FIRST_STEP,
  'over its hold': [...FIRST_STEP, [2, { type: 'step-done', step: 0 }]],
  'waiting for people': APPROVAL,
  paused: [...FIRST_STEP, [2, { type: 'paused', cause: 'requested' }]],
  baking: [...FIRST_STEP, [3, { type: 'baking' }]],
  promoting: [...FIRST_STEP, [3, { type: 'baking' }], [4, { type: 'promoting' }]],
  succeeded: [...FIRST_STEP, [3, { type: 'promoting' }], [4, { type: 'succeeded' }]],
  'rolling-back': [...FIRST_STEP, [3, { type: 'rollback-started' }]],
  'rolled-back': [
    ...FIRST_STEP,
    [3, { type: 'rollback-started' }],
    [3, { type: 'traffic-set', traffic: NONE }],
    [3, { type: 'rolled-back' }],
  ],
  failed: [[1, { type: 'failed' }]],
  superseded: [...FIRST_STEP, [3, { type: 'superseded', by: 'another' }]],
} as const satisfies Record<string, readonly Told[]>

type Situation = keyof typeof SITUATIONS

function apply(
  verb: Verb,
  told: readonly Told[],
  given: Partial<VerbArguments> = {},
  surroundings: Partial<Surroundings> = {},
  release: Release = RELEASE,
): VerbOutcome & { readonly state: ReleaseState } {
  const state = stateAfter(release, ...told)
  const around = surroundingsOf(release, state, surroundings)
  const outcome = applyVerb(verb, by('bob', given), release, state, around, 60_000)
  return { ...outcome, state }
}

const typesOf = (outcome: VerbOutcome) =>
  outcome.kind === 'events' ? outcome.events.map(({ happening }) => happening.type) : outcome.kind

const ALL_BACK = ['rollback-started', 'traffic-set', 'rolled-back']

/** What each verb does in each situation; refused where nothing is said. */
const TABLE: Readonly<Record<Verb, Partial<Record<Situation, string | readonly string[]>>>> = {
  start: {
    scheduled: ['started'],
    started: 'unchanged',
    holding: 'unchanged',
    'over its hold': 'unchanged',
    'waiting for people': 'unchanged',
    paused: 'unchanged',
    baking: 'unchanged',
    promoting: 'unchanged',
    'rolling-back': 'unchanged',
  },
  pause: {
    scheduled: ['paused'],
    'paused before its start': 'unchanged',
    started: ['paused'],
    holding: ['paused'],
    'over its hold': ['paused'],
    'waiting for people': ['paused'],
    paused: 'unchanged',
    baking: ['paused'],
    promoting: ['paused'],
  },
  resume: {
    scheduled: 'unchanged',
    'paused before its start': ['resumed'],
    started: 'unchanged',
    holding: 'unchanged',
    'over its hold': 'unchanged',
    'waiting for people': 'unchanged',
    paused: ['resumed'],
    baking: 'unchanged',
    promoting: 'unchanged',
  },
  advance: {
    started: 'unchanged',
    holding: ['advanced'],
    'over its hold': 'unchanged',
    baking: ['advanced', 'promoting'],
    promoting: 'unchanged',
  },
  jump: {
    started: ['jumped'],
    holding: ['jumped'],
    'over its hold': ['jumped'],
    'waiting for people': ['jumped'],
    paused: ['jumped'],
  },
  approve: { 'waiting for people': ['approved'] },
  reject: {
    'waiting for people': ['rejected', ...ALL_BACK],
    'rolling-back': 'unchanged',
    'rolled-back': 'unchanged',
  },
  promote: {
    scheduled: ['started', 'traffic-set', 'promoting', 'succeeded'],
    'paused before its start': ['started', 'traffic-set', 'promoting', 'succeeded'],
    started: ['traffic-set', 'promoting', 'succeeded'],
    holding: ['traffic-set', 'promoting', 'succeeded'],
    'over its hold': ['traffic-set', 'promoting', 'succeeded'],
    'waiting for people': ['traffic-set', 'promoting', 'succeeded'],
    paused: ['traffic-set', 'promoting', 'succeeded'],
    baking: ['traffic-set', 'promoting', 'succeeded'],
    promoting: ['traffic-set', 'promoting', 'succeeded'],
    succeeded: 'unchanged',
  },
  rollback: {
    scheduled: ALL_BACK,
    'paused before its start': ALL_BACK,
    started: ALL_BACK,
    holding: ALL_BACK,
    'over its hold': ALL_BACK,
    'waiting for people': ALL_BACK,
    paused: ALL_BACK,
    baking: ALL_BACK,
    promoting: ALL_BACK,
    'rolling-back': 'unchanged',
    'rolled-back': 'unchanged',
  },
  retry: { 'rolled-back': ['retried'], failed: ['retried'] },
  cancel: {
    scheduled: ['failed'],
    'paused before its start': ['failed'],
    started: ['failed'],
    failed: 'unchanged',
  },
}

describe.each(VERBS)('%s', (verb) => {
  test.each(Object.entries(SITUATIONS))('of a release that is %s', (situation, told) => {
    const outcome = apply(verb, told, { step: 3 })
    expect(typesOf(outcome)).toEqual(TABLE[verb][situation as Situation] ?? 'refused')
  })

  test.each(Object.entries(SITUATIONS))('is said to be possible when it is: %s', (_, told) => {
    const isDone = apply(verb, told, { step: 3 }).kind === 'events'
    const possible = VERBS.flatMap((other) => {
      const outcome = apply(other, told, { step: 3 })
      return outcome.kind === 'refused' ? outcome.possible : []
    })
    if (possible.length > 0) expect(possible.includes(verb)).toBe(isDone)
  })
})

describe('a refused verb', () => {
  test('says why, and what can be done', () => {
    const outcome = apply('advance', SITUATIONS['waiting for people'])
    if (outcome.kind !== 'refused') throw new Error(outcome.kind)
    const error = verbRefused(outcome)
    expect([error.status, error.message]).toEqual([
      409,
      'advance of release address-v2 refused: step 2 waits for people, who approve or reject; possible: approve, reject, jump, pause, promote, rollback',
    ])
  })

  test.each([
    ['promote', {}, { isCanaryUsable: false }, 'no target of the canary can get requests'],
    ['promote', {}, { stop: { reason: 'fire', actor: 'ops' } }, 'stopped by ops: fire'],
    ['promote', {}, { service: null }, 'its service is gone'],
    ['jump', { step: null }, {}, 'step is missing: give 1 to 3'],
    ['jump', { step: 4 }, {}, 'step 4: give 1 to 3'],
    ['jump', { step: 0 }, {}, 'step 0: give 1 to 3'],
  ] as const)('%s with %j in %j', (verb, given, surroundings, message) => {
    expect(apply(verb, SITUATIONS.holding, given, surroundings).kind).toBe('refused')
    expect(apply(verb, SITUATIONS.holding, given, surroundings)).toHaveProperty(
      'message',
      expect.stringContaining(message),
    )
  })

  test('is a retry beside another live release', () => {
    const outcome = apply('retry', SITUATIONS['rolled-back'], { otherLive: 'address-v3' })
    expect(outcome).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('release address-v3 is live'),
    })
  })
})

describe('approvals', () => {
  const people = SITUATIONS['waiting for people']

  test('of the one who created it do not count with four eyes', () => {
    const outcome = apply('approve', people, { actor: 'anna' })
    expect(outcome).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('anna created it'),
    })
  })

  test('count once each', () => {
    const told: readonly Told[] = [...people, [5, { type: 'approved', step: 1 }, 'bob']]
    expect(apply('approve', told)).toMatchObject({ kind: 'unchanged' })
    expect(apply('approve', told, { actor: 'carl' })).toMatchObject({ message: 'approved' })
  })

  test('count only of those who are named', () => {
    const release = releaseOf({ steps: [{ approval: { from: ['carl'] } }] })
    const told: readonly Told[] = [
      [1, STARTED],
      [1, { type: 'step-started', step: 0 }],
    ]
    expect(apply('approve', told, {}, {}, release)).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('bob is none of those who decide: carl'),
    })
    expect(apply('approve', told, { actor: 'carl' }, {}, release).kind).toBe('events')
  })

  test('count while it is paused for lack of them', () => {
    const told: readonly Told[] = [...people, [9, { type: 'paused', cause: 'approval-timeout' }]]
    expect(typesOf(apply('approve', told))).toEqual(['approved'])
  })
})

describe('a rollback by a ramp', () => {
  const release = releaseOf({ rollback: { profile: 'ramp', over: '10s' } })
  const rolledBack = (given: Partial<Surroundings> = {}) =>
    typesOf(apply('rollback', FIRST_STEP, {}, given, release))

  test('begins with what goes at once', () => {
    expect(rolledBack()).toEqual(['rollback-started'])
  })

  test.each([
    ['deleted', null],
    ['disabled', { ...pluginFor(release, AT_10), isEnabled: false }],
    ['lower', pluginFor(release, { ...AT_10, percentage: 5 })],
  ])('gives nothing first to a plugin that is %s', (_, plugin) => {
    expect(rolledBack({ plugin })).toEqual(ALL_BACK)
  })
})

describe('a resumed release', () => {
  test('writes its own values again when a hand had changed them', () => {
    const told: readonly Told[] = [
      ...FIRST_STEP,
      [2, { type: 'paused', cause: 'changed-by-hand' }],
      [3, RESUMED],
    ]
    expect(stateAfter(RELEASE, ...told)).toMatchObject({ phase: 'progressing', isRestoring: true })
  })
})
