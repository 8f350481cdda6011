import { describe, expect, test } from 'vitest'
import { mergeEntity } from '../../src/model/merge.ts'
import { parse, problems, SOME_ID } from './entity-input.ts'

const COUNTERS = { tcp_failures: 0, timeouts: 0, http_failures: 0 }

function nulled(record: object | null | undefined): Readonly<Record<string, null>> {
  return Object.fromEntries(Object.keys(record ?? {}).map((field) => [field, null]))
}

describe('upstream', () => {
  test('has the defaults of Kong, and those of what Kong does not have', () => {
    expect(parse('upstreams', { name: 'a.b' })).toEqual({
      id: SOME_ID,
      created_at: 1700000000,
      updated_at: 1700000001,
      name: 'a.b',
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
      tags: null,
      host_header: null,
      client_certificate: null,
      use_srv_name: false,
      slow_start: 0,
      circuit_breaker: { max_connections: 1024, max_pending_requests: 1024, max_requests: 1024 },
      retry_budget: { percent: 20, min_concurrency: 3 },
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
            ...COUNTERS,
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
          unhealthy: { http_statuses: [429, 500, 503], ...COUNTERS },
          recovery: 30,
          max_ejected_percent: 50,
        },
      },
    })
  })

  test.each([
    ['name', null, 'required field missing'],
    ['name', '1.2.3.4', "Invalid name ('1.2.3.4'); no ip addresses allowed"],
    ['name', '::1', "Invalid name ('::1'); no ip addresses allowed"],
    ['name', 'a.b:80', "Invalid name ('a.b:80'); no port allowed"],
    ['name', 'a b', "Invalid name ('a b'); must be a valid hostname"],
    [
      'algorithm',
      'random',
      'expected one of: round-robin, consistent-hashing, least-connections, latency',
    ],
    [
      'hash_on',
      'body',
      'expected one of: none, consumer, ip, header, cookie, path, query_arg, uri_capture',
    ],
    [
      'hash_on_header',
      'a b',
      "bad header name 'a b', allowed characters are A-Z, a-z, 0-9, '_', and '-'",
    ],
    [
      'hash_on_cookie',
      'a;b',
      "bad cookie name 'a;b', allowed characters are A-Z, a-z, 0-9, '_', and '-'",
    ],
    ['hash_on_cookie_path', 'a', 'should start with: /'],
    ['slots', 9, 'value should be between 10 and 65536'],
    ['slots', 65537, 'value should be between 10 and 65536'],
    ['host_header', 'a:80', 'must not have a port'],
    ['healthchecks', [], 'expected a record'],
  ])('%s %j: %s', (field, value, message) => {
    expect(problems('upstreams', { name: 'a.b', [field]: value })).toEqual({ [field]: message })
  })

  test.each([
    ['threshold', { threshold: 101 }, 'value should be between 0 and 100'],
    ['active.timeout', { active: { timeout: 65536 } }, 'value should be between 0 and 65535'],
    [
      'active.concurrency',
      { active: { concurrency: 0 } },
      'value should be between 1 and 2147483648',
    ],
    ['active.type', { active: { type: 'udp' } }, 'expected one of: tcp, http, https, grpc, grpcs'],
    [
      'active.healthy.successes',
      { active: { healthy: { successes: 256 } } },
      'value should be between 0 and 255',
    ],
    ['active.healthy.interval', { active: { healthy: { interval: '1' } } }, 'expected a number'],
    [
      'active.unhealthy.http_statuses.1',
      { active: { unhealthy: { http_statuses: [500, 99] } } },
      'value should be between 100 and 999',
    ],
    ['active.headers.x', { active: { headers: { x: 'y' } } }, 'expected an array'],
    [
      'passive.unhealthy.timeout',
      { passive: { unhealthy: { timeout: 1 } } },
      'unknown field (did you mean "timeouts"?)',
    ],
  ])('healthchecks.%s %j: %s', (path, healthchecks, message) => {
    expect(problems('upstreams', { name: 'a.b', healthchecks })).toEqual({
      [`healthchecks.${path}`]: message,
    })
  })

  test.each([
    ['max_connections', 0, 'value should be between 1 and 2147483648'],
    ['max_pending_requests', 1.5, 'expected an integer'],
    ['max_requests', 'x', 'expected an integer'],
    ['max_retries', 3, 'unknown field (did you mean "max_requests"?)'],
  ])('circuit_breaker.%s %j: %s', (field, value, message) => {
    expect(problems('upstreams', { name: 'a.b', circuit_breaker: { [field]: value } })).toEqual({
      [`circuit_breaker.${field}`]: message,
    })
  })

  test.each([
    ['percent', 101, 'value should be between 0 and 100'],
    ['percent', '20', 'expected a number'],
    ['min_concurrency', -1, 'value should be between 0 and 2147483648'],
    ['min_concurrency', 1.5, 'expected an integer'],
    ['budget_percent', 20, 'unknown field (did you mean "percent"?)'],
  ])('retry_budget.%s %j: %s', (field, value, message) => {
    expect(problems('upstreams', { name: 'a.b', retry_budget: { [field]: value } })).toEqual({
      [`retry_budget.${field}`]: message,
    })
  })

  test('fractions of a second are fine for probes', () => {
    const { healthchecks } = parse('upstreams', {
      name: 'a.b',
      healthchecks: { active: { timeout: 0.5, healthy: { interval: 0.1 } } },
    })
    const healthy = { interval: 0.1, successes: 0 }
    expect(healthchecks?.active).toMatchObject({ timeout: 0.5, healthy })
  })

  test('every field but the name may be null', () => {
    const { name, id, created_at, updated_at, ...others } = parse('upstreams', { name: 'a.b' })
    const empty = Object.fromEntries(Object.keys(others).map((field) => [field, null]))
    expect(parse('upstreams', { name, ...empty })).toMatchObject({ name: 'a.b', ...empty })
  })

  test('so may every field of the health checks', () => {
    const { healthchecks } = parse('upstreams', { name: 'a.b' })
    const { active, passive } = healthchecks ?? {}
    for (const records of [
      { active: null, passive: null, threshold: null },
      { active: nulled(active), passive: nulled(passive) },
      {
        active: { healthy: nulled(active?.healthy), unhealthy: nulled(active?.unhealthy) },
        passive: { healthy: nulled(passive?.healthy), unhealthy: nulled(passive?.unhealthy) },
      },
    ]) {
      const input = { name: 'a.b', healthchecks: records }
      expect(parse('upstreams', input)).toMatchObject(input)
    }
  })

  test.each([
    [{ hash_on: 'header' }, 'hash_on', { hash_on_header: 'required field missing' }],
    [{ hash_on: 'cookie' }, 'hash_on', { hash_on_cookie: 'required field missing' }],
    [{ hash_on: 'query_arg' }, 'hash_on', { hash_on_query_arg: 'required field missing' }],
    [{ hash_on: 'uri_capture' }, 'hash_on', { hash_on_uri_capture: 'required field missing' }],
    [
      { hash_on: 'ip', hash_fallback: 'header' },
      'hash_fallback',
      { hash_fallback_header: 'required field missing' },
    ],
    [
      { hash_on: 'ip', hash_fallback: 'cookie' },
      'hash_fallback',
      { hash_on_cookie: 'required field missing' },
    ],
    [
      { hash_on: 'ip', hash_fallback: 'query_arg' },
      'hash_fallback',
      { hash_fallback_query_arg: 'required field missing' },
    ],
    [
      { hash_on: 'ip', hash_fallback: 'uri_capture' },
      'hash_fallback',
      { hash_fallback_uri_capture: 'required field missing' },
    ],
    [
      { hash_on: 'none', hash_fallback: 'ip' },
      'hash_on',
      { hash_fallback: 'expected one of: none' },
    ],
    [
      { hash_on: 'cookie', hash_on_cookie: 'c', hash_fallback: 'ip' },
      'hash_on',
      { hash_fallback: 'expected one of: none' },
    ],
    [
      { hash_on: 'ip', hash_fallback: 'ip' },
      'hash_on',
      {
        hash_fallback:
          'expected one of: none, consumer, header, cookie, path, query_arg, uri_capture',
      },
    ],
    [
      { hash_on: 'consumer', hash_fallback: 'consumer' },
      'hash_on',
      { hash_fallback: 'expected one of: none, ip, header, cookie, path, query_arg, uri_capture' },
    ],
    [
      { hash_on: 'path', hash_fallback: 'path' },
      'hash_on',
      {
        hash_fallback:
          'expected one of: none, consumer, ip, header, cookie, query_arg, uri_capture',
      },
    ],
  ])('%j fails because of %s', (fields, field, expected) => {
    expect(problems('upstreams', { name: 'a.b', ...fields })).toEqual({
      '@entity': `failed conditional validation given value of field '${field}'`,
      ...expected,
    })
  })

  test.each([
    ['hash_on_header', 'hash_fallback_header'],
    ['hash_on_query_arg', 'hash_fallback_query_arg'],
    ['hash_on_uri_capture', 'hash_fallback_uri_capture'],
  ])('%s and %s must differ', (one, other) => {
    expect(problems('upstreams', { name: 'a.b', [one]: 'x', [other]: 'x' })).toEqual({
      '@entity': `values of these fields must be distinct: '${one}', '${other}'`,
    })
    expect(problems('upstreams', { name: 'a.b', [one]: 'x', [other]: 'y' })).toEqual({})
  })

  test('names of headers that differ in case only are the same', () => {
    const headers = { hash_on_header: 'X-User', hash_fallback_header: 'x-user' }
    expect(problems('upstreams', { name: 'a.b', ...headers })).toEqual({
      '@entity':
        "values of these fields must be distinct: 'hash_on_header', 'hash_fallback_header'",
    })
    const args = { hash_on_query_arg: 'A', hash_fallback_query_arg: 'a' }
    expect(problems('upstreams', { name: 'a.b', ...args })).toEqual({})
  })
})

