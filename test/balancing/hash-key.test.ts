import { describe, expect, test } from 'vitest'
import { type BalancingKey, balancingKey, type HashContext } from '../../src/balancing/hash-key.ts'
import { compileHashPlan } from '../../src/balancing/hash-plan.ts'
import type { Consumer } from '../../src/model/consumer.ts'
import { NOBODY } from '../../src/model/identity.ts'
import type { Captures } from '../../src/model/linear-regex.ts'
import type { Upstream } from '../../src/model/upstream.ts'
import { parsedRequest } from '../support/parsed-request.ts'
import { pickContext, upstreamOf } from './support.ts'

/** What `~/(eu|us)/(?<user>[^/]+)(?<region>/x)?` captures of `/eu/bob`. */
const CAPTURES: Captures = {
  length: 7,
  numbered: ['eu', 'bob', null],
  named: new Map([
    ['user', 'bob'],
    ['region', null],
  ]),
}
const BOB = { ...NOBODY, consumer: { id: 'consumer-bob' } as Consumer, credentialId: 'key-1' }

describe('the balancing key', () => {
  test('of none is nothing', () => {
    expect(keyOf({ hash_on: 'none' })).toBeNull()
  })

  test('of consumer is the consumer, else the credential', () => {
    expect(keyOf({ hash_on: 'consumer' }, { identity: BOB })).toBe('consumer-bob')
    const credentialOnly = { ...NOBODY, credentialId: 'key-1' }
    expect(keyOf({ hash_on: 'consumer' }, { identity: credentialOnly })).toBe('key-1')
    expect(keyOf({ hash_on: 'consumer' })).toBeNull()
  })

  test('of the anonymous consumer is missing, so that guests are spread', () => {
    const identity = { ...BOB, isAnonymous: true }
    expect(keyOf({ hash_on: 'consumer' }, { identity })).toBeNull()
    const withFallback = { hash_on: 'consumer', hash_fallback: 'ip' } as const
    expect(keyOf(withFallback, { identity })).toBe('127.0.0.1')
  })

  test('of ip is the client, not the peer', () => {
    const request = parsedRequest({ clientAddress: '203.0.113.7', peerAddress: '10.0.0.1' })
    expect(keyOf({ hash_on: 'ip' }, { request })).toBe('203.0.113.7')
  })

  test('of path is the normal path without the query', () => {
    const request = parsedRequest({ path: '/a/b', rawPath: '/a/./b', query: '?c=d' })
    expect(keyOf({ hash_on: 'path' }, { request })).toBe('/a/b')
  })

  test.each<[string, readonly (readonly [string, string])[], string | null]>([
    ['a field', [['X-Session', 's1']], 's1'],
    ['a field written otherwise', [['x-SESSION', 's1']], 's1'],
    [
      'a repeated field',
      [
        ['X-Session', 's1'],
        ['x-session', 's2'],
      ],
      's1, s2',
    ],
    ['an empty field', [['X-Session', '']], null],
    ['no such field', [['X-Other', 's1']], null],
  ])('of header with %s', (_case, headers, expected) => {
    const fields = { hash_on: 'header', hash_on_header: 'X-Session' } as const
    expect(keyOf(fields, { request: parsedRequest({ headers }) })).toBe(expected)
  })

  test.each([
    ['?user=bob', 'bob'],
    ['?user=b&x=1&user=a', 'a,b'],
    ['?user', 'true'],
    ['?user=%62ob', 'bob'],
    ['?user=', null],
    ['?other=bob', null],
    ['', null],
  ])('of query_arg with %j is %j', (query, expected) => {
    const fields = { hash_on: 'query_arg', hash_on_query_arg: 'user' } as const
    expect(keyOf(fields, { request: parsedRequest({ query }) })).toBe(expected)
  })

  test.each([
    ['user', 'bob'],
    ['1', 'eu'],
    ['2', 'bob'],
    ['3', null],
    ['4', null],
    ['0', null],
    ['region', null],
  ])('of uri_capture %s is %j', (name, expected) => {
    const fields = { hash_on: 'uri_capture', hash_on_uri_capture: name } as const
    expect(keyOf(fields, { captures: () => CAPTURES })).toBe(expected)
  })

  test('of uri_capture is missing on a route without a regex path', () => {
    expect(keyOf({ hash_on: 'uri_capture', hash_on_uri_capture: 'user' })).toBeNull()
  })

  test('of a cookie is its value, and nothing is issued', () => {
    const request = parsedRequest({ headers: [['Cookie', 'a=b; side=left']] })
    expect(keyed({ hash_on: 'cookie', hash_on_cookie: 'side' }, { request })).toEqual({
      key: 'left',
      issueCookie: null,
    })
  })

  test.each(['', 'a=b', 'Side=left', 'side='])('of a cookie missing in %j is a new one', (sent) => {
    const request = parsedRequest({ headers: [['Cookie', sent]] })
    const fields = {
      hash_on: 'cookie',
      hash_on_cookie: 'side',
      hash_on_cookie_path: '/shop',
    } as const
    expect(keyed(fields, { request })).toEqual({
      key: 'a-fresh-uuid',
      issueCookie: { name: 'side', value: 'a-fresh-uuid', path: '/shop' },
    })
  })
})

