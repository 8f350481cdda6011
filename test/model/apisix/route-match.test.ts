import { describe, expect, test } from 'vitest'
import { normalUri } from '../../../src/model/apisix/uri.ts'
import { mergeEntity } from '../../../src/model/merge.ts'
import { parseEntity } from '../../../src/model/validate.ts'
import { parse, problems } from '../entity-input.ts'

const written = (fields: object, others: object = {}) =>
  problems('routes', { apisix: { uris: ['/a'], ...fields }, ...others })

describe('a route written in the dialect of APISIX', () => {
  test('has uris in place of paths, and the defaults of APISIX', () => {
    expect(parse('routes', { apisix: { uris: ['/a/*'] } })).toMatchObject({
      paths: null,
      strip_path: false,
      apisix: { uris: ['/a/*'], priority: 0, status: 1, vars: null, remote_addrs: null },
    })
  })

  test.each([[{ paths: ['/'] }], [{ paths: ['/'], apisix: null }]])(
    'is none without the field: %j',
    (fields) => {
      const route = parse('routes', fields)
      expect(Object.keys(route)).not.toContain('apisix')
      expect(route.strip_path).toBe(true)
    },
  )

  test('goes back to the rules of Kong with null', () => {
    const before = parse('routes', { apisix: { uris: ['/a'] } })
    const merged = mergeEntity('routes', before, { apisix: null, paths: ['/a'] })
    expect(parseEntity('routes', merged)).not.toHaveProperty('apisix')
  })

  test.each([['/'], ['/*'], ['*'], ['/a*'], ['/a/'], ['/a/*/b'], ['/a b/ü'], ['/a:b'], ['/%20']])(
    'may have the uri %s',
    (uri) => {
      expect(written({ uris: [uri] })).toEqual({})
    },
  )

  test.each([
    ['a', "invalid uri: 'a' (it must begin with /, or be *)"],
    ['*a', "invalid uri: '*a' (it must begin with /, or be *)"],
    [
      '/a//b',
      "invalid uri: '/a//b' (request paths have no empty, '.' or '..' segments, consider use '/a/b' instead)",
    ],
    [
      '/a/../b',
      "invalid uri: '/a/../b' (request paths have no empty, '.' or '..' segments, consider use '/b' instead)",
    ],
    ['/a/%2', `invalid uri: '/a/%2' (the path holds "%" without two hexadecimal digits after it)`],
  ])('may not have the uri %s, which no request has', (uri, message) => {
    expect(written({ uris: ['/', uri] })).toEqual({ 'apisix.uris.1': message })
  })

  test('may not have a uri that is longer than those of APISIX', () => {
    expect(written({ uris: [`/${'a'.repeat(4096)}`] })).toEqual({
      'apisix.uris.0': 'invalid uri: it has 4097 characters, at most 4096 are allowed',
    })
  })

  test.each([
    ['apisix.uris', { uris: [] }, 'length must be at least 1'],
    ['apisix.uris', { uris: null }, 'required field missing'],
    [
      'apisix.uris',
      { uris: ['/a', '/b', '/a'] },
      'expected unique items but items 1 and 3 are equal',
    ],
    ['apisix.priority', { priority: 1.5 }, 'expected an integer'],
    ['apisix.status', { status: 2 }, 'expected one of: 0, 1'],
    ['apisix.vars', { vars: 'a' }, 'expected an array'],
    ['apisix.remote_addrs', { remote_addrs: [] }, 'length must be at least 1'],
    ['apisix.remote_addrs.0', { remote_addrs: ['::g'] }, "invalid ip or cidr range: '::g'"],
    [
      'apisix.remote_addrs',
      { remote_addrs: ['::1', '::1'] },
      'expected unique items but items 1 and 2 are equal',
    ],
    ['apisix.uri', { uri: '/a' }, 'unknown field (did you mean "uris"?)'],
  ])('says what is wrong with %s', (field, fields, message) => {
    expect(written(fields)).toEqual({ [field]: message })
  })

  test.each([
    ['paths', ['/b'], "cannot set 'paths' beside 'apisix', whose uris are matched instead"],
    ['strip_path', true, "must be false beside 'apisix': the path is forwarded unchanged"],
    ['protocols', ['grpc'], "must be http or https beside 'apisix'"],
    [
      'hosts',
      ['a.test', 'b.*'],
      "invalid value: b.* (beside 'apisix': a name, or '*.' before a name, without a port)",
    ],
    [
      'hosts',
      ['[::1]:80'],
      "invalid value: [::1]:80 (beside 'apisix': a name, or '*.' before a name, without a port)",
    ],
  ])('may not have %s %j', (field, value, message) => {
    expect(written({}, { [field]: value })).toMatchObject({ [field]: message })
  })

  test.each([[['::1']], [['[::1]']], [['*.a.test', 'A.test']]])(
    'may have the hosts %j',
    (hosts) => {
      expect(written({}, { hosts })).toEqual({})
    },
  )

  test('may not have more hosts times uris than other routes', () => {
    const hosts = Array.from({ length: 101 }, (_, i) => `h${i}.test`)
    const uris = Array.from({ length: 100 }, (_, i) => `/${i}`)
    expect(written({ uris }, { hosts })).toEqual({
      '@entity':
        "'hosts' times 'apisix.uris' must be at most 10000, these are 10100; divide the route",
    })
  })
})

test.each([
  ['/a b', '/a%20b'],
  ['/ü*', '/%C3%BC*'],
  ['/%7ea', '/~a'],
  ['*', '*'],
  ['/a/*/', '/a/*/'],
])('the uri %s is matched as %s', (uri, normal) => {
  expect(normalUri(uri)).toBe(normal)
})
