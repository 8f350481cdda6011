import { describe, expect, it } from 'vitest'
import type { PlanSurroundings } from '../../../src/releases/plan/plan-surroundings.ts'
import { SERVICE } from '../release-fixture.ts'
import { planOf } from './plan-fixture.ts'

const FINE = { steps: [{ percentage: 100, hold: '1h' }], bake: '1h' }
const OFFICE = [{ cron: '0 9 * * 1-5', duration: '8h', time_zone: 'UTC' }]

const cases: readonly [string, object, Partial<PlanSurroundings>, string[]][] = [
  ['nothing', {}, {}, []],
  [
    'a last step outside of the windows',
    {
      windows: OFFICE,
      steps: [
        { percentage: 10, hold: '9h' },
        { percentage: 100, hold: '1h' },
      ],
    },
    {},
    [
      "the last step (100 %) is due at 2026-12-01T18:00:00.000Z and waits until 2026-12-02T09:00:00.000Z: outside the windows: '0 9 * * 1-5' for 8h (UTC)",
    ],
  ],
  [
    'an end outside of the windows',
    { windows: OFFICE, bake: '9h' },
    {},
    [
      "the end is due at 2026-12-01T19:00:00.000Z and waits until 2026-12-02T09:00:00.000Z: outside the windows: '0 9 * * 1-5' for 8h (UTC)",
    ],
  ],
  [
    'a window that never opens',
    { windows: [{ cron: '0 9 1 * 1#2', duration: '8h', time_zone: 'UTC' }] },
    {},
    ["it would never end: outside the windows: '0 9 1 * 1#2' for 8h (UTC)"],
  ],
  [
    'a hold that is over before the next probe',
    { steps: [{ percentage: 10, hold: '5s' }, ...FINE.steps] },
    {},
    [
      'step 1 (10 %) holds for 5 s, less than the 10 s between two probes of upstream address-v2: it goes on before anything is noticed',
    ],
  ],
  [
    'a group without members',
    { steps: [{ groups: ['testers', 'staff'], hold: '1h' }, ...FINE.steps] },
    {},
    ['group staff has no members: it puts nobody on the canary'],
  ],
  [
    'a route with a canary plugin of its own',
    {},
    { routesOfTheirOwn: ['checkout'] },
    [
      'route checkout has a canary plugin of its own: the release moves nothing there, and its rollback takes nothing back',
    ],
  ],
  [
    'a canary without targets',
    {},
    { canaryUpstream: { name: 'address-v2', targets: 0, probeIntervalMs: null } },
    ['upstream address-v2 has no targets: nothing gets on the canary without one'],
  ],
  [
    'a share that ends below 100',
    { steps: [{ percentage: 50, hold: '1h' }] },
    {},
    ['behind the last step the share goes from 50 % to 100 % at once: end with a step to 100 %'],
  ],
  [
    'a promotion without a bake',
    { bake: '0s', steps: [{ percentage: 100 }] },
    { canaryUpstream: null },
    ['bake is 0s: it is promoted as soon as it is at 100 %, and no command rolls it back then'],
  ],
  ['a hold at 100 % in place of a bake', { bake: '0s' }, {}, []],
  [
    'an approval without a timeout',
    { steps: [{ approval: {} }, ...FINE.steps] },
    {},
    ['step 1 (approval) has no timeout: it waits until somebody decides'],
  ],
  [
    'a start in the past',
    { start: '2026-11-30T09:00:00Z' },
    {},
    ['start 2026-11-30T09:00:00Z is in the past: it starts at once'],
  ],
  [
    'a name that is taken, and a service with a live release',
    {},
    {
      liveReleases: [
        { name: 'address-v2', serviceId: 'another' },
        { name: 'address-v3', serviceId: SERVICE.id },
      ],
    },
    [
      'a live release has the name address-v2 already: give another one',
      'release address-v3 of the service is live: wait for its end, or supersede it',
    ],
  ],
  [
    'a share that is given up',
    {},
    { currentSharePercent: 20 },
    ['the canary plugin has a share of 20 % now: the start takes it to 0 %'],
  ],
  [
    'a global stop',
    {},
    { stop: { reason: 'incident 7', actor: 'mia' } },
    ['nothing makes progress before resume-all: mia stopped all: incident 7'],
  ],
]

describe('a plan warns of', () => {
  it.each(cases)('%s', (_, document, surroundings, expected) => {
    expect(planOf({ ...FINE, ...document }, surroundings).warnings).toEqual(expected)
  })
})
