import { type Area, type Call, type HeaderList, post, proxy, put, type Row } from './conformance.ts'
import { DOC, SPEC } from './sources.ts'
import { ID } from './values.ts'

const SETUP: readonly Call[] = [
  put('/services/shop', { host: '127.0.0.1', port: '{one}' }),
  put('/services/shop/routes/all', { paths: ['/'] }),
  put(`/consumers/${ID.a}`, { username: 'bob', custom_id: 'c1' }),
  put(`/consumers/${ID.b}`, { username: 'nobody' }),
  put(`/consumers/bob/key-auth/${ID.c}`, { key: 'kong' }),
]

interface Case {
  readonly id: string
  readonly title: string
  readonly config?: Readonly<Record<string, unknown>>
  readonly line?: string
  readonly sent?: HeaderList
  readonly body?: string
  readonly source?: string
  readonly more?: readonly Call[]
  readonly expect: Row['expect']
}

const refused = (message: string, challenge: string | RegExp = 'Key') => ({
  status: 401,
  headers: { 'www-authenticate': challenge },
  body: { message },
  upstream: null,
})

const PASSED = { status: 200, upstream: { headers: { 'x-consumer-username': 'bob' } } } as const

const CASES: readonly Case[] = [
  {
    id: 'none',
    title: 'Without a key the answer is 401 with a challenge',
    expect: refused('No API key found in request'),
  },
  {
    id: 'empty',
    title: 'An empty key is no key',
    sent: { apikey: '' },
    expect: refused('No API key found in request'),
  },
  {
    id: 'unknown',
    title: 'An unknown key is refused',
    sent: { apikey: '123' },
    expect: refused('Unauthorized'),
  },
  {
    id: 'realm',
    title: 'The challenge names the realm',
    config: { realm: 'test-realm' },
    expect: refused('No API key found in request', 'Key realm="test-realm"'),
  },
  {
    id: 'header',
    title: 'A key is taken from a header',
    sent: { apikey: 'kong' },
    expect: PASSED,
  },
  {
    id: 'header-case',
    title: 'Header names are compared without case',
    sent: { ApiKey: 'kong' },
    expect: PASSED,
  },
  {
    id: 'query',
    title: 'A key is taken from the query',
    line: 'GET /?apikey=kong',
    expect: PASSED,
  },
  {
    id: 'key-case',
    title: 'Keys are compared with case',
    sent: { apikey: 'Kong' },
    expect: refused('Unauthorized'),
  },
  {
    id: 'duplicate-query',
    title: 'A key that is given twice in the query is refused',
    line: 'GET /?apikey=kong&apikey=kong',
    expect: refused('Duplicate API key found'),
  },
  {
    id: 'duplicate-header',
    title: 'A key that is given twice in headers is refused',
    sent: { apikey: ['kong', 'kong'] },
    expect: refused('Duplicate API key found'),
  },
  {
    id: 'own-name',
    title: 'The name of the key may be chosen',
    config: { key_names: ['x-key'] },
    sent: { 'x-key': 'kong' },
    expect: PASSED,
  },
  {
    id: 'own-name-only',
    title: 'Other names are then no keys',
    config: { key_names: ['x-key'] },
    sent: { apikey: 'kong' },
    expect: refused('No API key found in request'),
  },
  {
    id: 'second-name',
    title: 'Every name is looked for',
    config: { key_names: ['x-key', 'apikey'] },
    line: 'GET /?apikey=kong',
    expect: PASSED,
  },
  {
    id: 'underscore',
    title: 'A name with an underscore is found in the query',
    config: { key_names: ['api_key'] },
    line: 'GET /?api_key=kong',
    expect: PASSED,
  },
  {
    id: 'header-off',
    title: 'key_in_header false leaves headers alone',
    config: { key_in_header: false },
    sent: { apikey: 'kong' },
    expect: refused('No API key found in request'),
  },
  {
    id: 'query-off',
    title: 'key_in_query false leaves the query alone',
    config: { key_in_query: false },
    line: 'GET /?apikey=kong',
    expect: refused('No API key found in request'),
  },
  {
    id: 'identity',
    title: 'The upstream is told who calls',
    sent: { apikey: 'kong' },
    expect: {
      status: 200,
      upstream: {
        headers: {
          'x-consumer-id': ID.a,
          'x-consumer-username': 'bob',
          'x-consumer-custom-id': 'c1',
          'x-credential-identifier': ID.c,
          'x-anonymous-consumer': null,
        },
      },
    },
  },
  {
    id: 'identity-forged',
    title: 'What the client says of itself is replaced',
    sent: { apikey: 'kong', 'x-consumer-username': 'root', 'x-anonymous-consumer': 'true' },
    expect: {
      status: 200,
      upstream: { headers: { 'x-consumer-username': 'bob', 'x-anonymous-consumer': null } },
    },
  },
  {
    id: 'shown',
    title: 'The key reaches the upstream unless it is to be hidden',
    sent: { apikey: 'kong' },
    expect: { status: 200, upstream: { headers: { apikey: 'kong' } } },
  },
  {
    id: 'hidden-header',
    title: 'hide_credentials removes the header',
    config: { hide_credentials: true },
    sent: { apikey: 'kong' },
    expect: { status: 200, upstream: { headers: { apikey: null } } },
  },
  {
    id: 'hidden-query',
    title: 'hide_credentials removes the query argument and leaves the others',
    config: { hide_credentials: true },
    line: 'GET /a?x=1&apikey=kong&y=2',
    expect: { status: 200, upstream: { url: '/a?x=1&y=2' } },
  },
  {
    id: 'hidden-query-only',
    title: 'A query of the key alone is left empty',
    config: { hide_credentials: true },
    line: 'GET /a?apikey=kong',
    expect: { status: 200, upstream: { url: /^\/a\??$/ as unknown as string } },
  },
  {
    id: 'anonymous',
    title: 'Without a key the anonymous consumer stands in',
    config: { anonymous: ID.b },
    expect: {
      status: 200,
      upstream: {
        headers: {
          'x-anonymous-consumer': 'true',
          'x-consumer-username': 'nobody',
          'x-credential-identifier': null,
        },
      },
    },
  },
  {
    id: 'anonymous-name',
    title: 'The anonymous consumer may be given by username',
    config: { anonymous: 'nobody' },
    expect: { status: 200, upstream: { headers: { 'x-consumer-id': ID.b } } },
  },
  {
    id: 'anonymous-unknown-key',
    title: 'The anonymous consumer stands in for an unknown key too',
    config: { anonymous: ID.b },
    sent: { apikey: '123' },
    expect: { status: 200, upstream: { headers: { 'x-consumer-username': 'nobody' } } },
  },
  {
    id: 'anonymous-key',
    title: 'With a key the anonymous consumer is not needed',
    config: { anonymous: ID.b },
    sent: { apikey: 'kong' },
    expect: {
      status: 200,
      upstream: { headers: { 'x-consumer-username': 'bob', 'x-anonymous-consumer': null } },
    },
  },
  {
    id: 'anonymous-absent',
    title: 'An anonymous consumer that does not exist answers 500',
    config: { anonymous: ID.none },
    expect: { status: 500, upstream: null },
  },
  {
    id: 'preflight',
    title: 'OPTIONS needs a key as well',
    line: 'OPTIONS /',
    expect: { status: 401, upstream: null },
  },
  {
    id: 'preflight-off',
    title: 'With run_on_preflight false OPTIONS needs no key',
    config: { run_on_preflight: false },
    line: 'OPTIONS /',
    expect: { status: 200, upstream: { method: 'OPTIONS' } },
  },
  {
    id: 'preflight-off-get',
    title: 'run_on_preflight is about OPTIONS only',
    config: { run_on_preflight: false },
    expect: { status: 401 },
  },
  {
    id: 'ttl',
    title: 'A key past its time to live is unknown',
    more: [
      post('/consumers/bob/key-auth', { key: 'old', ttl: 5, created_at: '{now-60}' }),
    ],
    sent: { apikey: 'old' },
    expect: refused('Unauthorized'),
  },
  {
    id: 'ttl-valid',
    title: 'A key within its time to live is known',
    more: [
      post('/consumers/bob/key-auth', { key: 'new', ttl: 600, created_at: '{now-60}' }),
    ],
    sent: { apikey: 'new' },
    expect: PASSED,
  },
  {
    id: 'second-key',
    title: 'A consumer may have several keys',
    more: [post('/consumers/bob/key-auth', { key: 'second' })],
    sent: { apikey: 'second' },
    expect: PASSED,
  },
  {
    id: 'deleted-key',
    title: 'A deleted key is unknown at once',
    more: [{ to: 'admin', method: 'DELETE', path: '/key-auths/kong', headers: {}, body: null }],
    sent: { apikey: 'kong' },
    expect: refused('Unauthorized'),
  },
  {
    id: 'utf8-name',
    source: DOC.keyAuth,
    title: 'A username beyond ASCII reaches the upstream as UTF-8',
    more: [
      post('/consumers', { username: 'é' }),
      post('/consumers/%C3%A9/key-auth', { key: 'k2' }),
    ],
    sent: { apikey: 'k2' },
    expect: { status: 200, upstream: { headers: { 'x-consumer-username': 'Ã©' } } },
  },
]

