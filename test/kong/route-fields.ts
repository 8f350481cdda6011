import type { Area, Row } from './conformance.ts'
import {
  broken,
  type FieldCase,
  refused,
  row,
  type Table,
  type TakenCase,
  taken,
} from './field-tables.ts'
import { SPEC } from './sources.ts'
import { wrongEntity, wrongField } from './values.ts'

const ROUTES: Table = {
  name: 'route',
  path: '/routes',
  source: SPEC.routeSchema,
  base: { paths: ['/'] },
}

const ROUTE_REFUSED: readonly FieldCase[] = [
  ['methods-case', { methods: ['get'] }, 'methods.1', 'invalid value: get'],
  ['methods-space', { methods: ['HELLO WORLD'] }, 'methods.1', 'invalid value: HELLO WORLD'],
  ['methods-digits', { methods: ['GET1'] }, 'methods.1', 'invalid value: GET1'],
  ['methods-type', { methods: 'GET' }, 'methods', 'expected a set'],
  ['hosts-type', { hosts: 'a.test' }, 'hosts', 'expected an array'],
  [
    'hosts-two-stars',
    { hosts: ['*.*.test'] },
    'hosts.1',
    'invalid wildcard: must have at most one wildcard',
  ],
  [
    'hosts-middle-star',
    { hosts: ['a.*.test'] },
    'hosts.1',
    'invalid wildcard: must be placed at leftmost or rightmost label',
  ],
  [
    'hosts-partial-star',
    { hosts: ['*a.test'] },
    'hosts.1',
    'invalid wildcard: must be placed at leftmost or rightmost label',
  ],
  ['hosts-invalid', { hosts: ['http://a.test'] }, 'hosts.1', 'invalid value: http://a.test'],
  [
    'paths-relative',
    { paths: ['a'] },
    'paths.1',
    'should start with: / (fixed path) or ~/ (regex path)',
  ],
  [
    'paths-regex-relative',
    { paths: ['~a'] },
    'paths.1',
    'should start with: / (fixed path) or ~/ (regex path)',
  ],
  ['paths-segments', { paths: ['/', '/a//b'] }, 'paths.2', 'must not have empty segments'],
  [
    'paths-dot',
    { paths: ['/a/../b'] },
    'paths.1',
    "non-normalized path, consider use '/b' instead",
  ],
  [
    'paths-escape-unreserved',
    { paths: ['/%61'] },
    'paths.1',
    "non-normalized path, consider use '/a' instead",
  ],
  [
    'paths-characters',
    { paths: ['/foo<bar'] },
    'paths.1',
    "invalid path: '/foo<bar' (characters outside of the reserved list of RFC 3986 found)",
  ],
  ['paths-escape', { paths: ['/some%2words'] }, 'paths.1', "invalid url-encoded value: '%2w'"],
  ['paths-type', { paths: [5] }, 'paths.1', 'expected a string'],
  [
    'headers-host',
    { headers: { Host: ['a.test'] } },
    'headers',
    "cannot contain 'host' header, which must be specified in the 'hosts' attribute",
  ],
  [
    'headers-name',
    { headers: { 'fo @bar': ['x'] } },
    'headers',
    "bad header name 'fo @bar', allowed characters are A-Z, a-z, 0-9, '_', and '-'",
  ],
  ['headers-type', { headers: 'x' }, 'headers', 'expected a map'],
  [
    'redirect-code',
    { https_redirect_status_code: 404 },
    'https_redirect_status_code',
    'expected one of: 426, 301, 302, 307, 308',
  ],
  ['path-handling', { path_handling: 'v2' }, 'path_handling', 'expected one of: v0, v1'],
  ['regex-priority', { regex_priority: 'high' }, 'regex_priority', 'expected an integer'],
  ['strip-path', { strip_path: 'yes' }, 'strip_path', 'expected a boolean'],
  [
    'protocols',
    { protocols: ['http', 'foo'] },
    'protocols.2',
    'expected one of: grpc, grpcs, http, https, tcp, tls, tls_passthrough, udp',
  ],
  ['protocols-empty', { protocols: [] }, 'protocols', 'length must be at least 1'],
  [
    'name-slash',
    { name: 'a/b' },
    'name',
    "invalid value 'a/b': the only accepted ascii characters are alphanumerics or ., -, _, and ~",
  ],
  ['unknown', { foo: 'bar' }, 'foo', 'unknown field'],
]

