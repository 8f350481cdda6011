import fc from 'fast-check'
import { GATE_TYPES } from '../../../src/releases/document/gate.ts'
import { documentInput } from '../document/document-input.ts'

const SHORT = ['0s', '1s', '90s', '15m', '2h'] as const
const LONG = ['2m', '10m', '3h'] as const
const hold = fc.constantFrom(null, ...SHORT)
const GATE_URL = 'http://gates.test/'

const share = fc.oneof(fc.constantFrom(0, 0.001, 50, 100), fc.integer({ min: 1, max: 99 }))
const action = fc.oneof(
  { weight: 3, arbitrary: share.map((percentage) => ({ percentage })) },
  { weight: 2, arbitrary: fc.constantFrom('testers', 'staff').map((g) => ({ groups: [g] })) },
  {
    weight: 2,
    arbitrary: fc.record({
      ramp: fc.record({
        to: share,
        over: fc.constantFrom('500ms', '7s', '10m', '3h'),
        curve: fc.constantFrom('linear', 'exponential'),
      }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({}) },
)
const approval = fc.record({
  approval: fc.record({
    count: fc.integer({ min: 1, max: 2 }),
    from: fc.constantFrom(null, ['bob', 'carl', 'dora']),
    timeout: fc.constantFrom(null, ...LONG),
    on_timeout: fc.constantFrom('rollback', 'pause', 'continue'),
  }),
})
const wait = fc.oneof(approval, fc.constant({ gate: { url: GATE_URL } }))

const canarySteps = fc
  .array(
    fc.oneof({ weight: 3, arbitrary: action }, { weight: 1, arbitrary: wait }).chain(withHold),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map(rising)

const blueGreenSteps = fc
  .tuple(
    fc.array(fc.oneof(fc.constant({ preview: { header: 'x-new' } }), wait).chain(withHold), {
      maxLength: 3,
    }),
    fc.array(fc.constant({ flip: true }).chain(withHold), { maxLength: 1 }),
  )
  .map(([before, flip]) => [...before, ...flip, { hold: '10m' }])

function withHold(step: object) {
  return hold.map((given) => ({
    ...step,
    hold: given ?? (Object.keys(step).length === 0 ? '1m' : null),
  }))
}

/** Shares put in order, since they may not fall. */
function rising(steps: Record<string, unknown>[]): Record<string, unknown>[] {
  let highest = 0
  return steps.map((step) => {
    if (typeof step.percentage === 'number') {
      highest = Math.max(highest, step.percentage)
      return { ...step, percentage: highest }
    }
    if (typeof step.ramp !== 'object' || step.ramp === null) return step
    highest = Math.max(highest, Number(Reflect.get(step.ramp, 'to')))
    return { ...step, ramp: { ...step.ramp, to: highest } }
  })
}

const gates = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('a', 'b', 'c'),
    url: fc.constant(GATE_URL),
    type: fc.constantFrom(...GATE_TYPES.filter((type) => type !== 'rollback')),
    interval: fc.constantFrom('30m', '2h'),
    threshold: fc.integer({ min: 1, max: 3 }),
  }),
  { maxLength: 2, selector: ({ name }) => name },
)

const windows = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  {
    weight: 1,
    arbitrary: fc.constant([{ cron: '0 9 * * 1-5', duration: '8h', time_zone: 'Europe/Berlin' }]),
  },
)

/** Any release that is valid. */
export const anyDocument = fc
  .record({
    shape: fc.oneof(
      canarySteps.map((steps) => ({ strategy: 'canary', steps })),
      blueGreenSteps.map((steps) => ({ strategy: 'blue-green', steps })),
    ),
    start: fc.constantFrom('now', 'now', 'never', '2026-03-27T12:00:00Z'),
    windows,
    rollback: fc.constantFrom({ profile: 'instant' }, { profile: 'ramp', over: '10m' }),
    on_success: fc.constantFrom('promote', 'keep'),
    bake: fc.constantFrom('0s', '1h'),
    deadline: fc.option(
      fc.constantFrom('pause', 'rollback').map((outcome) =>
        Object.fromEntries([
          ['after', '1h'],
          ['then', outcome],
        ]),
      ),
    ),
    four_eyes: fc.boolean(),
    gates,
  })
  .map(({ shape, ...given }) => documentInput({ ...given, ...shape }))
