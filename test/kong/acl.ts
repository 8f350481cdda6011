import { type Area, type Call, post, proxy, put, type Row } from './conformance.ts'
import { DOC, SPEC } from './sources.ts'

/** bob is in admin and testers, eve in testers, tom in none. */
const SETUP: readonly Call[] = [
  put('/services/shop', { host: '127.0.0.1', port: '{one}' }),
  put('/services/shop/routes/all', { paths: ['/'] }),
  ...['bob', 'eve', 'tom'].flatMap((name) => [
    put(`/consumers/${name}`),
    post(`/consumers/${name}/key-auth`, { key: name }),
  ]),
  post('/consumers/bob/acls', { group: 'testers' }),
  post('/consumers/bob/acls', { group: 'admin' }),
  post('/consumers/eve/acls', { group: 'testers' }),
]

const KEY_AUTH = post('/services/shop/plugins', { name: 'key-auth' })

const FORBIDDEN = {
  status: 403,
  body: { message: 'You cannot consume this service' },
  upstream: null,
} as const

const MEMBERSHIPS: readonly (readonly [
  string,
  Readonly<Record<string, unknown>>,
  string,
  boolean,
])[] = [
  ['allow-member', { allow: ['admin'] }, 'bob', true],
  ['allow-second', { allow: ['ninja', 'admin'] }, 'bob', true],
  ['allow-other', { allow: ['admin'] }, 'eve', false],
  ['allow-none', { allow: ['admin'] }, 'tom', false],
  ['allow-case', { allow: ['ADMIN'] }, 'bob', false],
  ['deny-member', { deny: ['admin'] }, 'bob', false],
  ['deny-one-of-two', { deny: ['ninja', 'testers'] }, 'bob', false],
  ['deny-other', { deny: ['admin'] }, 'eve', true],
  ['deny-none', { deny: ['admin'] }, 'tom', true],
]

/** Which groups may call. */
export const ACL: Area = {
  name: 'acl',
  title: 'Plugins: acl',
  rows: [
    ...MEMBERSHIPS.map(
      ([id, config, name, isAdmitted]): Row => ({
        id,
        source: SPEC.aclAccess,
        title: `acl with ${JSON.stringify(config)} ${isAdmitted ? 'admits' : 'refuses'} ${name}`,
        given: [...SETUP, KEY_AUTH, post('/services/shop/plugins', { name: 'acl', config })],
        request: proxy('GET /', { host: 'a.test', apikey: name }),
        expect: isAdmitted ? { status: 200, upstream: { name: 'one' } } : FORBIDDEN,
      }),
    ),
    {
      id: 'no-consumer',
      source: SPEC.aclAccess,
      title: 'A request without a consumer is refused with 401',
      given: [...SETUP, post('/services/shop/plugins', { name: 'acl', config: { allow: ['a'] } })],
      request: proxy('GET /', { host: 'a.test' }),
      expect: { status: 401, body: { message: 'Unauthorized' }, upstream: null },
    },
    {
      id: 'no-consumer-deny',
      source: SPEC.aclAccess,
      title: 'A request without a consumer is refused by a deny list too',
      given: [...SETUP, post('/services/shop/plugins', { name: 'acl', config: { deny: ['a'] } })],
      request: proxy('GET /', { host: 'a.test' }),
      expect: { status: 401, upstream: null },
    },
    {
      id: 'groups-header',
      source: SPEC.aclAccess,
      title: 'The upstream is told the groups of the consumer',
      given: [
        ...SETUP,
        KEY_AUTH,
        post('/services/shop/plugins', { name: 'acl', config: { allow: ['admin'] } }),
      ],
      request: proxy('GET /', { host: 'a.test', apikey: 'bob' }),
      expect: { status: 200, upstream: { headers: { 'x-consumer-groups': 'admin, testers' } } },
    },
    {
      id: 'groups-header-hidden',
      source: SPEC.aclAccess,
      title: 'hide_groups_header keeps the groups from the upstream',
      given: [
        ...SETUP,
        KEY_AUTH,
        post('/services/shop/plugins', {
          name: 'acl',
          config: { allow: ['admin'], hide_groups_header: true },
        }),
      ],
      request: proxy('GET /', { host: 'a.test', apikey: 'bob', 'x-consumer-groups': 'root' }),
      expect: { status: 200, upstream: { headers: { 'x-consumer-groups': null } } },
    },
    {
      id: 'anonymous',
      source: SPEC.aclAccess,
      title: 'The anonymous consumer is judged by its groups',
      given: [
        ...SETUP,
        post('/services/shop/plugins', { name: 'key-auth', config: { anonymous: 'eve' } }),
        post('/services/shop/plugins', { name: 'acl', config: { allow: ['testers'] } }),
      ],
      request: proxy('GET /', { host: 'a.test' }),
      expect: { status: 200, upstream: { headers: { 'x-anonymous-consumer': 'true' } } },
    },
    {
      id: 'immediate',
      source: DOC.acl,
      title: 'A new membership counts on the next request',
      given: [
        ...SETUP,
        KEY_AUTH,
        post('/services/shop/plugins', { name: 'acl', config: { allow: ['admin'] } }),
        post('/consumers/tom/acls', { group: 'admin' }),
      ],
      request: proxy('GET /', { host: 'a.test', apikey: 'tom' }),
      expect: { status: 200 },
    },
    {
      id: 'removed',
      source: DOC.acl,
      title: 'A removed membership counts no more',
      given: [
        ...SETUP,
        KEY_AUTH,
        post('/services/shop/plugins', { name: 'acl', config: { allow: ['admin'] } }),
        {
          to: 'admin',
          method: 'DELETE',
          path: '/consumers/bob/acls/admin',
          headers: {},
          body: null,
        },
      ],
      request: proxy('GET /', { host: 'a.test', apikey: 'bob' }),
      expect: FORBIDDEN,
    },
    {
      id: 'disabled',
      source: DOC.plugin,
      title: 'A disabled plugin does not run',
      given: [
        ...SETUP,
        KEY_AUTH,
        post('/services/shop/plugins', {
          name: 'acl',
          enabled: false,
          config: { allow: ['nobody'] },
        }),
      ],
      request: proxy('GET /', { host: 'a.test', apikey: 'bob' }),
      expect: { status: 200 },
    },
  ],
}
