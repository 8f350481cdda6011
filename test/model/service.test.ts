import { describe, expect, test } from 'vitest'
import { failure, OTHER_ID, parse, problems, SOME_ID } from './entity-input.ts'

describe('service', () => {
  test('has the defaults of Kong', () => {
    expect(parse('services', { host: 'example.com' })).toEqual({
      id: SOME_ID,
      created_at: 1700000000,
      updated_at: 1700000001,
      name: null,
      retries: 5,
      protocol: 'http',
      host: 'example.com',
      port: 80,
      path: null,
      connect_timeout: 60000,
      write_timeout: 60000,
      read_timeout: 60000,
      tags: null,
      client_certificate: null,
      tls_verify: null,
      tls_verify_depth: null,
      ca_certificates: null,
      enabled: true,
    })
  })

  test.each([
    ['host', null, 'required field missing'],
    ['protocol', null, 'required field missing'],
    ['port', null, 'required field missing'],
    ['enabled', null, 'required field missing'],
    ['id', 'x', 'expected a valid UUID'],
    ['id', null, 'required field missing'],
    ['created_at', 0, 'expected a valid timestamp'],
    ['created_at', 1.5, 'expected an integer'],
    [
      'name',
      'a b',
      "invalid value 'a b': the only accepted ascii characters are alphanumerics or ., -, _, and ~",
    ],
    ['name', '', 'length must be at least 1'],
    ['name', 7, 'expected a string'],
    [
      'name',
      'a\u0000b',
      'invalid value: must not contain control characters or unpaired surrogates',
    ],
    ['name', '\ud800', 'invalid value: must not contain control characters or unpaired surrogates'],
    [
      'protocol',
      'smtp',
      'expected one of: grpc, grpcs, http, https, tcp, tls, tls_passthrough, udp',
    ],
    ['protocol', 1, 'expected a string'],
    ['host', 'example.com:80', 'must not have a port'],
    ['host', 'example.com:x', 'must not have a port'],
    ['host', '[::1]:80', 'must not have a port'],
    ['host', 'exa mple.com', 'invalid value: exa mple.com'],
    ['host', '300.1.2.3', 'invalid value: 300.1.2.3'],
    ['host', '127.1', 'invalid value: 127.1'],
    ['host', '0x7f000001', 'invalid value: 0x7f000001'],
    ['host', '-a.com', 'invalid value: -a.com'],
    ['host', 'fe80::1%eth0', 'invalid value: fe80::1%eth0'],
    ['port', '80', 'expected an integer'],
    ['port', 80.5, 'expected an integer'],
    ['port', 65536, 'value should be between 0 and 65535'],
    ['port', -1, 'value should be between 0 and 65535'],
    ['retries', 32768, 'value should be between 0 and 32767'],
    ['connect_timeout', 0, 'value should be between 1 and 2147483646'],
    ['write_timeout', 2147483647, 'value should be between 1 and 2147483646'],
    ['read_timeout', '1', 'expected an integer'],
    ['path', 'a', 'should start with: /'],
    ['path', '/a//b', 'must not have empty segments'],
    [
      'path',
      '/a?b',
      "invalid path: '/a?b' (characters outside of the reserved list of RFC 3986 found)",
    ],
    ['path', '/a%2', "invalid url-encoded value: '%2'"],
    ['path', '/a%zz', "invalid url-encoded value: '%zz'"],
    ['tags', 'a', 'expected a set'],
    ['enabled', 'true', 'expected a boolean'],
    ['client_certificate', { id: OTHER_ID }, 'value must be null'],
    ['client_certificate', OTHER_ID, 'expected a record'],
  ])('%s %j: %s', (field, value, message) => {
    expect(problems('services', { host: 'example.com', [field]: value })).toMatchObject({
      [field]: message,
    })
  })

  test.each([
    ['example.com'],
    ['example.com.'],
    ['localhost'],
    ['my_service'],
    ['address.v1.service'],
    ['app-v1.2'],
    ['10.0.0.1'],
    ['::1'],
    ['[::1]'],
  ])('host %s is accepted', (host) => {
    expect(parse('services', { host }).host).toBe(host)
  })

  test.each([['retries'], ['connect_timeout'], ['path'], ['name'], ['tags']])(
    'null is kept in %s',
    (field) => {
      expect(parse('services', { host: 'a.b', [field]: null })).toHaveProperty(field, null)
    },
  )

  test('names may hold any UTF-8, tags drop duplicates, ids become lower case', () => {
    const service = parse('services', {
      id: SOME_ID.toUpperCase(),
      host: 'a.b',
      name: 'größe-~1.2_3',
      tags: ['prod', 'team a', 'prod'],
    })
    expect(service.name).toBe('größe-~1.2_3')
    expect(service.tags).toEqual(['prod', 'team a'])
    expect(service.id).toBe(SOME_ID)
  })

  test.each([['a,b'], ['a/b']])('the tag %s is refused', (tag) => {
    expect(problems('services', { host: 'a.b', tags: ['ok', tag] })).toEqual({
      'tags.1': `invalid tag '${tag}': expected printable ascii (except \`,\` and \`/\`) or valid utf-8 sequences`,
    })
  })

  test.each(['tcp', 'tls', 'udp', 'grpc', 'grpcs'])('%s has no path', (protocol) => {
    expect(problems('services', { host: 'a.b', protocol, path: '/x' })).toEqual({
      '@entity': "failed conditional validation given value of field 'protocol'",
      path: 'value must be null',
    })
  })

  test.each([
    ['tls_verify', false],
    ['tls_verify_depth', 1],
    ['ca_certificates', []],
  ])('%s is for https and tls only', (field, value) => {
    for (const protocol of ['https', 'tls']) {
      expect(parse('services', { host: 'a.b', protocol, [field]: value })).toHaveProperty(
        field,
        value,
      )
    }
    expect(problems('services', { host: 'a.b', protocol: 'http', [field]: value })).toEqual({
      '@entity': "failed conditional validation given value of field 'protocol'",
      [field]: 'value must be null',
    })
  })

  test('certificates are named by their ids', () => {
    const https = { host: 'a.b', protocol: 'https' }
    const certificates = { client_certificate: { id: OTHER_ID }, ca_certificates: [OTHER_ID] }
    expect(parse('services', { ...https, ...certificates })).toMatchObject(certificates)
    expect(problems('services', { ...https, ca_certificates: ['x'] })).toEqual({
      'ca_certificates.0': 'expected a valid UUID',
    })
  })
})

