import { type CanaryCase, CONSUMERS, canary, canaryRow, goesTo, SETUP } from './canary-cases.ts'
import { type Area, post } from './conformance.ts'

const GROUPS: readonly CanaryCase[] = (
  [
    ['allow', ['beta'], 'bob', 'two'],
    ['allow', ['beta'], 'eve', 'one'],
    ['allow', ['beta'], 'tom', 'one'],
    ['allow', ['beta', 'staff'], 'eve', 'two'],
    ['deny', ['beta'], 'bob', 'one'],
    ['deny', ['beta'], 'eve', 'two'],
    ['deny', ['beta'], 'tom', 'two'],
    ['deny', ['beta', 'staff'], 'eve', 'one'],
    ['whitelist', ['beta'], 'bob', 'two'],
    ['whitelist', ['beta'], 'tom', 'one'],
    ['blacklist', ['beta'], 'bob', 'one'],
    ['blacklist', ['beta'], 'tom', 'two'],
  ] as const
).map(([hash, groups, name, side]) => ({
  id: `${hash}-${groups.join('-')}-${name}`,
  title: `hash ${hash} of ${groups.join(' and ')} sends ${name} to the ${side === 'one' ? 'primary' : 'canary'}`,
  given: [...SETUP, ...CONSUMERS, canary({ hash, groups })],
  sent: { apikey: name },
  expect: goesTo(side),
}))

const GROUP_RULES: readonly CanaryCase[] = [
  {
    id: 'allow-percentage',
    title: 'percentage has no effect on allow',
    given: [...SETUP, ...CONSUMERS, canary({ hash: 'allow', groups: ['beta'], percentage: 100 })],
    sent: { apikey: 'tom' },
    expect: goesTo('one'),
  },
  {
    id: 'deny-time',
    title: 'Time has no effect on deny',
    given: [
      ...SETUP,
      ...CONSUMERS,
      canary({ hash: 'deny', groups: ['beta'], start: '{now+7200}' }),
    ],
    sent: { apikey: 'tom' },
    expect: goesTo('two'),
  },
  {
    id: 'allow-nobody',
    title: 'Without a consumer allow stays on the primary',
    given: [...SETUP, canary({ hash: 'allow', groups: ['beta'] })],
    expect: goesTo('one'),
  },
  {
    id: 'group-joined',
    title: 'A consumer that joins the group moves at once',
    given: [
      ...SETUP,
      ...CONSUMERS,
      canary({ hash: 'allow', groups: ['beta'] }),
      post('/consumers/tom/acls', { group: 'beta' }),
    ],
    sent: { apikey: 'tom' },
    expect: goesTo('two'),
  },
]

const OVERRIDE = { canary_by_header_name: 'X-Canary' } as const

const OVERRIDES: readonly CanaryCase[] = [
  {
    id: 'override-always',
    title: 'always goes to the canary at 0 percent',
    given: [...SETUP, canary({ percentage: 0, ...OVERRIDE })],
    sent: { 'x-canary': 'always' },
    expect: goesTo('two'),
  },
  {
    id: 'override-never',
    title: 'never stays on the primary at 100 percent',
    given: [...SETUP, canary({ percentage: 100, ...OVERRIDE })],
    sent: { 'x-canary': 'never' },
    expect: goesTo('one'),
  },
  {
    id: 'override-other',
    title: 'Another value leaves the decision to the rules',
    given: [...SETUP, canary({ percentage: 100, ...OVERRIDE })],
    sent: { 'x-canary': 'maybe' },
    expect: goesTo('two'),
  },
  {
    id: 'override-absent',
    title: 'Without the header the rules decide',
    given: [...SETUP, canary({ percentage: 0, ...OVERRIDE })],
    expect: goesTo('one'),
  },
  {
    id: 'override-unset',
    title: 'Without canary_by_header_name no header decides',
    given: [...SETUP, canary({ percentage: 0 })],
    sent: { 'x-canary': 'always' },
    expect: goesTo('one'),
  },
  {
    id: 'override-deny',
    title: 'always beats deny',
    given: [...SETUP, ...CONSUMERS, canary({ hash: 'deny', groups: ['beta'], ...OVERRIDE })],
    sent: { apikey: 'bob', 'x-canary': 'always' },
    expect: goesTo('two'),
  },
  {
    id: 'override-allow',
    title: 'never beats allow',
    given: [...SETUP, ...CONSUMERS, canary({ hash: 'allow', groups: ['beta'], ...OVERRIDE })],
    sent: { apikey: 'bob', 'x-canary': 'never' },
    expect: goesTo('one'),
  },
]

/** Who goes to the canary by group or by header. */
export const CANARY_GROUPS: Area = {
  name: 'canary-groups',
  title: 'Plugins: canary, groups and header',
  rows: [...GROUPS, ...GROUP_RULES, ...OVERRIDES].map(canaryRow),
}
