import { describe, expect, test } from 'vitest'
import { OTHER_ID, parse, problems, SOME_ID } from './entity-input.ts'

describe('route', () => {
  test('has the defaults of Kong', () => {
    expect(parse('routes', { paths: ['/'] })).toEqual({
      id: SOME_ID,
      created_at: 1700000000,
      updated_at: 1700000001,
      name: null,
      protocols: ['http', 'https'],
      methods: null,
      hosts: null,
      paths: ['/'],
      headers: null,
      https_redirect_status_code: 426,
      regex_priority: 0,
      strip_path: true,
      path_handling: 'v0',
      preserve_host: false,
      request_buffering: true,
      response_buffering: true,
      snis: null,
      sources: null,
      destinations: null,
      tags: null,
      service: null,
    })
  })

  test.each([
    ['protocols', [], 'length must be at least 1'],
    ['protocols', null, 'required field missing'],
    ['protocols', 'http', 'expected a set'],
    [
      'protocols.0',
      ['smtp'],
      'expected one of: grpc, grpcs, http, https, tcp, tls, tls_passthrough, udp',
    ],
    [
      'protocols',
      ['http', 'tcp'],
      "these sets are mutually exclusive: ('http', 'https'), ('tcp', 'tls', 'udp')",
    ],
    [
      'protocols',
      ['grpc', 'tls_passthrough'],
      "these sets are mutually exclusive: ('tls_passthrough'), ('grpc', 'grpcs')",
    ],
    ['methods.0', ['get'], 'invalid value: get'],
    ['methods.1', ['GET', 'M-SEARCH'], 'invalid value: M-SEARCH'],
    ['methods', 'GET', 'expected a set'],
    ['hosts.0', ['*.*.com'], 'invalid wildcard: must have at most one wildcard'],
    ['hosts.0', ['a.*.com'], 'invalid wildcard: must be placed at leftmost or rightmost label'],
    ['hosts.0', ['*a.com'], 'invalid wildcard: must be placed at leftmost or rightmost label'],
    ['hosts.0', ['a.com*'], 'invalid wildcard: must be placed at leftmost or rightmost label'],
    ['hosts.0', ['*'], 'invalid wildcard: must be placed at leftmost or rightmost label'],
    ['hosts.0', ['a b'], 'invalid value: a b'],
    ['hosts.0', ['a.com:70000'], 'invalid value: a.com:70000'],
    ['hosts', 'a.com', 'expected an array'],
    ['paths.0', ['a'], 'should start with: / (fixed path) or ~/ (regex path)'],
    ['paths.0', ['~a'], 'should start with: / (fixed path) or ~/ (regex path)'],
    ['paths.0', ['/a//b'], 'must not have empty segments'],
    ['paths.0', ['/a/../b'], "non-normalized path, consider use '/b' instead"],
    ['paths.0', ['/%61'], "non-normalized path, consider use '/a' instead"],
    ['paths.0', ['/%c3%bc'], "non-normalized path, consider use '/%C3%BC' instead"],
    [
      'paths.0',
      ['/ü'],
      "invalid path: '/ü' (characters outside of the reserved list of RFC 3986 found)",
    ],
    ['paths.0', ['/a%'], "invalid url-encoded value: '%'"],
    ['paths.0', ['/a%00'], "invalid path: '/a%00' (the path holds an encoded NUL)"],
    [
      'paths.0',
      ['~/a(?=b)'],
      "invalid regex: '/a(?=b)' (look-ahead not supported, because a pattern must match in linear time)",
    ],
    ['paths.0', ['~/a('], "invalid regex: '/a(' (missing closing ): `/a(`)"],
    [
      'headers',
      { Host: ['a'] },
      "cannot contain 'host' header, which must be specified in the 'hosts' attribute",
    ],
    [
      'headers',
      { 'a b': ['a'] },
      "bad header name 'a b', allowed characters are A-Z, a-z, 0-9, '_', and '-'",
    ],
    ['headers.a', { a: [] }, 'length must be at least 1'],
    ['headers.a', { a: 'b' }, 'expected an array'],
    ['headers.a.0', { a: [1] }, 'expected a string'],
    [
      'headers.a',
      { a: ['~*(?!b)'] },
      "invalid regex: '(?!b)' (look-ahead not supported, because a pattern must match in linear time)",
    ],
    ['headers', [], 'expected a map'],
    ['https_redirect_status_code', 303, 'expected one of: 426, 301, 302, 307, 308'],
    ['https_redirect_status_code', '301', 'expected an integer'],
    ['https_redirect_status_code', null, 'required field missing'],
    ['regex_priority', 1.5, 'expected an integer'],
    ['path_handling', 'v2', 'expected one of: v0, v1'],
    ['strip_path', null, 'required field missing'],
    ['snis.0', ['1.2.3.4'], 'must not be an IP'],
    ['snis.0', ['a.com:443'], 'must not have a port'],
    ['sources', [{ ip: '10.0.0.1' }], "cannot set 'sources' when 'protocols' is 'http' or 'https'"],
    [
      'destinations',
      [{ port: 1 }],
      "cannot set 'destinations' when 'protocols' is 'http' or 'https'",
    ],
    ['service.id', { id: 'x' }, 'expected a valid UUID'],
    ['service.id', {}, 'required field missing'],
  ])('%s %j: %s', (path, value, message) => {
    const [field = ''] = path.split('.')
    expect(problems('routes', { paths: ['/'], [field]: value })).toMatchObject({ [path]: message })
  })

  test('accepts every documented form of host, path and header', () => {
    const fields = {
      hosts: [
        'a.com',
        '*.a.com',
        'a.*',
        'a.com:8080',
        '*.a.com:80',
        'a.*:80',
        '10.0.0.1',
        '[::1]:80',
      ],
      paths: ['/', '/a', '/a/', '/a%20b', "/!$&'()*+,;=:@", '~/a/\\d+$', '~/users/(?<id>\\w+)'],
      headers: { version: ['v1', 'v2'], 'X-Region': ['~*north|south'], x: ['~*[', '~*('] },
      methods: ['GET', 'POST'],
      snis: ['a.com'],
      service: { id: OTHER_ID },
    }
    expect(parse('routes', fields)).toMatchObject(fields)
  })

  test.each([
    [
      ['http', 'https'],
      "'methods', 'hosts', 'headers', 'paths', 'snis' when 'protocols' is 'https'",
    ],
    [['https'], "'methods', 'hosts', 'headers', 'paths', 'snis' when 'protocols' is 'https'"],
    [['http'], "'methods', 'hosts', 'headers', 'paths' when 'protocols' is 'http'"],
    [['grpc'], "'hosts', 'headers', 'paths' when 'protocols' is 'grpc'"],
    [['grpc', 'grpcs'], "'hosts', 'headers', 'paths', 'snis' when 'protocols' is 'grpcs'"],
    [['tcp', 'udp'], "'sources', 'destinations', 'snis' when 'protocols' is 'tcp', 'tls' or 'udp'"],
  ])('%j must match on something', (protocols, rest) => {
    expect(problems('routes', { protocols })).toEqual({ '@entity': `must set one of ${rest}` })
    expect(problems('routes', { protocols, hosts: [], paths: [], headers: {} })).toEqual({
      '@entity': `must set one of ${rest}`,
    })
  })

  test('tls_passthrough must have snis', () => {
    expect(problems('routes', { protocols: ['tls_passthrough'] })).toEqual({
      '@entity': "must set snis when 'protocols' is 'tls_passthrough'",
    })
    expect(parse('routes', { protocols: ['tls_passthrough'], snis: ['a.com'] }).protocols).toEqual([
      'tls_passthrough',
    ])
  })

  test('snis need a protocol with TLS', () => {
    expect(problems('routes', { protocols: ['http'], paths: ['/'], snis: ['a.com'] })).toEqual({
      '@entity':
        "'snis' can only be set when 'protocols' is 'grpcs', 'https', 'tls' or 'tls_passthrough'",
      snis: 'length must be 0',
    })
    expect(parse('routes', { protocols: ['https'], snis: ['a.com'] }).snis).toEqual(['a.com'])
  })

  test('gRPC keeps its paths', () => {
    const grpc = { protocols: ['grpc'], paths: ['/hello.Greeter'] }
    expect(parse('routes', grpc).strip_path).toBe(false)
    expect(problems('routes', { ...grpc, strip_path: true, methods: ['GET'] })).toEqual({
      strip_path: "cannot set 'strip_path' when 'protocols' is 'grpc' or 'grpcs'",
      methods: "cannot set 'methods' when 'protocols' is 'grpc' or 'grpcs'",
    })
  })

  test('stream routes match addresses and nothing of HTTP', () => {
    const sources = [
      { ip: '10.0.0.0/8', port: null },
      { ip: null, port: 99 },
      { ip: '::1', port: 1 },
    ]
    expect(parse('routes', { protocols: ['tcp'], sources }).sources).toEqual(sources)
    expect(problems('routes', { protocols: ['tcp'], sources, paths: ['/'] })).toEqual({
      paths: "cannot set 'paths' when 'protocols' is 'tcp', 'tls', 'tls_passthrough' or 'udp'",
    })
    expect(
      problems('routes', { protocols: ['tcp'], sources: [{}, { ip: '10.0.0.0/33' }, { prt: 1 }] }),
    ).toEqual({
      'sources.0': "at least one of these fields must be non-empty: 'ip', 'port'",
      'sources.1.ip': "invalid ip or cidr range: '10.0.0.0/33'",
      'sources.2': "at least one of these fields must be non-empty: 'ip', 'port'",
      'sources.2.prt': 'unknown field (did you mean "port"?)',
    })
  })

  test('duplicate protocols, methods and snis are dropped', () => {
    const route = parse('routes', { protocols: ['https', 'https'], methods: ['GET', 'GET'] })
    expect(route.protocols).toEqual(['https'])
    expect(route.methods).toEqual(['GET'])
    const sources = [{ port: 1 }, { ip: null, port: 1 }]
    expect(parse('routes', { protocols: ['tcp'], sources }).sources).toHaveLength(1)
  })
})
