import type { Area } from './conformance.ts'
import {
  type FieldCase,
  PORT_RANGE,
  refused,
  type Table,
  type TakenCase,
  taken,
} from './field-tables.ts'
import { SPEC } from './sources.ts'

export const UPSTREAMS: Table = {
  name: 'upstream',
  path: '/upstreams',
  source: SPEC.upstreamSchema,
  base: { name: 'blue' },
}

const UPSTREAM_REFUSED: readonly FieldCase[] = [
  ['name-missing', { name: undefined }, 'name', 'required field missing'],
  ['name-ip', { name: '1.2.3.4' }, 'name', "Invalid name ('1.2.3.4'); no ip addresses allowed"],
  ['name-ipv6', { name: '::1' }, 'name', "Invalid name ('::1'); no ip addresses allowed"],
  ['name-port', { name: 'a.test:80' }, 'name', "Invalid name ('a.test:80'); no port allowed"],
  ['slots-low', { slots: 9 }, 'slots', 'value should be between 10 and 65536'],
  ['slots-high', { slots: 65537 }, 'slots', 'value should be between 10 and 65536'],
  ['slots-type', { slots: 'many' }, 'slots', 'expected an integer'],
  [
    'hash-on',
    { hash_on: 'something' },
    'hash_on',
    'expected one of: none, consumer, ip, header, cookie, path, query_arg, uri_capture',
  ],
  [
    'hash-fallback',
    { hash_on: 'ip', hash_fallback: 'something' },
    'hash_fallback',
    'expected one of: none, consumer, ip, header, cookie, path, query_arg, uri_capture',
  ],
  [
    'hash-on-header-name',
    { hash_on: 'header', hash_on_header: 'not a header' },
    'hash_on_header',
    "bad header name 'not a header', allowed characters are A-Z, a-z, 0-9, '_', and '-'",
  ],
  ['hash-cookie-path', { hash_on_cookie_path: 'x' }, 'hash_on_cookie_path', 'should start with: /'],
  [
    'algorithm',
    { algorithm: 'random' },
    'algorithm',
    'expected one of: round-robin, consistent-hashing, least-connections, latency',
  ],
  ['host-header', { host_header: 'a.test:80' }, 'host_header', 'must not have a port'],
  [
    'threshold-high',
    { healthchecks: { threshold: 101 } },
    'healthchecks.threshold',
    'value should be between 0 and 100',
  ],
  [
    'threshold-low',
    { healthchecks: { threshold: -1 } },
    'healthchecks.threshold',
    'value should be between 0 and 100',
  ],
  [
    'threshold-type',
    { healthchecks: { threshold: 'x' } },
    'healthchecks.threshold',
    'expected a number',
  ],
  ['healthchecks-type', { healthchecks: 5 }, 'healthchecks', 'expected a record'],
  [
    'active-timeout',
    { healthchecks: { active: { timeout: -1 } } },
    'healthchecks.active.timeout',
    PORT_RANGE,
  ],
  [
    'active-concurrency',
    { healthchecks: { active: { concurrency: 0 } } },
    'healthchecks.active.concurrency',
    'value should be between 1 and 2147483648',
  ],
  [
    'active-path',
    { healthchecks: { active: { http_path: 'x' } } },
    'healthchecks.active.http_path',
    'should start with: /',
  ],
  [
    'active-type',
    { healthchecks: { active: { type: 'udp' } } },
    'healthchecks.active.type',
    'expected one of: tcp, http, https, grpc, grpcs',
  ],
  [
    'active-status',
    { healthchecks: { active: { healthy: { http_statuses: [99] } } } },
    'healthchecks.active.healthy.http_statuses.1',
    'value should be between 100 and 999',
  ],
  [
    'active-successes',
    { healthchecks: { active: { healthy: { successes: 256 } } } },
    'healthchecks.active.healthy.successes',
    'value should be between 0 and 255',
  ],
  [
    'passive-timeouts',
    { healthchecks: { passive: { unhealthy: { timeouts: 1.5 } } } },
    'healthchecks.passive.unhealthy.timeouts',
    'expected an integer',
  ],
  [
    'passive-unknown',
    { healthchecks: { passive: { foo: 1 } } },
    'healthchecks.passive.foo',
    'unknown field',
  ],
]

const UPSTREAM_TAKEN: readonly TakenCase[] = [
  [
    'defaults',
    {},
    {
      algorithm: 'round-robin',
      hash_on: 'none',
      hash_fallback: 'none',
      hash_on_header: null,
      hash_fallback_header: null,
      hash_on_cookie: null,
      hash_on_cookie_path: '/',
      hash_on_query_arg: null,
      hash_fallback_query_arg: null,
      hash_on_uri_capture: null,
      hash_fallback_uri_capture: null,
      slots: 10000,
      host_header: null,
      client_certificate: null,
      use_srv_name: false,
      tags: null,
    },
  ],
  [
    'healthcheck-defaults',
    {},
    {
      healthchecks: {
        threshold: 0,
        active: {
          type: 'http',
          timeout: 1,
          concurrency: 10,
          http_path: '/',
          https_sni: null,
          https_verify_certificate: true,
          headers: null,
          healthy: { interval: 0, http_statuses: [200, 302], successes: 0 },
          unhealthy: {
            interval: 0,
            http_statuses: [429, 404, 500, 501, 502, 503, 504, 505],
            tcp_failures: 0,
            timeouts: 0,
            http_failures: 0,
          },
        },
        passive: {
          type: 'http',
          healthy: {
            http_statuses: [
              200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 306,
              307, 308,
            ],
            successes: 0,
          },
          unhealthy: {
            http_statuses: [429, 500, 503],
            tcp_failures: 0,
            timeouts: 0,
            http_failures: 0,
          },
        },
      },
    },
  ],
  ['slots', { slots: 10 }],
  ['null', { algorithm: null, hash_on: null, hash_fallback: null, slots: null }],
  ['null-service-name', { use_srv_name: null }],
  ['null-healthchecks', { healthchecks: null }],
  ['null-active', { healthchecks: { active: null, threshold: null } }],
  [
    'null-interval',
    { healthchecks: { active: { healthy: { interval: null, http_statuses: null } } } },
  ],
  ['null-passive-type', { healthchecks: { passive: { type: null, unhealthy: null } } }],
  ['hash-header', { hash_on: 'header', hash_on_header: 'X-User', hash_fallback: 'ip' }],
  ['hash-cookie', { hash_on: 'cookie', hash_on_cookie: 'sid', hash_on_cookie_path: '/a' }],
  ['fallback-cookie', { hash_on: 'ip', hash_fallback: 'cookie', hash_on_cookie: 'sid' }],
  ['hash-path', { hash_on: 'path' }],
  ['hash-query', { hash_on: 'query_arg', hash_on_query_arg: 'user' }],
  ['hash-capture', { hash_on: 'uri_capture', hash_on_uri_capture: 'id' }],
  [
    'two-headers',
    {
      hash_on: 'header',
      hash_on_header: 'x-one',
      hash_fallback: 'header',
      hash_fallback_header: 'x-two',
    },
  ],
]

/** Fields of an upstream: rules, defaults and messages. */
export const UPSTREAM_FIELDS: Area = {
  name: 'upstream-fields',
  title: 'Admin API: fields of an upstream',
  rows: [...refused(UPSTREAMS, UPSTREAM_REFUSED), ...taken(UPSTREAMS, UPSTREAM_TAKEN)],
}
