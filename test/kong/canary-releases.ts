import { type CanaryCase, CONSUMERS, canary, canaryRow, goesTo, SETUP } from './canary-cases.ts'
import { type Area, patch, post, put } from './conformance.ts'

const GREEN = [
  post('/upstreams', { name: 'green' }),
  post('/upstreams/green/targets', { target: '127.0.0.1:{two}' }),
]

const DESTINATIONS: readonly CanaryCase[] = [
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
    given: [...SETUP, canary({ percentage: 100, upstream_host: '127.0.0.1', upstream_uri: '/v2' })],
    line: 'GET /x',
    expect: {
      status: 200,
      upstream: { name: 'two', url: '/v2/x', headers: { host: '127.0.0.1:{two}' } },
    },
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

const SCOPES: readonly CanaryCase[] = [
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

const CHANGES: readonly CanaryCase[] = [
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

/** Where the canary is, for which routes, and how a release goes on. */
export const CANARY_RELEASES: Area = {
  name: 'canary-releases',
  title: 'Plugins: canary, destinations, scopes and releases',
  rows: [...DESTINATIONS, ...SCOPES, ...CHANGES].map(canaryRow),
}
