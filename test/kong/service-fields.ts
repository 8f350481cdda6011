import type { Area } from './conformance.ts'
import {
  broken,
  type FieldCase,
  PORT_RANGE,
  refused,
  row,
  type Table,
  type TakenCase,
  taken,
} from './field-tables.ts'
import { SPEC } from './sources.ts'
import { ID } from './values.ts'

const TIMEOUT = 'value should be between 1 and 2147483646'

const SERVICES: Table = {
  name: 'service',
  path: '/services',
  source: SPEC.serviceSchema,
  base: { host: 'a.test' },
}

const SERVICE_REFUSED: readonly FieldCase[] = [
  ['host-missing', { host: undefined }, 'host', 'required field missing'],
  ['host-null', { host: null }, 'host', 'required field missing'],
  ['host-type', { host: 5 }, 'host', 'expected a string'],
  ['host-port', { host: 'a.test:80' }, 'host', 'must not have a port'],
  ['host-invalid', { host: '*.a.test' }, 'host', 'invalid value: *.a.test'],
  ['host-slash', { host: '/example' }, 'host', 'invalid value: /example'],
  ['host-dot', { host: '.example' }, 'host', 'invalid value: .example'],
  ['host-semicolon', { host: 'mock;bin' }, 'host', 'invalid value: mock;bin'],
  ['host-path', { host: 'a.test/b' }, 'host', 'invalid value: a.test/b'],
  ['host-dots', { host: 'hello..a.test' }, 'host', 'invalid value: hello..a.test'],
  ['host-hyphen', { host: 'hello-.a.test' }, 'host', 'invalid value: hello-.a.test'],
  [
    'name-slash',
    { name: 'a/b' },
    'name',
    "invalid value 'a/b': the only accepted ascii characters are alphanumerics or ., -, _, and ~",
  ],
  [
    'name-space',
    { name: 'a b' },
    'name',
    "invalid value 'a b': the only accepted ascii characters are alphanumerics or ., -, _, and ~",
  ],
  ['name-empty', { name: '' }, 'name', 'length must be at least 1'],
  ['name-type', { name: true }, 'name', 'expected a string'],
  [
    'protocol',
    { protocol: 'foo' },
    'protocol',
    'expected one of: grpc, grpcs, http, https, tcp, tls, tls_passthrough, udp',
  ],
  ['port-low', { port: -1 }, 'port', PORT_RANGE],
  ['port-high', { port: 65536 }, 'port', PORT_RANGE],
  ['port-type', { port: 'http' }, 'port', 'expected an integer'],
  ['retries-low', { retries: -1 }, 'retries', 'value should be between 0 and 32767'],
  ['retries-high', { retries: 32768 }, 'retries', 'value should be between 0 and 32767'],
  ['connect-timeout-0', { connect_timeout: 0 }, 'connect_timeout', TIMEOUT],
  ['connect-timeout-low', { connect_timeout: -1 }, 'connect_timeout', TIMEOUT],
  ['connect-timeout-type', { connect_timeout: 1.5 }, 'connect_timeout', 'expected an integer'],
  ['write-timeout-low', { write_timeout: -1 }, 'write_timeout', TIMEOUT],
  ['read-timeout-high', { read_timeout: 2147483647 }, 'read_timeout', TIMEOUT],
  ['path-relative', { path: 'x' }, 'path', 'should start with: /'],
  ['path-empty', { path: '' }, 'path', 'length must be at least 1'],
  ['path-segments', { path: '/a//b' }, 'path', 'must not have empty segments'],
  [
    'path-characters',
    { path: '/foo/bar with space' },
    'path',
    "invalid path: '/foo/bar with space' (characters outside of the reserved list of RFC 3986 found)",
  ],
  [
    'path-query',
    { path: '/foo?bar' },
    'path',
    "invalid path: '/foo?bar' (characters outside of the reserved list of RFC 3986 found)",
  ],
  ['path-escape-1', { path: '/some%2words' }, 'path', "invalid url-encoded value: '%2w'"],
  ['path-escape-2', { path: '/some%0Xwords' }, 'path', "invalid url-encoded value: '%0X'"],
  ['path-escape-3', { path: '/some%20words%' }, 'path', "invalid url-encoded value: '%'"],
  ['path-escape-4', { path: '/some%20words%a' }, 'path', "invalid url-encoded value: '%a'"],
  ['enabled-type', { enabled: 1 }, 'enabled', 'expected a boolean'],
  ['tags-type', { tags: 'x' }, 'tags', 'expected a set'],
  [
    'tags-comma',
    { tags: ['a,b'] },
    'tags.1',
    "invalid tag 'a,b': expected printable ascii (except `,` and `/`) or valid utf-8 sequences",
  ],
  [
    'tags-slash',
    { tags: ['ok', 'a/b'] },
    'tags.2',
    "invalid tag 'a/b': expected printable ascii (except `,` and `/`) or valid utf-8 sequences",
  ],
  ['id', { id: 'x' }, 'id', 'expected a valid UUID'],
  [
    'depth-high',
    { protocol: 'https', tls_verify_depth: 65 },
    'tls_verify_depth',
    'value should be between 0 and 64',
  ],
  ['unknown', { foo: 'bar' }, 'foo', 'unknown field'],
]

