import { type Area, type Call, post, proxy, put, type Row } from './conformance.ts'
import { DOC, SPEC } from './sources.ts'
import { ID } from './values.ts'

/** What an instance of a plugin is limited to, the most specific first. */
const SCOPES = [
  ['route and service', { route: { id: ID.b }, service: { id: ID.a } }],
  ['route', { route: { id: ID.b } }],
  ['service', { service: { id: ID.a } }],
  ['global', {}],
] as const

const SETUP: readonly Call[] = [
  put(`/services/${ID.a}`, { name: 'shop', host: '127.0.0.1', port: '{one}' }),
  put(`/routes/${ID.b}`, { name: 'all', paths: ['/'], service: { id: ID.a } }),
]

const keyAuth = (name: string, scope: object, more: object = {}) =>
  post('/plugins', { name: 'key-auth', config: { realm: name }, ...scope, ...more })

/** Which instance of a plugin runs: the realm of its refusal names it. */
export const PRECEDENCE: Area = {
  name: 'precedence',
  title: 'Plugins: precedence',
  rows: [
    ...SCOPES.flatMap(([specific, scope], index) =>
      SCOPES.slice(index + 1).map(
        ([general, other]): Row => ({
          id: `${specific}-over-${general}`.replaceAll(' ', '-'),
          source: DOC.plugin,
          title: `A plugin on ${specific} beats one on ${general}`,
          given: [...SETUP, keyAuth(general, other), keyAuth(specific, scope)],
          request: proxy('GET /', { host: 'a.test' }),
          expect: { status: 401, headers: { 'www-authenticate': `Key realm="${specific}"` } },
        }),
      ),
    ),
    {
      id: 'disabled',
      source: DOC.plugin,
      title: 'A disabled plugin hides no other',
      given: [
        ...SETUP,
        keyAuth('global', {}),
        keyAuth('route', { route: { id: ID.b } }, { enabled: false }),
      ],
      request: proxy('GET /', { host: 'a.test' }),
      expect: { status: 401, headers: { 'www-authenticate': 'Key realm="global"' } },
    },
    {
      id: 'other-route',
      source: SPEC.pluginSchema,
      title: 'A plugin on another route does not run',
      given: [
        ...SETUP,
        put(`/routes/${ID.c}`, { paths: ['/other'] }),
        keyAuth('route', { route: { id: ID.c } }),
      ],
      request: proxy('GET /', { host: 'a.test' }),
      expect: { status: 200, upstream: { name: 'one' } },
    },
    {
      id: 'other-service',
      source: SPEC.pluginSchema,
      title: 'A plugin on another service does not run',
      given: [
        ...SETUP,
        put(`/services/${ID.c}`, { host: 'b.test' }),
        keyAuth('service', { service: { id: ID.c } }),
      ],
      request: proxy('GET /', { host: 'a.test' }),
      expect: { status: 200 },
    },
    {
      id: 'all-or-nothing',
      source: DOC.plugin,
      title: 'The most specific configuration counts as a whole: nothing is merged from the others',
      given: [
        ...SETUP,
        post('/plugins', { name: 'key-auth', config: { realm: 'global', key_names: ['other'] } }),
        keyAuth('service', { service: { id: ID.a } }),
        put('/consumers/bob'),
        post('/consumers/bob/key-auth', { key: 'k1' }),
      ],
      request: proxy('GET /', { host: 'a.test', other: 'k1' }),
      expect: { status: 401, headers: { 'www-authenticate': 'Key realm="service"' } },
    },
  ],
}