const BODY_CASES: readonly Case[] = [
  {
    id: 'form',
    title: 'With key_in_body a key is taken from a form',
    config: { key_in_body: true },
    line: 'POST /',
    sent: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'a=1&apikey=kong',
    expect: PASSED,
  },
  {
    id: 'json',
    title: 'With key_in_body a key is taken from JSON',
    config: { key_in_body: true },
    line: 'POST /',
    sent: { 'content-type': 'application/json' },
    body: '{"apikey":"kong"}',
    expect: PASSED,
  },
  {
    id: 'off',
    title: 'Without key_in_body bodies are left alone',
    line: 'POST /',
    sent: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'apikey=kong',
    expect: refused('No API key found in request'),
  },
]

/** Who calls, by API key. */
export const KEY_AUTH: Area = {
  name: 'key-auth',
  title: 'Plugins: key-auth',
  rows: CASES.map(rowOf),
}

/** Keys in bodies. */
export const KEY_AUTH_BODY: Area = {
  name: 'key-auth-body',
  title: 'Plugins: key-auth in bodies',
  rows: BODY_CASES.map(rowOf),
}

function rowOf(one: Case): Row {
  const { id, title, config = {}, line = 'GET /', sent = {}, body = null, more = [] } = one
  return {
    id,
    source: one.source ?? SPEC.keyAuthAccess,
    title,
    given: [...SETUP, ...more, post('/services/shop/plugins', { name: 'key-auth', config })],
    request: proxy(line, { host: 'a.test', ...sent }, body),
    expect: one.expect,
  }
}