const SERVICE_TAKEN: readonly TakenCase[] = [
  [
    'defaults',
    {},
    {
      name: null,
      protocol: 'http',
      port: 80,
      path: null,
      retries: 5,
      connect_timeout: 60000,
      write_timeout: 60000,
      read_timeout: 60000,
      tags: null,
      client_certificate: null,
      tls_verify: null,
      tls_verify_depth: null,
      ca_certificates: null,
      enabled: true,
    },
  ],
  ['limits', { port: 0, retries: 32767, connect_timeout: 1, read_timeout: 2147483646 }],
  ['ipv4', { host: '10.0.0.1' }],
  ['ipv6', { host: '::1' }],
  ['underscore', { host: 'a_b.test' }],
  ['path-escape', { path: '/a%20b' }],
  ['path-reserved', { path: "/a-b._~!$&'()*+,;=:@/b" }],
  ['path-trailing', { path: '/a/' }],
  ['name-utf8', { name: '円' }],
  ['tags', { tags: ['a b', 'ü', 'x-1'] }],
  ['tags-duplicates', { tags: ['a', 'b', 'a'] }, { tags: ['a', 'b'] }],
  ['tls', { protocol: 'https', tls_verify: true, tls_verify_depth: 64 }],
  ['id-case', { id: ID.a.toUpperCase() }, { id: ID.a }],
]

const PROTOCOL_CONDITION = "failed conditional validation given value of field 'protocol'"

/** Fields of a service: rules, defaults and messages. */
export const SERVICE_FIELDS: Area = {
  name: 'service-fields',
  title: 'Admin API: fields of a service',
  rows: [
    ...refused(SERVICES, SERVICE_REFUSED),
    ...taken(SERVICES, SERVICE_TAKEN),
    ...['tcp', 'tls', 'udp', 'grpc', 'grpcs'].map((protocol) =>
      row(SERVICES, `path-${protocol}`, `A ${protocol} service has no path`, {
        input: { protocol, path: '/x' },
        expect: broken(PROTOCOL_CONDITION, 'path', 'value must be null'),
      }),
    ),
    ...[{ tls_verify: true }, { tls_verify_depth: 1 }].map((input) =>
      row(
        SERVICES,
        `plain-${Object.keys(input).join()}`,
        `${Object.keys(input).join()} is for https and tls only`,
        {
          input,
          expect: broken(PROTOCOL_CONDITION, Object.keys(input).join(), 'value must be null'),
        },
      ),
    ),
  ],
}
