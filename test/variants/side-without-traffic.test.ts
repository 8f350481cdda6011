import { describe, expect, it } from 'vitest'
import type { DecisionRule, Variant } from '../../src/model/decision.ts'
import type { CanaryConfig } from '../../src/model/plugins/canary.ts'
import { sideWithoutTraffic } from '../../src/variants/side-without-traffic.ts'
import { canaryOf } from './stored-canary.ts'

const START_S = 1_800_000_000

describe('sideWithoutTraffic', () => {
  it.each<[string, Partial<CanaryConfig>, DecisionRule, Variant | null]>([
    ['none of it', { percentage: 0 }, 'hash', 'canary'],
    ['some of it', { percentage: 0.1 }, 'hash', null],
    ['nearly all', { percentage: 99.9 }, 'hash', null],
    ['all of it', { percentage: 100 }, 'hash', 'primary'],
    ['all of it, before there was a canary', { percentage: 100 }, 'no-canary', 'primary'],
    ['none of it, for testers', { percentage: 0 }, 'always-groups', null],
    ['none of it, by header', { percentage: 0 }, 'header-override', null],
    ['all of it, for the bank', { percentage: 100 }, 'never-groups', null],
    ['all of it, while the canary is down', { percentage: 100 }, 'upstream-fallback', null],
    ['as groups say', { hash: 'allow', groups: [], percentage: 0 }, 'hash', null],
  ])('of a share with %s', (_share, config, rule, side) => {
    expect(sideWithoutTraffic(canaryOf(config), rule, START_S * 1000)).toBe(side)
  })

  it('is the canary without a plugin, whatever chose it', () => {
    expect(sideWithoutTraffic(null, 'always-groups', 0)).toBe('canary')
  })

  it('changes by itself in a timed rollout', () => {
    const canary = canaryOf({ start: START_S, duration: 10 })
    const at = (seconds: number) => sideWithoutTraffic(canary, 'hash', (START_S + seconds) * 1000)
    expect([at(0), at(5), at(10)]).toEqual(['canary', null, 'primary'])
  })
})
