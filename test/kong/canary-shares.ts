import { type CanaryCase, CONSUMERS, canary, canaryRow, goesTo, SETUP } from './canary-cases.ts'
import type { Area } from './conformance.ts'

const SHARES: readonly CanaryCase[] = [
  ...(
    [
      ['0', { percentage: 0 }, 'one'],
      ['100', { percentage: 100 }, 'two'],
      ['past', { start: '{now-7200}', duration: 3600 }, 'two'],
      ['ended', { start: '{now-3600}', duration: 3600 }, 'two'],
      ['future', { start: '{now+7200}', duration: 3600 }, 'one'],
      ['fresh', { start: null, duration: 3600 }, 'one'],
      ['percentage-over-time', { percentage: 0, start: '{now-7200}', duration: 3600 }, 'one'],
      ['percentage-over-future', { percentage: 100, start: '{now+7200}' }, 'two'],
      ['coarse', { percentage: 49, steps: 2 }, 'one'],
    ] as const
  ).map(([id, config, name]) => ({
    id: `share-${id}`,
    title: `With ${JSON.stringify(config)} a request goes to the ${name === 'one' ? 'primary' : 'canary'}`,
    given: [...SETUP, canary(config)],
    expect: goesTo(name),
  })),
  ...(
    [
      [10, 100, 100, { one: 90, two: 10 }],
      [50, 10, 20, { one: 10, two: 10 }],
      [25, 4, 8, { one: 6, two: 2 }],
      [1, 100, 100, { one: 99, two: 1 }],
      [33, 10, 20, { one: 14, two: 6 }],
    ] as const
  ).map(([percentage, steps, times, spread]) => ({
    id: `none-${percentage}-of-${steps}`,
    title: `With hash none, ${percentage} percent and ${steps} steps, ${times} requests split exactly ${JSON.stringify(spread)}`,
    given: [...SETUP, canary({ hash: 'none', percentage, steps })],
    times,
    expect: { status: 200, spread: spread as Readonly<Record<string, number>> },
  })),
  {
    id: 'none-timed',
    title: 'With hash none a timed rollout splits by the time that has passed',
    given: [...SETUP, canary({ hash: 'none', start: '{now-5400}', duration: 10_800, steps: 10 })],
    times: 10,
    expect: { status: 200, spread: { one: 5, two: 5 } },
  },
  {
    id: 'timed-steps',
    title: 'A timed rollout moves in steps: a tenth of the buckets each hour of ten',
    given: [...SETUP, canary({ hash: 'none', start: '{now-5400}', duration: 36_000, steps: 10 })],
    times: 10,
    expect: { status: 200, spread: { one: 9, two: 1 } },
  },
]

const STICKINESS: readonly CanaryCase[] = [
  {
    id: 'sticky-ip',
    title: 'hash ip keeps a client on its side',
    given: [...SETUP, canary({ hash: 'ip', percentage: 50 })],
    times: 10,
    expect: { status: 200, isSticky: true },
  },
  {
    id: 'sticky-header',
    title: 'hash header keeps a value on its side',
    given: [...SETUP, canary({ hash: 'header', hash_header: 'X-User', percentage: 50 })],
    sent: { 'x-user': 'anna' },
    times: 10,
    expect: { status: 200, isSticky: true },
  },
  {
    id: 'sticky-consumer',
    title: 'hash consumer keeps a consumer on its side',
    given: [...SETUP, ...CONSUMERS, canary({ percentage: 50 })],
    sent: { apikey: 'bob' },
    times: 10,
    expect: { status: 200, isSticky: true },
  },
  {
    id: 'fallback-consumer-ip',
    title: 'Without a consumer hash consumer falls back to the client address',
    given: [...SETUP, canary({ percentage: 50 })],
    times: 10,
    expect: { status: 200, isSticky: true },
  },
  {
    id: 'fallback-header',
    title: 'Without the header hash header falls back to the client address',
    given: [...SETUP, canary({ hash: 'header', hash_header: 'X-User', percentage: 50 })],
    times: 10,
    expect: { status: 200, isSticky: true },
  },
]

/** How many go to the canary, and that they stay there. */
export const CANARY_SHARES: Area = {
  name: 'canary-shares',
  title: 'Plugins: canary, shares and stickiness',
  rows: [...SHARES, ...STICKINESS].map(canaryRow),
}
