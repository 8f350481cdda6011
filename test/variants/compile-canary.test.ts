import { describe, expect, it } from 'vitest'
import { PLUGIN_DEFINITION } from '../../src/model/plugin.ts'
import type { CanaryConfig } from '../../src/model/plugins/canary.ts'
import type { StickyOn } from '../../src/variants/compile-canary.ts'
import { compileCycle } from '../../src/variants/cycle.ts'
import { canaryOf, DEFAULTS, PLUGIN_ID } from './stored-canary.ts'

describe('compileCanary', () => {
  it('takes over every field of a stored plugin, header names in lower case', () => {
    const canary = canaryOf({
      percentage: 25,
      steps: 200,
      hash: 'header',
      hash_header: 'X-User-Id',
      salt: 'autumn',
      canary_by_header_name: 'X-Canary',
      always_groups: ['testers'],
      never_groups: ['vip', 'bank'],
      upstream_host: 'v2.internal',
      upstream_port: 8443,
      upstream_uri: '/v2',
      upstream_fallback: true,
      safety_net: true,
      safety_net_statuses: [500],
      drain: 'close_after',
      drain_after: 2.5,
      variant_header: 'X-Variant',
    })
    expect(canary).toEqual({
      pluginId: PLUGIN_ID,
      overrideHeader: 'x-canary',
      neverGroups: ['vip', 'bank'],
      alwaysGroups: ['testers'],
      assignment: {
        kind: 'hash',
        stickyOn: { source: 'header', name: 'x-user-id' },
        salt: 'autumn',
        schedule: {
          kind: 'fixed',
          share: { step: 50, steps: 200, sharePercent: 25, threshold: 2 ** 30 },
        },
        cycle: compileCycle(200),
      },
      upstream: { host: 'v2.internal', port: 8443, uri: '/v2' },
      isFallbackOn: true,
      safetyNetStatuses: new Set([500]),
      closesStreamsAfterMs: 2500,
      variantHeader: 'X-Variant',
    })
  })

  it('leaves what is not configured empty', () => {
    expect(canaryOf({ variant_header: null })).toMatchObject({
      overrideHeader: null,
      neverGroups: [],
      alwaysGroups: [],
      assignment: { salt: null, stickyOn: { source: 'consumer' } },
      upstream: { port: null, uri: null },
      isFallbackOn: false,
      variantHeader: null,
    })
  })

  it.each<[CanaryConfig['hash'], StickyOn]>([
    ['consumer', { source: 'consumer' }],
    ['ip', { source: 'ip' }],
    ['none', { source: 'none' }],
    ['header', { source: 'header', name: 'x-user' }],
    ['cookie', { source: 'cookie', name: 'Side' }],
  ])('with hash %s takes the sticky key from there', (hash, stickyOn) => {
    const canary = canaryOf({ hash, hash_header: 'X-User', hash_cookie: 'Side' })
    expect(canary.assignment).toMatchObject({ kind: 'hash', stickyOn })
  })

  it.each<[CanaryConfig['hash'], string]>([
    ['allow', 'allow'],
    ['whitelist', 'allow'],
    ['deny', 'deny'],
    ['blacklist', 'deny'],
  ])('treats %s as %s', (hash, kind) => {
    const { assignment } = canaryOf({ hash, groups: ['a', 'b'], percentage: 10 })
    expect(assignment).toEqual({ kind, groups: ['a', 'b'] })
  })

  it.each<[string, Partial<CanaryConfig>, number | undefined, number | null]>([
    ['its start', { start: 1_790_000_000.5 }, 1_780_000_000_000, 1_790_000_000_500],
    ['the time of storing', { start: null }, 1_780_000_000_000, 1_780_000_000_000],
    ['nothing, when neither is known', { start: null }, undefined, null],
  ])('counts a timed share from %s', (_, config, timedSince, startMs) => {
    expect(canaryOf({ duration: 1.5, ...config }, timedSince).assignment).toMatchObject({
      schedule: { kind: 'timed', startMs, durationMs: 1500, steps: 1000 },
    })
  })

  it('is tested with the defaults of the schema', () => {
    const plugin = PLUGIN_DEFINITION.schema.parse({
      id: PLUGIN_ID,
      created_at: 1_790_000_000,
      updated_at: 1_790_000_000,
      name: 'canary',
      config: { upstream_host: DEFAULTS.upstream_host },
    })
    expect(plugin.config).toEqual(DEFAULTS)
  })
})
