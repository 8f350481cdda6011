import { describe, expect, test } from 'vitest'
import { mergeEntity } from '../../src/model/merge.ts'
import { parseEntity } from '../../src/model/validate.ts'
import { failure, OTHER_ID, parse } from './entity-input.ts'

describe('mergeEntity', () => {
  const canary = parse('plugins', {
    name: 'canary',
    config: { upstream_host: 'v2', percentage: 5, groups: ['a', 'b'] },
  })

  test('merges the configuration of a plugin field by field', () => {
    const merged = mergeEntity('plugins', canary, { config: { percentage: 10, groups: ['c'] } })
    expect(merged).toEqual({
      ...canary,
      config: { ...canary.config, percentage: 10, groups: ['c'] },
    })
  })

  test('keeps an explicit null', () => {
    const merged = mergeEntity('plugins', canary, { config: { percentage: null, groups: null } })
    expect(merged.config).toMatchObject({ percentage: null, groups: null, upstream_host: 'v2' })
    expect(mergeEntity('plugins', canary, { config: null }).config).toBeNull()
  })

  test('takes nothing of the configuration of another plugin', () => {
    expect(mergeEntity('plugins', canary, { name: 'acl', config: { allow: ['a'] } })).toMatchObject(
      {
        name: 'acl',
        config: { allow: ['a'] },
      },
    )
    expect(mergeEntity('plugins', canary, { name: 'key-auth' })).not.toHaveProperty('config')
    expect(mergeEntity('plugins', canary, { name: 'canary', config: {} })).toEqual(canary)
  })

  test('merges nested records and replaces arrays', () => {
    const upstream = parse('upstreams', {
      name: 'a.b',
      healthchecks: { active: { timeout: 3, healthy: { interval: 5, http_statuses: [200, 201] } } },
    })
    const patch = { healthchecks: { active: { healthy: { http_statuses: [204] } }, threshold: 50 } }
    const merged = parseEntity('upstreams', mergeEntity('upstreams', upstream, patch))
    expect(merged.healthchecks?.threshold).toBe(50)
    expect(merged.healthchecks?.active).toMatchObject({
      timeout: 3,
      healthy: { interval: 5, http_statuses: [204] },
    })
    expect(merged.healthchecks?.passive).toEqual(upstream.healthchecks?.passive)
  })

  test('replaces sets, maps and foreign keys', () => {
    const route = parse('routes', {
      headers: { a: ['1'], b: ['2'] },
      methods: ['GET'],
      tags: ['x'],
      service: { id: OTHER_ID },
    })
    const patch = { headers: { c: ['3'] }, methods: ['PUT'], tags: null, service: null }
    expect(mergeEntity('routes', route, patch)).toEqual({ ...route, ...patch })
  })

  test('a PATCH with url clears the path', () => {
    const service = parse('services', { url: 'https://a.b/path' })
    expect(mergeEntity('services', service, { url: 'http://c.d:81' })).toEqual({
      ...service,
      protocol: 'http',
      host: 'c.d',
      port: 81,
      path: null,
    })
    const merged = mergeEntity('services', service, { url: 'c.d' })
    expect(failure(() => parse('services', merged))?.code).toBe('schema_violation')
  })

  test('keeps what it does not know for validation to refuse', () => {
    const service = parse('services', { host: 'a.b' })
    const merged = mergeEntity('services', service, { hots: 'c.d' })
    expect(failure(() => parseEntity('services', merged))?.message).toBe(
      'schema violation (hots: unknown field (did you mean "host"?))',
    )
  })

  test.each([
    ['services', '{"__proto__":{"enabled":false}}'],
    ['services', '{"constructor":{"prototype":{"enabled":false}}}'],
  ] as const)('%s: %s pollutes nothing and is refused', (kind, body) => {
    const service = parse('services', { host: 'a.b' })
    const merged = mergeEntity(kind, service, JSON.parse(body))
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype)
    expect('enabled' in {}).toBe(false)
    expect(failure(() => parseEntity(kind, merged))?.message).toContain('unknown field')
  })

  test('the same inside a record', () => {
    const merged = mergeEntity('plugins', canary, JSON.parse('{"config":{"__proto__":{"x":1}}}'))
    expect('x' in {}).toBe(false)
    expect(failure(() => parseEntity('plugins', merged))?.message).toBe(
      'schema violation (config.__proto__: unknown field)',
    )
  })

  test('changes neither the entity nor the patch', () => {
    const before = structuredClone(canary)
    const patch = { config: { percentage: 10 } }
    mergeEntity('plugins', canary, patch)
    expect(canary).toEqual(before)
    expect(patch).toEqual({ config: { percentage: 10 } })
  })
})
