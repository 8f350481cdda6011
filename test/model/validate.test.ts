import { describe, expect, test } from 'vitest'
import { schemaViolation } from '../../src/model/schema-violation.ts'
import { parseEntity } from '../../src/model/validate.ts'
import { failure, parse, problems, STAMPS } from './entity-input.ts'

describe('the error for a bad entity', () => {
  test('names the one problem', () => {
    const error = failure(() => parse('services', {}))
    expect(error?.code).toBe('schema_violation')
    expect(error?.status).toBe(400)
    expect(error?.message).toBe('schema violation (host: required field missing)')
    expect(error?.details).toEqual([{ path: ['host'], message: 'required field missing' }])
  })

  test('names every problem at once, sorted by field, those of the entity first', () => {
    const error = failure(() =>
      parse('routes', { protocols: ['http'], snis: ['a.b'], name: 'a b', colour: 1, tags: [2] }),
    )
    expect(error?.message).toBe(
      '6 schema violations (' +
        "must set one of 'methods', 'hosts', 'headers', 'paths' when 'protocols' is 'http'; " +
        "'snis' can only be set when 'protocols' is 'grpcs', 'https', 'tls' or 'tls_passthrough'; " +
        'colour: unknown field; ' +
        "name: invalid value 'a b': the only accepted ascii characters are alphanumerics or ., -, _, and ~; " +
        'snis: length must be 0; ' +
        'tags.1: expected a string)',
    )
  })

  test('counts indexes from 1 in the message and from 0 in the details', () => {
    const error = failure(() => parse('routes', { paths: ['/', 'x'] }))
    expect(error?.message).toBe(
      'schema violation (paths.2: should start with: / (fixed path) or ~/ (regex path))',
    )
    expect(error?.details[0]?.path).toEqual(['paths', 1])
  })

  test('says one thing per field, the first that is wrong', () => {
    expect(problems('services', { host: '' })).toEqual({ host: 'length must be at least 1' })
  })

  test('rules of several fields wait until those fields are valid', () => {
    expect(problems('services', { host: 'a.b', protocol: 'grpx', path: '/x' })).toEqual({
      protocol: 'expected one of: grpc, grpcs, http, https, tcp, tls, tls_passthrough, udp',
    })
    expect(problems('services', { host: 'a.b', protocol: 'grpc', path: '/x', port: '1' })).toEqual({
      '@entity': "failed conditional validation given value of field 'protocol'",
      path: 'value must be null',
      port: 'expected an integer',
    })
  })

  test.each([[null], [undefined], [[]], ['x'], [7], [new Map()]])('%s is no entity', (input) => {
    expect(failure(() => parseEntity('services', input))?.message).toBe(
      'schema violation (expected a record)',
    )
  })
})

describe('unknown fields', () => {
  test.each([
    ['hots', 'unknown field (did you mean "host"?)'],
    ['prot', 'unknown field (did you mean "port"?)'],
    ['read_timeot', 'unknown field (did you mean "read_timeout"?)'],
    ['colour', 'unknown field'],
    ['x'.repeat(65), 'unknown field'],
    ['toString', 'unknown field'],
    ['', 'unknown field'],
  ])('%s: %s', (field, message) => {
    expect(problems('services', { host: 'a.b', [field]: 1 })).toEqual({ [field]: message })
  })

  test('are refused at every depth', () => {
    const healthchecks = { active: { healthy: { sucesses: 1 } } }
    expect(problems('upstreams', { name: 'a.b', healthchecks })).toEqual({
      'healthchecks.active.healthy.sucesses': 'unknown field (did you mean "successes"?)',
    })
    expect(problems('acls', { group: 'g', consumer: { username: 'bob' } })).toEqual({
      'consumer.id': 'required field missing',
      'consumer.username': 'unknown field',
    })
  })

  test.each(['__proto__', 'constructor', 'prototype'])(
    '%s is refused wherever it stands',
    (key) => {
      const nested = JSON.parse(`{"paths":["/"],"headers":{"${key}":["x"]}}`)
      expect(problems('routes', nested)).toEqual({ [`headers.${key}`]: 'unknown field' })
      const top = JSON.parse(`{"host":"a.b","${key}":{"isAdmin":true}}`)
      const error = failure(() => parseEntity('services', { ...STAMPS, ...top }))
      const own = failure(() => parseEntity('services', top))
      for (const found of key === '__proto__' ? [own] : [error, own]) {
        expect(found?.message).toBe(`schema violation (${key}: unknown field)`)
      }
      expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined()
    },
  )

  test('deep and wide nonsense is refused without trouble', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`)
    expect(problems('services', { host: 'a.b', name: deep })).toEqual({ name: 'expected a string' })
    expect(problems('services', { host: 'a.b', deep })).toEqual({ deep: 'unknown field' })
    const wide = Object.fromEntries(Array.from({ length: 50000 }, (_, i) => [`field_${i}`, 1]))
    expect(Object.keys(problems('services', { host: 'a.b', ...wide }))).toHaveLength(50000)
  })
})

describe('schemaViolation', () => {
  test('puts a problem without a path to the entity', () => {
    expect(schemaViolation([{ path: [], message: 'no' }]).message).toBe('schema violation (no)')
  })
})
