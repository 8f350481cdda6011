import { type Area, type Call, type HeaderList, patch, post, proxy, put, type Row } from './conformance.ts'
import { DOC } from './sources.ts'

type Config = Readonly<Record<string, unknown>>

/** Service `shop` on one, with key-auth: bob is in beta, eve in staff, tom in none. */
const SETUP: readonly Call[] = [
  put('/services/shop', { host: '127.0.0.1', port: '{one}', path: '/v1' }),
  put('/services/shop/routes/all', { paths: ['/'] }),
  put('/services/shop/routes/more', { paths: ['/more'] }),
]

const CONSUMERS: readonly Call[] = [
  post('/services/shop/plugins', { name: 'key-auth' }),
  ...['bob', 'eve', 'tom'].flatMap((name) => [
    put(`/consumers/${name}`),
    post(`/consumers/${name}/key-auth`, { key: name }),
  ]),
  post('/consumers/bob/acls', { group: 'beta' }),
  post('/consumers/eve/acls', { group: 'staff' }),
]

const canary = (config: Config, path = '/services/shop/plugins') =>
  post(path, { name: 'canary', config: { upstream_port: '{two}', ...config } })

interface Case {
  readonly id: string
  readonly title: string
  readonly given: readonly Call[]
  readonly line?: string
  readonly sent?: HeaderList
  readonly times?: number
  readonly expect: Row['expect']
}

const goesTo = (name: 'one' | 'two' | 'three') => ({ status: 200, upstream: { name } }) as const

const SHARES: readonly Case[] = [
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
      [50, 1000, 20, { one: 10, two: 10 }],
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
    given: [
      ...SETUP,
      canary({ hash: 'none', start: '{now-5400}', duration: 10_800, steps: 10 }),
    ],
    times: 10,
    expect: { status: 200, spread: { one: 5, two: 5 } },
  },
  {
    id: 'timed-steps',
    title: 'A timed rollout moves in steps: a tenth of the buckets each hour of ten',
    given: [
      ...SETUP,
      canary({ hash: 'none', start: '{now-5400}', duration: 36_000, steps: 10 }),
    ],
    times: 10,
    expect: { status: 200, spread: { one: 9, two: 1 } },
  },
]

