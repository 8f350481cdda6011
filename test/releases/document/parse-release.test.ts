import { describe, expect, test } from 'vitest'
import { parseRelease } from '../../../src/releases/document/parse-release.ts'
import { withoutSecrets } from '../../../src/releases/document/without-secrets.ts'
import { failure, problemsOf } from '../../model/entity-input.ts'
import { documentInput } from './document-input.ts'

const problems = (given: Record<string, unknown>) =>
  problemsOf(() => parseRelease(documentInput(given)))

/** Problems of a release with these steps. */
const stepsAre = (strategy: string, ...steps: unknown[]) => problems({ strategy, steps })

describe('a release as users write it', () => {
  test('gets its defaults', () => {
    expect(parseRelease(documentInput())).toMatchObject({
      strategy: 'canary',
      canary: { upstream_host: 'address-v2', upstream_port: null, upstream_uri: null },
      sticky: { by: 'consumer', header: null, cookie: null, salt: 'release' },
      start: 'now',
      rollback: { profile: 'instant', over: null },
      on_success: 'promote',
      bake: '0s',
      deadline: null,
      four_eyes: false,
      options: { drain: 'keep', drain_after: '60s' },
    })
  })

  test.each(['stop', 'resume-all', 'plan', 'freezes', 'links', '.', '..'])(
    "is not called '%s', which could not be found by it",
    (name) => {
      expect(JSON.stringify(problems({ name }))).toContain('a meaning of its own in paths')
    },
  )

  test('is parsed to the same again', () => {
    const once = parseRelease(documentInput())
    expect(parseRelease(once)).toEqual(once)
  })

  test('has every problem named at once', () => {
    const error = failure(() =>
      parseRelease({ name: 'a b', step: [], canary: {}, steps: [{ percentage: 101 }] }),
    )
    expect(error?.code).toBe('schema_violation')
    expect(error?.message).toBe(
      '5 schema violations (canary: at least one of upstream_host, upstream_port, upstream_uri is required; ' +
        "name: invalid value 'a b': the only accepted ascii characters are alphanumerics or ., -, _, and ~; " +
        'service: required field missing; step: unknown field (did you mean "steps"?); ' +
        'steps.1.percentage: value should be between 0 and 100)',
    )
  })

  test.each([
    [null, { '@entity': 'expected a record' }],
    [[], { '@entity': 'expected a record' }],
    ['name: x', { '@entity': 'expected a record' }],
  ])('is no %j', (input, expected) => {
    expect(problemsOf(() => parseRelease(input))).toEqual(expected)
  })

  test('has no keys that pollute', () => {
    const steps = JSON.parse('[{"hold": "1m", "__proto__": {"hold": "2m"}}]')
    expect(problems({ steps })).toEqual({ 'steps.0.__proto__': 'unknown field' })
  })

  test('is no longer than an entity may be', () => {
    const steps = Array.from({ length: 1001 }, () => ({ hold: '1s' }))
    expect(problems({ steps })).toEqual({ steps: 'length must be at most 1000' })
    expect(problems({ steps: steps.slice(0, 201) })).toEqual({
      steps: 'length must be at most 200',
    })
  })

  test('suggests names inside steps too', () => {
    expect(problems({ steps: [{ percentag: 1, hold: '1m' }] })).toEqual({
      'steps.0.percentag': 'unknown field (did you mean "percentage"?)',
    })
  })
})