describe('url of a service', () => {
  test.each([
    ['http://example.com', 'http', 'example.com', 80, null],
    ['https://example.com', 'https', 'example.com', 443, null],
    ['grpcs://example.com', 'grpcs', 'example.com', 443, null],
    ['HTTP://example.com/', 'http', 'example.com', 80, '/'],
    ['https://example.com:8443/a/b', 'https', 'example.com', 8443, '/a/b'],
    ['http://10.0.0.1:0', 'http', '10.0.0.1', 0, null],
    ['http://[::1]:81/x', 'http', '[::1]', 81, '/x'],
    ['tcp://example.com:5432', 'tcp', 'example.com', 5432, null],
  ])('%s', (url, protocol, host, port, path) => {
    expect(parse('services', { url })).toMatchObject({ protocol, host, port, path })
    expect(parse('services', { url })).not.toHaveProperty('url')
  })

  test('beats fields given beside it', () => {
    const service = parse('services', { url: 'http://a.b', path: '/old', port: 99 })
    expect(service).toMatchObject({ host: 'a.b', port: 80, path: null })
  })

  test.each([
    ['mailto:a', "'mailto:a' is no URL such as http://example.com/path"],
    ['//example.com', 'missing scheme in url'],
    ['http://', 'missing host in url'],
    ['http:///x', 'missing host in url'],
    ['http://a.b:x', "invalid port 'x', expected 0 to 65535"],
    ['http://a.b:65536', "invalid port '65536', expected 0 to 65535"],
    ['http://u:p@a.b', 'must not have a user name or password'],
    ['http://a.b/x?y', 'must not have a query or a fragment'],
    ['http://a.b#y', 'must not have a query or a fragment'],
    [7, 'expected a string'],
    [null, 'required field missing'],
  ])('%s is refused and the field named', (url, message) => {
    const error = failure(() => parse('services', { url }))
    expect(error?.message).toBe(`schema violation (url: ${message})`)
    expect(error?.details).toEqual([{ path: ['url'], message }])
  })

  test('without scheme and host is reported as a path without a host, in Kong words', () => {
    for (const url of ['example.com', 'invalid url']) {
      expect(failure(() => parse('services', { url }))?.message).toBe(
        '2 schema violations (host: required field missing; path: should start with: /)',
      )
    }
  })

  test('parts that are no good are reported where they belong', () => {
    expect(problems('services', { url: 'ftp://a_b c/x//y' })).toEqual({
      protocol: 'expected one of: grpc, grpcs, http, https, tcp, tls, tls_passthrough, udp',
      host: 'invalid value: a_b c',
      path: 'must not have empty segments',
    })
  })
})