describe('shorthands of an upstream', () => {
  test.each([
    [{ hash_on: 'consumer' }, 'consistent-hashing', 'consumer'],
    [{ hash_on: 'none' }, 'round-robin', 'none'],
    [{ hash_on: 'ip', algorithm: 'round-robin' }, 'round-robin', 'ip'],
    [{ algorithm: 'latency' }, 'latency', 'none'],
    [{ algorithm: 'consistent-hashing' }, 'consistent-hashing', 'none'],
    [{ hash_on: 'none', algorithm: 'least-connections' }, 'least-connections', 'none'],
  ])('%j makes the algorithm %s and hash_on %s', (fields, algorithm, hashOn) => {
    expect(parse('upstreams', { name: 'a.b', ...fields })).toMatchObject({
      algorithm,
      hash_on: hashOn,
    })
  })

  test('a PATCH to an algorithm that does not hash turns hashing off', () => {
    const current = parse('upstreams', { name: 'a.b', hash_on: 'consumer', hash_fallback: 'ip' })
    expect(mergeEntity('upstreams', current, { algorithm: 'least-connections' })).toMatchObject({
      algorithm: 'least-connections',
      hash_on: 'none',
      hash_fallback: 'none',
    })
    expect(mergeEntity('upstreams', current, { algorithm: 'round-robin' })).toMatchObject({
      algorithm: 'round-robin',
      hash_on: 'consumer',
    })
  })

  test('a PATCH of hash_on sets the algorithm', () => {
    const current = parse('upstreams', { name: 'a.b', algorithm: 'least-connections' })
    expect(mergeEntity('upstreams', current, { hash_on: 'ip' })).toMatchObject({
      algorithm: 'consistent-hashing',
      hash_on: 'ip',
    })
  })
})