const ROUTE_TAKEN: readonly TakenCase[] = [
  [
    'defaults',
    {},
    {
      name: null,
      protocols: ['http', 'https'],
      methods: null,
      hosts: null,
      headers: null,
      snis: null,
      sources: null,
      destinations: null,
      https_redirect_status_code: 426,
      regex_priority: 0,
      strip_path: true,
      preserve_host: false,
      path_handling: 'v0',
      request_buffering: true,
      response_buffering: true,
      service: null,
      tags: null,
    },
  ],
  ['wildcards', { hosts: ['*.a.test', 'a.*', 'b.test:8080'] }],
  ['regex-path', { paths: ['~/users/(?<id>\\d+)$', '/'] }],
  ['custom-method', { methods: ['GET', 'PURGE'] }],
  ['regex-header', { headers: { 'User-Agent': ['~*^curl/'] } }],
  ['redirect', { protocols: ['https'], https_redirect_status_code: 308 }],
  ['snis', { protocols: ['https'], snis: ['a.test', 'b.test'] }],
  ['negative-priority', { regex_priority: -5 }],
  ['path-escaped-space', { paths: ['/a%20b'] }],
]

const MUST_SET = "must set one of 'methods', 'hosts', 'headers', 'paths'"

/** Fields of a route: rules, defaults and messages. */
export const ROUTE_FIELDS: Area = {
  name: 'route-fields',
  title: 'Admin API: fields of a route',
  rows: [...refused(ROUTES, ROUTE_REFUSED), ...taken(ROUTES, ROUTE_TAKEN), ...routeProtocolRows()],
}

function routeProtocolRows(): readonly Row[] {
  const bare: Table = { ...ROUTES, base: {} }
  return [
    row(bare, 'nothing-https', 'An https route sets one of five attributes', {
      input: { protocols: ['https'] },
      expect: wrongEntity(`${MUST_SET}, 'snis' when 'protocols' is 'https'`),
    }),
    row(bare, 'nothing-default', 'A route of the default protocols sets one of five attributes', {
      input: {},
      expect: wrongEntity(`${MUST_SET}, 'snis' when 'protocols' is 'https'`),
    }),
    row(bare, 'nothing-http', 'An http route sets one of four attributes', {
      input: { protocols: ['http'] },
      expect: wrongEntity(`${MUST_SET} when 'protocols' is 'http'`),
    }),
    row(bare, 'nothing-grpc', 'A grpc route sets one of three attributes', {
      input: { protocols: ['grpc'] },
      expect: wrongEntity("must set one of 'hosts', 'headers', 'paths' when 'protocols' is 'grpc'"),
    }),
    row(bare, 'empty-lists', 'Empty lists set nothing', {
      input: { protocols: ['http'], paths: [], hosts: [], methods: [] },
      expect: wrongEntity(`${MUST_SET} when 'protocols' is 'http'`),
    }),
    row(ROUTES, 'mixed-protocols', 'http and tcp exclude one another', {
      input: { protocols: ['http', 'tcp'] },
      expect: {
        status: 400,
        body: { fields: { protocols: /^these sets are mutually exclusive/ } },
      },
    }),
    row(ROUTES, 'http-snis', 'snis are for TLS protocols only', {
      input: { protocols: ['http'], snis: ['a.test'] },
      expect: broken(
        "'snis' can only be set when 'protocols' is 'grpcs', 'https', 'tls' or 'tls_passthrough'",
        'snis',
        'length must be 0',
      ),
    }),
    row(ROUTES, 'http-sources', 'sources are for stream routes only', {
      input: { protocols: ['http'], sources: [{ ip: '10.0.0.1' }] },
      expect: wrongField('sources', "cannot set 'sources' when 'protocols' is 'http' or 'https'"),
    }),
    row(ROUTES, 'grpc-methods', 'methods are not for grpc routes', {
      input: { protocols: ['grpc'], methods: ['GET'] },
      expect: wrongField('methods', "cannot set 'methods' when 'protocols' is 'grpc' or 'grpcs'"),
    }),
    row(ROUTES, 'grpc-strip-path', 'strip_path is not for grpc routes', {
      input: { protocols: ['grpc'], strip_path: true },
      expect: wrongField(
        'strip_path',
        "cannot set 'strip_path' when 'protocols' is 'grpc' or 'grpcs'",
      ),
    }),
    row(ROUTES, 'grpc-default', 'strip_path of a grpc route is false', {
      input: { protocols: ['grpc', 'grpcs'] },
      expect: { status: 201, body: { strip_path: false } },
    }),
    row(bare, 'stream', 'A stream route is taken', {
      input: { protocols: ['tcp'], destinations: [{ port: 9000 }] },
      expect: { status: 201, body: { protocols: ['tcp'] } },
    }),
    row(bare, 'stream-nothing', 'A stream route sets sources, destinations or snis', {
      input: { protocols: ['tcp'] },
      expect: wrongEntity(
        "must set one of 'sources', 'destinations', 'snis' when 'protocols' is 'tcp', 'tls' or 'udp'",
      ),
    }),
    row(bare, 'passthrough-nothing', 'A tls_passthrough route sets snis', {
      input: { protocols: ['tls_passthrough'] },
      expect: wrongEntity("must set snis when 'protocols' is 'tls_passthrough'"),
    }),
  ]
}
