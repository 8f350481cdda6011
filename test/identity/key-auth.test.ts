import { describe, expect, test } from 'vitest'
import { NOBODY_CALLER } from '../../src/identity/caller.ts'
import { type AuthResult, authenticate, compileKeyAuth } from '../../src/identity/key-auth.ts'
import type { KeyAuthConfig } from '../../src/model/plugins/key-auth.ts'
import type { ParsedRequest } from '../../src/model/request.ts'
import { parsedRequest } from '../support/parsed-request.ts'
import { CREATED_AT, consumer, credential, directoryOf } from './support.ts'

const DIRECTORY = directoryOf([
  consumer('bob'),
  credential('bob', 'k1'),
  credential('bob', 'ключ'),
  credential('bob', 'short-lived', { ttl: 60 }),
  consumer('guest'),
])
const NO_KEY = [401, 'No API key found in request']
const UNKNOWN = [401, 'Unauthorized']
const DUPLICATE = [401, 'Duplicate API key found']

describe('key-auth', () => {
  test.each<[string, RequestParts, string | (string | number)[]]>([
    ['a key in the header', { headers: [['apikey', 'k1']] }, 'bob'],
    ['a key in a header written otherwise', { headers: [['ApiKey', 'k1']] }, 'bob'],
    ['a key in the query', { query: '?apikey=k1' }, 'bob'],
    ['a key in the query among others', { query: '?a=1&apikey=k1&b' }, 'bob'],
    ['an escaped key in the query', { query: '?apikey=%6b1' }, 'bob'],
    ['a key beyond ASCII in the query', { query: '?apikey=%D0%BA%D0%BB%D1%8E%D1%87' }, 'bob'],
    [
      'a key in the header and another one in the query',
      { headers: [['apikey', 'k1']], query: '?apikey=x' },
      'bob',
    ],
    ['a key beyond ASCII in the header', { headers: [['apikey', asBytes('ключ')]] }, 'bob'],
    ['no key', {}, NO_KEY],
    ['an empty key in the header', { headers: [['apikey', '']] }, NO_KEY],
    ['an empty key in the query', { query: '?apikey=' }, NO_KEY],
    ['a query argument without a value', { query: '?apikey' }, NO_KEY],
    ['an argument written otherwise', { query: '?ApiKey=k1' }, NO_KEY],
    ['an unknown key', { headers: [['apikey', 'k2']] }, UNKNOWN],
    ['a key in other letters', { headers: [['apikey', 'K1']] }, UNKNOWN],
    ['the name of a property of every object', { query: '?apikey=constructor' }, UNKNOWN],
    [
      'a repeated header',
      {
        headers: [
          ['apikey', 'k1'],
          ['apikey', 'k1'],
        ],
      },
      DUPLICATE,
    ],
    ['a repeated argument', { query: '?apikey=k1&apikey=k2' }, DUPLICATE],
  ])('with %s', (_case, parts, expected) => {
    expect(outcome(auth({}, parsedRequest(parts)))).toEqual(expected)
  })

  test('looks for names in the order they are configured', () => {
    const config = { key_names: ['X-Key', 'apikey'] }
    const both = parsedRequest({
      headers: [
        ['apikey', 'wrong'],
        ['x-key', 'k1'],
      ],
    })
    expect(outcome(auth(config, both))).toBe('bob')
    const second = parsedRequest({ query: '?apikey=k1' })
    expect(outcome(auth(config, second))).toBe('bob')
    const repeatedLater = parsedRequest({ headers: [['x-key', 'k1']], query: '?apikey=a&apikey=b' })
    expect(outcome(auth(config, repeatedLater))).toBe('bob')
  })

  test.each([
    [{ key_in_header: false }, { query: '?apikey=k1' }, 'bob'],
    [{ key_in_header: false }, { headers: [['apikey', 'k1']] as const }, NO_KEY],
    [{ key_in_query: false }, { headers: [['apikey', 'k1']] as const, query: '?apikey=x' }, 'bob'],
    [{ key_in_query: false }, { query: '?apikey=k1' }, NO_KEY],
  ])('%j reads only where it may', (config, parts, expected) => {
    expect(outcome(auth(config, parsedRequest(parts)))).toEqual(expected)
  })

  test('does not accept a key after its time to live', () => {
    const request = parsedRequest({ headers: [['apikey', 'short-lived']] })
    expect(outcome(auth({}, request, CREATED_AT * 1000 + 59_999))).toBe('bob')
    expect(outcome(auth({}, request, CREATED_AT * 1000 + 60_000))).toEqual(UNKNOWN)
  })

  test('identifies by credential', () => {
    const result = auth({}, parsedRequest({ headers: [['apikey', 'k1']] }))
    expect(result).toMatchObject({
      kind: 'identified',
      caller: { identity: { credentialId: 'credential-k1', isAnonymous: false } },
      hide: null,
    })
  })

  test.each([
    [null, 'Key'],
    ['shop', 'Key realm="shop"'],
    ['say "hi" \\ é', 'Key realm="say \\"hi\\" \\\\ Ã©"'],
  ])('challenges in realm %j with %s', (realm, challenge) => {
    expect(auth({ realm }, parsedRequest())).toMatchObject({
      kind: 'refused',
      reason: 'no-key',
      headers: [['WWW-Authenticate', challenge]],
    })
  })
})