describe('a cookie that the variant has issued', () => {
  const fields = { hash_on: 'cookie', hash_on_cookie: 'sid' } as const

  test('of the same name is the key, and no second one is issued', () => {
    const variantCookies = [{ name: 'sid', value: 'of-the-variant' }]
    expect(keyed(fields, { variantCookies })).toEqual({ key: 'of-the-variant', issueCookie: null })
  })

  test('of another name changes nothing', () => {
    const variantCookies = [{ name: 'Sid', value: 'of-the-variant' }]
    expect(keyed(fields, { variantCookies })).toMatchObject({ key: 'a-fresh-uuid' })
  })
})

describe('the fallback', () => {
  const fields = {
    hash_on: 'header',
    hash_on_header: 'X-Session',
    hash_fallback: 'ip',
  } as const

  test('is asked when the first input is missing', () => {
    expect(keyOf(fields)).toBe('127.0.0.1')
  })

  test('is not asked when the first input is there', () => {
    const request = parsedRequest({ headers: [['X-Session', 's1']] })
    expect(keyOf(fields, { request })).toBe('s1')
  })

  test.each<[Partial<Upstream>, string]>([
    [{ hash_fallback: 'header', hash_fallback_header: 'X-Device' }, 'd1'],
    [{ hash_fallback: 'query_arg', hash_fallback_query_arg: 'q' }, 'v'],
    [{ hash_fallback: 'uri_capture', hash_fallback_uri_capture: 'user' }, 'bob'],
    [{ hash_fallback: 'path' }, '/p'],
    [{ hash_fallback: 'consumer' }, 'consumer-bob'],
    [{ hash_fallback: 'cookie', hash_on_cookie: 'side' }, 'left'],
  ])('%j has fields of its own', (fallback, expected) => {
    const request = parsedRequest({
      path: '/p',
      query: '?q=v',
      headers: [
        ['x-device', 'd1'],
        ['cookie', 'side=left'],
      ],
    })
    const captures = () => CAPTURES
    expect(keyOf({ ...fields, ...fallback }, { request, captures, identity: BOB })).toBe(expected)
  })

  test('that is missing too leaves no key', () => {
    expect(keyOf({ ...fields, hash_fallback: 'consumer' })).toBeNull()
  })

  test('whose own field is not configured counts as none', () => {
    expect(keyOf({ hash_on: 'header', hash_on_header: null })).toBeNull()
  })
})

function keyed(fields: Partial<Upstream>, parts: Partial<HashContext> = {}): BalancingKey {
  return balancingKey(compileHashPlan(upstreamOf(fields)), pickContext(parts))
}

function keyOf(fields: Partial<Upstream>, parts: Partial<HashContext> = {}): string | null {
  return keyed(fields, parts).key
}