const STICKINESS: readonly Case[] = [
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

const GROUPS: readonly Case[] = (
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

const GROUP_RULES: readonly Case[] = [
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

const OVERRIDES: readonly Case[] = [
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

const GREEN = [
  post('/upstreams', { name: 'green' }),
  post('/upstreams/green/targets', { target: '127.0.0.1:{two}' }),
]

const DESTINATIONS: readonly Case[] = [
  {
    id: 'port',
    title: 'upstream_port alone moves to another port of the same host',
    given: [...SETUP, canary({ percentage: 100 })],
    line: 'GET /x',
    expect: { status: 200, upstream: { name: 'two', url: '/v1/x' } },
  },
  {
    id: 'uri',
    title: 'upstream_uri alone takes the part of the path of the service',
    given: [...SETUP, canary({ percentage: 100, upstream_port: null, upstream_uri: '/v2' })],
    line: 'GET /x?y=1',
    expect: { status: 200, upstream: { name: 'one', url: '/v2/x?y=1' } },
  },
  {
    id: 'host-port-uri',
    title: 'Host, port and path may change together',
    given: [
      ...SETUP,
      canary({ percentage: 100, upstream_host: '127.0.0.1', upstream_uri: '/v2' }),
    ],
    line: 'GET /x',
    expect: { status: 200, upstream: { name: 'two', url: '/v2/x', headers: { host: '127.0.0.1:{two}' } } },
  },
  {
    id: 'upstream-entity',
    title: 'upstream_host may name an upstream',
    given: [
      ...SETUP,
      ...GREEN,
      canary({ percentage: 100, upstream_port: null, upstream_host: 'green' }),
    ],
    expect: goesTo('two'),
  },
  {
    id: 'dead',
    title: 'Without upstream_fallback a canary without targets answers 503',
    given: [
      ...SETUP,
      post('/upstreams', { name: 'green' }),
      canary({ percentage: 100, upstream_port: null, upstream_host: 'green' }),
    ],
    expect: { status: 503, upstream: null },
  },
  {
    id: 'fallback-no-targets',
    title: 'With upstream_fallback the primary takes over from a canary without usable targets',
    given: [
      ...SETUP,
      post('/upstreams', { name: 'green' }),
      canary({
        percentage: 100,
        upstream_port: null,
        upstream_host: 'green',
        upstream_fallback: true,
      }),
    ],
    expect: goesTo('one'),
  },
  {
    id: 'fallback-healthy',
    title: 'With upstream_fallback a canary with targets is used',
    given: [
      ...SETUP,
      ...GREEN,
      canary({
        percentage: 100,
        upstream_port: null,
        upstream_host: 'green',
        upstream_fallback: true,
      }),
    ],
    expect: goesTo('two'),
  },
]

const SCOPES: readonly Case[] = [
  {
    id: 'scope-route',
    title: 'A canary on a route is for that route only',
    given: [...SETUP, canary({ percentage: 100 }, '/routes/more/plugins')],
    line: 'GET /more',
    expect: goesTo('two'),
  },
  {
    id: 'scope-other-route',
    title: 'Other routes of the service stay on the primary',
    given: [...SETUP, canary({ percentage: 100 }, '/routes/more/plugins')],
    line: 'GET /',
    expect: goesTo('one'),
  },
  {
    id: 'scope-global',
    title: 'A global canary is for every service',
    given: [...SETUP, canary({ percentage: 100 }, '/plugins')],
    expect: goesTo('two'),
  },
  {
    id: 'scope-service-over-global',
    title: 'The canary of a service beats a global one',
    given: [
      ...SETUP,
      canary({ percentage: 100, upstream_port: '{three}' }, '/plugins'),
      canary({ percentage: 100 }),
    ],
    expect: goesTo('two'),
  },
  {
    id: 'scope-route-over-service',
    title: 'The canary of a route beats that of its service',
    given: [
      ...SETUP,
      canary({ percentage: 100 }),
      canary({ percentage: 100, upstream_port: '{three}' }, '/routes/more/plugins'),
    ],
    line: 'GET /more',
    expect: goesTo('three'),
  },
  {
    id: 'scope-disabled',
    title: 'A disabled canary sends everybody to the primary',
    given: [
      ...SETUP,
      post('/services/shop/plugins', {
        name: 'canary',
        enabled: false,
        config: { percentage: 100, upstream_port: '{two}' },
      }),
    ],
    expect: goesTo('one'),
  },
  {
    id: 'scope-disabled-specific',
    title: 'A disabled canary of a service leaves the global one in force',
    given: [
      ...SETUP,
      canary({ percentage: 100, upstream_port: '{three}' }, '/plugins'),
      post('/services/shop/plugins', {
        name: 'canary',
        enabled: false,
        config: { percentage: 100, upstream_port: '{two}' },
      }),
    ],
    expect: goesTo('three'),
  },
]

const NAMED = put('/services/shop/plugins/aaaaaaaa-0000-4000-8000-0000000000ca', {
  name: 'canary',
  instance_name: 'release',
  config: { upstream_port: '{two}', percentage: 0 },
})

const CHANGES: readonly Case[] = [
  {
    id: 'change-flip',
    title: 'PATCH of the percentage to 100 moves everybody',
    given: [...SETUP, NAMED, patch('/plugins/release', { config: { percentage: 100 } })],
    times: 5,
    expect: { status: 200, spread: { two: 5 } },
  },
  {
    id: 'change-roll-back',
    title: 'PATCH of the percentage to 0 brings everybody back',
    given: [
      ...SETUP,
      NAMED,
      patch('/plugins/release', { config: { percentage: 100 } }),
      patch('/plugins/release', { config: { percentage: 0 } }),
    ],
    times: 5,
    expect: { status: 200, spread: { one: 5 } },
  },
  {
    id: 'change-hash',
    title: 'PATCH from a percentage to a list of groups needs no other field',
    given: [
      ...SETUP,
      ...CONSUMERS,
      NAMED,
      patch('/plugins/release', { config: { hash: 'allow', groups: ['beta'] } }),
    ],
    sent: { apikey: 'bob' },
    expect: goesTo('two'),
  },
  {
    id: 'change-delete',
    title: 'Deleting the plugin sends everybody back',
    given: [
      ...SETUP,
      NAMED,
      patch('/plugins/release', { config: { percentage: 100 } }),
      { to: 'admin', method: 'DELETE', path: '/plugins/release', headers: {}, body: null },
    ],
    expect: goesTo('one'),
  },
  {
    id: 'change-finish',
    title: 'Pointing the service at the canary and deleting the plugin finishes a release',
    given: [
      ...SETUP,
      NAMED,
      patch('/services/shop', { port: '{two}' }),
      { to: 'admin', method: 'DELETE', path: '/plugins/release', headers: {}, body: null },
    ],
    expect: goesTo('two'),
  },
  {
    id: 'blue-green',
    title: 'Without the plugin: PATCH of the host of the service flips between two upstreams',
    given: [
      ...GREEN,
      post('/upstreams', { name: 'blue' }),
      post('/upstreams/blue/targets', { target: '127.0.0.1:{one}' }),
      put('/services/shop', { host: 'blue' }),
      put('/services/shop/routes/all', { paths: ['/'] }),
      patch('/services/shop', { host: 'green' }),
    ],
    times: 5,
    expect: { status: 200, spread: { two: 5 } },
  },
]

/** The canary plugin, section by section of its documentation. */
export const CANARY: Area = {
  name: 'canary',
  title: 'Plugins: canary',
  rows: [
    ...SHARES,
    ...STICKINESS,
    ...GROUPS,
    ...GROUP_RULES,
    ...OVERRIDES,
    ...DESTINATIONS,
    ...SCOPES,
    ...CHANGES,
  ].map(({ id, title, given, line = 'GET /', sent = {}, times = 1, expect }) => ({
    id,
    source: DOC.canary,
    title,
    given,
    request: proxy(line, { host: 'a.test', ...sent }),
    times,
    expect,
  })),
}