describe('the steps of a release', () => {
  test.each([
    [{ preview: { groups: ['testers'] } }, 'preview'],
    [{ flip: true }, 'flip'],
  ])('of a canary are no %j', (step, action) => {
    expect(stepsAre('canary', step)).toEqual({
      [`steps.0.${action}`]:
        'only with strategy: blue-green; with canary a step has one of percentage, groups, ramp, approval, gate, hold',
    })
  })

  test.each([
    [{ percentage: 5 }, 'percentage'],
    [{ groups: ['testers'] }, 'groups'],
    [{ ramp: { to: 5, over: '1m' } }, 'ramp'],
  ])('of blue-green are no %j', (step, action) => {
    expect(stepsAre('blue-green', step)).toEqual({
      [`steps.0.${action}`]:
        'only with strategy: canary; with blue-green a step has one of preview, flip, approval, gate, hold',
    })
  })

  test('never let the share fall', () => {
    const falls = (share: number) =>
      `${share} is less than the 20 of step 2: shares never fall from step to step, only a rollback takes traffic back`
    expect(
      stepsAre('canary', { percentage: 10 }, { percentage: 20 }, { percentage: 19.999 }),
    ).toEqual({ 'steps.2.percentage': falls(19.999) })
    expect(
      stepsAre(
        'canary',
        { hold: '1m' },
        { ramp: { to: 20, over: '1m' } },
        { ramp: { to: 5, over: '1m' } },
      ),
    ).toEqual({ 'steps.2.ramp.to': falls(5) })
    expect(stepsAre('canary', { percentage: 10 }, { percentage: 10 })).toEqual({})
  })

  test('flip once, after the preview', () => {
    expect(
      stepsAre('blue-green', { flip: true }, { flip: true }, { preview: { header: 'x-new' } }),
    ).toEqual({
      'steps.1.flip': 'step 1 flips already, and a release flips once',
      'steps.2.preview':
        'comes too late: step 1 has sent everybody to the new version; put it before the flip',
    })
    expect(
      stepsAre('blue-green', { preview: { header: 'x-new' } }, { approval: {} }, { flip: true }),
    ).toEqual({})
  })

  test('ask for no more approvals than there are people', () => {
    const from = ['anna', 'bob', 'anna']
    expect(stepsAre('canary', { approval: { count: 3, from } })).toEqual({
      'steps.0.approval.count': '3 people must approve, but from names only 2',
    })
  })

  test('do not count on the approval of the one who creates it, with four eyes', () => {
    const steps = [{ approval: { count: 2, from: ['anna', 'bob'] } }]
    const input = documentInput({ steps, four_eyes: true })
    expect(problemsOf(() => parseRelease(input, 'carl'))).toEqual({})
    expect(problemsOf(() => parseRelease(input, 'anna'))).toEqual({
      'steps.0.approval.count':
        '2 people must approve, but from names only 1 beside anna, who creates it (four_eyes)',
    })
  })

  test('show the canary to nobody who never sees it', () => {
    const options = { never_groups: ['banks'] }
    expect(problems({ options, steps: [{ groups: ['testers', 'banks'] }] })).toEqual({
      'steps.0.groups.1':
        "'banks' is in options.never_groups too, which would keep it on the primary",
    })
  })

  test('have no more groups together than the plugin takes', () => {
    const groups = (from: number) => Array.from({ length: 600 }, (_, n) => `g${from + n}`)
    expect(stepsAre('canary', { groups: groups(0) }, { groups: groups(0) })).toEqual({})
    expect(stepsAre('canary', { groups: groups(0) }, { groups: groups(600) })).toEqual({
      steps: 'groups of all steps: length must be at most 1000',
    })
  })
})

describe('the other fields of a release', () => {
  const gate = (name: string, more = {}) => ({
    name,
    url: 'http://g.test/',
    type: 'rollout',
    ...more,
  })

  test('name each gate once, and not as steps are', () => {
    expect(problems({ gates: [gate('a'), gate('a'), gate('step 1')] })).toEqual({
      'gates.1.name': "'a' is the name of another gate already",
      'gates.2.name': "'step 1' is what the gate of a step is called: choose another name",
    })
  })

  test('ask no gate more than once a second', () => {
    expect(problems({ gates: [gate('a', { interval: '999ms' })] })).toEqual({
      'gates.0.interval': "'999ms' is not from 1s to 1d",
    })
  })

  test('drain for a week at most, as the plugin does', () => {
    expect(problems({ options: { drain_after: '8d' } })).toEqual({
      'options.drain_after': '8d is too long: at most 7d',
    })
  })

  test('hold secrets that are shown masked, and not taken back so', () => {
    const document = parseRelease(
      documentInput({
        gates: [gate('a', { secret: 'one' }), gate('b')],
        notify: [{ url: 'http://n.test/', secret: 'two' }],
        steps: [{ gate: { url: 'http://g.test/', secret: 'three' } }, { hold: '1m' }],
      }),
    )
    const shown = withoutSecrets(document)
    expect(JSON.stringify(shown)).not.toMatch(/one|two|three/)
    expect(shown.gates[1]?.secret).toBeNull()
    const message = "'***' is what secrets are shown as: give the secret itself, or null"
    expect(problemsOf(() => parseRelease(shown))).toEqual({
      'gates.0.secret': message,
      'notify.0.secret': message,
      'steps.0.gate.secret': message,
    })
  })
})
