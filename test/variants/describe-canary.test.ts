import { describe, expect, it } from 'vitest'
import { describeCanary } from '../../src/variants/describe-canary.ts'
import { canaryOf } from './stored-canary.ts'

const START = 1_790_000_000
const START_MS = START * 1000

const REST = {
  alwaysGroups: [],
  neverGroups: [],
  overrideHeader: null,
  upstream: { host: 'v2.example', port: null, uri: null },
  isFallbackOn: false,
}

describe('describeCanary', () => {
  it('of a fixed share tells the effective share and that nothing changes by itself', () => {
    const canary = canaryOf({ percentage: 12.34, hash: 'ip', salt: 'autumn' })
    expect(describeCanary(canary, START_MS)).toEqual({
      ...REST,
      mode: 'fixed',
      sharePercent: 12.3,
      steps: 1000,
      startAtMs: null,
      nextChange: null,
      completeAtMs: null,
      stickyOn: { source: 'ip' },
      salt: 'autumn',
      groups: null,
    })
  })

  it('of a timed share tells the share now, the next change and the time of 100 %', () => {
    const canary = canaryOf({ start: START, duration: 36_000, steps: 10 })
    expect(describeCanary(canary, START_MS + 2.5 * 3_600_000)).toEqual({
      ...REST,
      mode: 'timed',
      sharePercent: 20,
      steps: 10,
      startAtMs: START_MS,
      nextChange: { atMs: START_MS + 3 * 3_600_000, sharePercent: 30 },
      completeAtMs: START_MS + 36_000_000,
      stickyOn: { source: 'consumer' },
      salt: null,
      groups: null,
    })
  })

  it('of a timed share without start counts from when it was stored', () => {
    const canary = canaryOf({ duration: 36_000, steps: 10 }, START_MS + 7)
    expect(describeCanary(canary, START_MS + 3_600_007)).toMatchObject({
      sharePercent: 10,
      startAtMs: START_MS + 7,
      completeAtMs: START_MS + 36_000_007,
    })
  })

  it('of a complete rollout names no change', () => {
    const canary = canaryOf({ start: START, duration: 10 })
    expect(describeCanary(canary, START_MS + 10_000)).toMatchObject({
      sharePercent: 100,
      nextChange: null,
      completeAtMs: START_MS + 10_000,
    })
  })

  it.each(['allow', 'deny'] as const)('of %s tells the groups and no share', (hash) => {
    const canary = canaryOf({
      hash,
      groups: ['testers'],
      percentage: 10,
      never_groups: ['vip'],
      always_groups: ['qa'],
      canary_by_header_name: 'X-Canary',
      upstream_fallback: true,
    })
    expect(describeCanary(canary, START_MS)).toEqual({
      mode: hash,
      sharePercent: null,
      steps: null,
      startAtMs: null,
      nextChange: null,
      completeAtMs: null,
      stickyOn: null,
      salt: null,
      groups: ['testers'],
      alwaysGroups: ['qa'],
      neverGroups: ['vip'],
      overrideHeader: 'x-canary',
      upstream: { host: 'v2.example', port: null, uri: null },
      isFallbackOn: true,
    })
  })
})