describe('key-auth with run_on_preflight off', () => {
  test('lets OPTIONS pass without looking', () => {
    const request = parsedRequest({ method: 'OPTIONS', headers: [['apikey', 'wrong']] })
    expect(auth({ run_on_preflight: false }, request)).toEqual({
      kind: 'skipped',
      caller: NOBODY_CALLER,
      hide: null,
    })
    expect(outcome(auth({ run_on_preflight: true }, request))).toEqual(UNKNOWN)
  })

  test('still looks at other methods', () => {
    expect(outcome(auth({ run_on_preflight: false }, parsedRequest()))).toEqual(NO_KEY)
  })
})

describe('key-auth with an anonymous consumer', () => {
  test.each<[string, RequestParts]>([
    ['no key', {}],
    ['an unknown key', { headers: [['apikey', 'wrong']] }],
    ['a repeated key', { query: '?apikey=k1&apikey=k1' }],
  ])('puts it in place of %s', (_case, parts) => {
    for (const anonymous of ['guest', 'consumer-guest']) {
      expect(auth({ anonymous }, parsedRequest(parts))).toMatchObject({
        kind: 'anonymous',
        caller: {
          identity: { consumer: { username: 'guest' }, credentialId: null, isAnonymous: true },
        },
      })
    }
  })

  test('still identifies a known key', () => {
    const request = parsedRequest({ headers: [['apikey', 'k1']] })
    expect(outcome(auth({ anonymous: 'guest' }, request))).toBe('bob')
  })

  test('that does not exist answers 500 and blames nobody', () => {
    expect(auth({ anonymous: 'nobody' }, parsedRequest())).toEqual({
      kind: 'refused',
      status: 500,
      reason: 'no-anonymous-consumer',
      message: 'An unexpected error occurred',
      headers: [],
    })
  })
})

describe('key-auth with hide_credentials', () => {
  test('names what must not be forwarded, for anonymous requests too', () => {
    const config = { hide_credentials: true, key_names: ['X-Key', 'apikey'], anonymous: 'guest' }
    const hide = { headers: ['x-key', 'apikey'], query: ['X-Key', 'apikey'] }
    expect(auth(config, parsedRequest({ query: '?apikey=k1' }))).toMatchObject({ hide })
    expect(auth(config, parsedRequest({ query: '?apikey=wrong' }))).toMatchObject({ hide })
  })

  test('leaves alone what it does not read', () => {
    const config = { hide_credentials: true, key_in_query: false }
    expect(auth(config, parsedRequest({ headers: [['apikey', 'k1']] }))).toMatchObject({
      hide: { headers: ['apikey'], query: [] },
    })
  })
})

type RequestParts = Parameters<typeof parsedRequest>[0]

function auth(config: Partial<KeyAuthConfig>, request: ParsedRequest, nowMs = 0): AuthResult {
  const plugin = compileKeyAuth({
    key_names: ['apikey'],
    key_in_header: true,
    key_in_query: true,
    key_in_body: false,
    hide_credentials: false,
    anonymous: null,
    run_on_preflight: true,
    realm: null,
    ...config,
  })
  return authenticate(plugin, request, { directory: DIRECTORY, nowMs })
}

/** The username of the consumer, or the status and message of the refusal. */
function outcome(result: AuthResult): unknown {
  if (result.kind === 'refused') return [result.status, result.message]
  return result.caller.identity.consumer?.username
}

/** Text as Node hands out a field value: one character per byte. */
function asBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}
