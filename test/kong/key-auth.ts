import { type Area, post } from './conformance.ts'
import { type KeyAuthCase, keyAuthRow, PASSED, refused } from './key-auth-cases.ts'
import { DOC } from './sources.ts'
import { ID } from './values.ts'

const CASES: readonly KeyAuthCase[] = [
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
    more: [post('/consumers/bob/key-auth', { key: 'old', ttl: 5, created_at: '{now-60}' })],
    sent: { apikey: 'old' },
    expect: refused('Unauthorized'),
  },
  {
    id: 'ttl-valid',
    title: 'A key within its time to live is known',
    more: [post('/consumers/bob/key-auth', { key: 'new', ttl: 600, created_at: '{now-60}' })],
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

/** Who calls, by API key. */
export const KEY_AUTH: Area = {
  name: 'key-auth',
  title: 'Plugins: key-auth',
  rows: CASES.map(keyAuthRow),
}
