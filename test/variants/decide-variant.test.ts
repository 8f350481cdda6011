import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Decision, DecisionRule, Variant } from '../../src/model/decision.ts'
import { type Identity, NOBODY } from '../../src/model/identity.ts'
import type { CanaryConfig } from '../../src/model/plugins/canary.ts'
import { bucketOf } from '../../src/variants/bucket.ts'
import { type DecisionInput, decideVariant } from '../../src/variants/decide-variant.ts'
import {
  canaryOf,
  consumerOf,
  countedDraws,
  identityOf,
  PLUGIN_ID,
  requestOf,
  SERVICE_ID,
} from './stored-canary.ts'
import { thresholdFor } from './threshold-for.ts'

const NOW = 1_790_000_500_000

interface Case {
  readonly config: Partial<CanaryConfig>
  readonly fields?: readonly (readonly [string, string])[]
  readonly identity?: Identity
  readonly clientAddress?: string
  readonly isCanaryUsable?: boolean
  readonly now?: number
}

function decide(given: Case): Decision {
  return decideVariant(canaryOf(given.config), inputOf(given), given.now ?? NOW, countedDraws())
}

function inputOf(given: Omit<Case, 'config'>): DecisionInput {
  return {
    request: requestOf(given.fields, given.clientAddress),
    identity: given.identity ?? NOBODY,
    serviceId: SERVICE_ID,
    isCanaryUsable: given.isCanaryUsable ?? true,
  }
}

describe('the order of the rules', () => {
  const tester = identityOf('bob', ['testers'])
  const testerAndVip = identityOf('bob', ['testers', 'vip'])
  const override = { canary_by_header_name: 'X-Canary' }
  const always = [['x-canary', 'always']] as const
  const never = [['x-canary', 'never']] as const

  it.each<[string, Case, Variant, DecisionRule]>([
    [
      'always in the override header beats never_groups',
      {
        config: { ...override, percentage: 0, never_groups: ['vip'] },
        fields: always,
        identity: testerAndVip,
      },
      'canary',
      'header-override',
    ],
    [
      'never in the override header beats always_groups',
      {
        config: { ...override, percentage: 100, always_groups: ['testers'] },
        fields: never,
        identity: tester,
      },
      'primary',
      'header-override',
    ],
    [
      'the override header beats allow',
      { config: { ...override, hash: 'allow', groups: ['testers'] }, fields: always },
      'canary',
      'header-override',
    ],
    [
      'never_groups beats always_groups',
      {
        config: { percentage: 100, never_groups: ['vip'], always_groups: ['testers'] },
        identity: testerAndVip,
      },
      'primary',
      'never-groups',
    ],
    [
      'never_groups beats allow',
      {
        config: { hash: 'allow', groups: ['testers'], never_groups: ['vip'] },
        identity: testerAndVip,
      },
      'primary',
      'never-groups',
    ],
    [
      'never_groups beats a share of 100',
      { config: { percentage: 100, never_groups: ['vip'] }, identity: testerAndVip },
      'primary',
      'never-groups',
    ],
    [
      'always_groups beats a share of 0',
      { config: { percentage: 0, always_groups: ['testers'] }, identity: tester },
      'canary',
      'always-groups',
    ],
    [
      'always_groups beats deny',
      {
        config: { hash: 'deny', groups: ['testers'], always_groups: ['testers'] },
        identity: tester,
      },
      'canary',
      'always-groups',
    ],
    [
      'always_groups beats a rollout that has not begun',
      {
        config: { start: NOW / 1000 + 60, always_groups: ['testers'] },
        identity: tester,
      },
      'canary',
      'always-groups',
    ],
    [
      'a consumer in neither list is hashed',
      {
        config: { percentage: 0, never_groups: ['vip'], always_groups: ['employees'] },
        identity: tester,
      },
      'primary',
      'hash',
    ],
  ])('%s', (_, given, variant, rule) => {
    expect(decide(given)).toEqual({
      variant,
      rule,
      pluginId: PLUGIN_ID,
      hash: rule === 'hash' ? expect.any(Object) : null,
      issueCookie: null,
    })
  })

  it('without a canary is the primary', () => {
    expect(decideVariant(null, inputOf({}), NOW, countedDraws())).toEqual({
      variant: 'primary',
      rule: 'no-canary',
      pluginId: null,
      hash: null,
      issueCookie: null,
    })
  })
})

describe('the override header', () => {
  const config = { canary_by_header_name: 'X-Canary', percentage: 0 }

  it.each(['Always', 'ALWAYS', 'always!', 'true', 'canary', 'yes', '', 'always, never', '1'])(
    'with %j leaves the request to the other rules',
    (word) => {
      expect(decide({ config, fields: [['x-canary', word]] }).rule).toBe('hash')
    },
  )

  it('sent twice counts by its first value', () => {
    const fields = [
      ['x-canary', 'never'],
      ['x-canary', 'always'],
    ] as const
    expect(decide({ config: { ...config, percentage: 100 }, fields })).toMatchObject({
      variant: 'primary',
      rule: 'header-override',
    })
  })

  it('does nothing when the canary names none', () => {
    const fields = [['x-canary', 'always']] as const
    expect(decide({ config: { percentage: 0 }, fields })).toMatchObject({
      variant: 'primary',
      rule: 'hash',
    })
  })
})

describe('allow and deny', () => {
  const anonymous = (groups: string[]): Identity => ({
    ...identityOf('guest', groups),
    isAnonymous: true,
  })

  it.each<[CanaryConfig['hash'], string, Identity, Variant, DecisionRule]>([
    ['allow', 'a consumer in a listed group', identityOf('bob', ['staff']), 'canary', 'allow'],
    ['allow', 'a consumer in another group', identityOf('bob', ['other']), 'primary', 'allow'],
    ['allow', 'a consumer in no group', identityOf('bob'), 'primary', 'allow'],
    ['allow', 'no consumer', NOBODY, 'primary', 'allow'],
    ['allow', 'an anonymous consumer in the group', anonymous(['staff']), 'canary', 'allow'],
    ['deny', 'a consumer in a listed group', identityOf('bob', ['staff']), 'primary', 'deny'],
    ['deny', 'a consumer in another group', identityOf('bob', ['other']), 'canary', 'deny'],
    ['deny', 'a consumer in no group', identityOf('bob'), 'canary', 'deny'],
    ['deny', 'no consumer', NOBODY, 'canary', 'deny'],
    ['whitelist', 'a consumer in a listed group', identityOf('b', ['testers']), 'canary', 'allow'],
    ['whitelist', 'no consumer', NOBODY, 'primary', 'allow'],
    ['blacklist', 'a consumer in a listed group', identityOf('b', ['testers']), 'primary', 'deny'],
    ['blacklist', 'no consumer', NOBODY, 'canary', 'deny'],
  ])('%s: %s', (hash, _, identity, variant, rule) => {
    const config = { hash, groups: ['testers', 'staff'] }
    expect(decide({ config, identity })).toMatchObject({ variant, rule, hash: null })
  })

  it.each([0, 100])('use no percentage (%d)', (percentage) => {
    const config = { percentage, hash: 'allow', groups: ['staff'] } as const
    expect(decide({ config, identity: identityOf('bob', ['staff']) }).variant).toBe('canary')
    expect(decide({ config, identity: identityOf('bob') }).variant).toBe('primary')
  })
})

describe('the sticky key', () => {
  const bob = identityOf('bob')
  const guest: Identity = { ...identityOf('guest'), isAnonymous: true }
  const header = { hash: 'header', hash_header: 'X-User' } as const
  const named = [['x-user', 'u-42']] as const

  it.each<[string, Case, string, string | null]>([
    ['consumer: the id', { config: {}, identity: bob }, 'consumer', 'bob'],
    ['consumer missing: the address', { config: {} }, 'ip', '203.0.113.7'],
    ['consumer anonymous: the address', { config: {}, identity: guest }, 'ip', '203.0.113.7'],
    ['consumer and address missing: none', { config: {}, clientAddress: '' }, 'none', null],
    ['ip: the address', { config: { hash: 'ip' }, identity: bob }, 'ip', '203.0.113.7'],
    [
      'ip missing: none',
      { config: { hash: 'ip' }, identity: bob, clientAddress: '' },
      'none',
      null,
    ],
    ['header: its value', { config: header, identity: bob, fields: named }, 'header', 'u-42'],
    ['header missing: the consumer', { config: header, identity: bob }, 'consumer', 'bob'],
    [
      'header empty: the consumer',
      { config: header, identity: bob, fields: [['x-user', '']] },
      'consumer',
      'bob',
    ],
    ['header and consumer missing: the address', { config: header }, 'ip', '203.0.113.7'],
    [
      'header, consumer, address missing: none',
      { config: header, clientAddress: '' },
      'none',
      null,
    ],
    [
      'cookie: its value',
      {
        config: { hash: 'cookie', hash_cookie: 'side' },
        identity: bob,
        fields: [['cookie', 'a=b; side=s-1']],
      },
      'cookie',
      's-1',
    ],
    [
      'cookie in a second field: its value',
      {
        config: { hash: 'cookie', hash_cookie: 'side' },
        fields: [
          ['cookie', 'a=b'],
          ['cookie', 'side=s-2'],
        ],
      },
      'cookie',
      's-2',
    ],
    ['none: nothing', { config: { hash: 'none' }, identity: bob, fields: named }, 'none', null],
  ])('of %s', (_, given, source, key) => {
    const decision = decide({ ...given, config: { percentage: 30, ...given.config } })
    expect(decision.rule).toBe('hash')
    expect(decision.issueCookie).toBeNull()
    const bucket = key === null ? 0 : bucketOf(SERVICE_ID, key)
    const threshold = thresholdFor({ percentage: 30, steps: 1000 })
    expect(decision.hash).toEqual({
      source,
      key,
      salt: SERVICE_ID,
      bucket,
      threshold,
      sharePercent: 30,
    })
    expect(decision.variant).toBe(bucket < threshold ? 'canary' : 'primary')
  })

  it.each([
    ['absent', []],
    ['empty', [['cookie', 'side=']]],
    ['of another name', [['cookie', 'Side=s-1; sides=s-2']]],
  ] as const)('is drawn and issued as a cookie when the cookie is %s', (_, fields) => {
    const config = { percentage: 100, hash: 'cookie', hash_cookie: 'side' } as const
    expect(decide({ config, fields, identity: bob })).toMatchObject({
      variant: 'canary',
      rule: 'hash',
      hash: { source: 'cookie', key: 'uuid-1', bucket: bucketOf(SERVICE_ID, 'uuid-1') },
      issueCookie: { name: 'side', value: 'uuid-1' },
    })
  })

  it('of an issued cookie decides the same when the cookie comes back', () => {
    const canary = canaryOf({ percentage: 50, hash: 'cookie', hash_cookie: 'side' })
    const draws = countedDraws()
    for (let i = 0; i < 50; i++) {
      const first = decideVariant(canary, inputOf({}), NOW, draws)
      const fields = [['cookie', `side=${first.issueCookie?.value}`]] as const
      const second = decideVariant(canary, inputOf({ fields }), NOW, draws)
      expect(second).toEqual({ ...first, issueCookie: null })
    }
  })

  it('issues no cookie when no hash decides', () => {
    const config = {
      percentage: 50,
      hash: 'cookie',
      hash_cookie: 'side',
      always_groups: ['testers'],
    } as const
    expect(decide({ config, identity: identityOf('bob', ['testers']) }).issueCookie).toBeNull()
  })

  it('is mixed with the own salt of the canary, else with the id of the service', () => {
    const salted = decide({ config: { percentage: 10, salt: 'autumn' }, identity: bob })
    expect(salted.hash).toMatchObject({ salt: 'autumn', bucket: bucketOf('autumn', 'bob') })
    const unsalted = decide({ config: { percentage: 10 }, identity: bob })
    expect(unsalted.hash).toMatchObject({ salt: SERVICE_ID, bucket: bucketOf(SERVICE_ID, 'bob') })
  })

  it('of a consumer is the id, whatever the names', () => {
    const identity = { ...bob, consumer: consumerOf('bob', null) }
    expect(decide({ config: { percentage: 10 }, identity }).hash?.key).toBe('bob')
  })
})

describe('requests without a sticky key', () => {
  it.each([
    [0, 1000, 0],
    [100, 1000, 1000],
    [10, 1000, 100],
    [33.3, 1000, 333],
    [50, 7, 3],
  ])('at %d %% in %d steps: %d a round on the canary', (percentage, steps, canaries) => {
    const canary = canaryOf({ percentage, steps, hash: 'none' })
    const draws = countedDraws()
    const decisions = Array.from({ length: steps }, () =>
      decideVariant(canary, inputOf({}), NOW, draws),
    )
    expect(decisions.filter(({ variant }) => variant === 'canary')).toHaveLength(canaries)
    expect(new Set(decisions.map(({ hash }) => hash?.bucket)).size).toBe(steps)
  })

  it('take their places from the counter of the plugin', () => {
    const names: string[] = []
    const draws = { ...countedDraws(), nextInCycle: (name: string) => names.push(name) - 1 }
    const canary = canaryOf({ percentage: 50, hash: 'none' })
    decideVariant(canary, inputOf({}), NOW, draws)
    decideVariant(canary, inputOf({}), NOW, draws)
    expect(names).toEqual([PLUGIN_ID, PLUGIN_ID])
  })
})

describe('a timed canary', () => {
  it('sends nobody before its start and everybody after its end', () => {
    const config = { start: NOW / 1000, duration: 100 }
    fc.assert(
      fc.property(fc.string(), (id) => {
        const identity = identityOf(id)
        const at = (now: number) => decide({ config, identity, now }).variant
        expect(at(NOW - 1)).toBe('primary')
        expect(at(NOW)).toBe('primary')
        expect(at(NOW + 100_000)).toBe('canary')
      }),
    )
  })

  it('counts from when it was stored when it has no start', () => {
    const canary = canaryOf({ duration: 100 }, NOW)
    const percentAt = (now: number) =>
      decideVariant(canary, inputOf({}), now, countedDraws()).hash?.sharePercent
    expect([percentAt(NOW), percentAt(NOW + 50_000), percentAt(NOW + 100_000)]).toEqual([
      0, 50, 100,
    ])
  })
})

describe('upstream_fallback', () => {
  const dead = { isCanaryUsable: false }
  const fallback = { upstream_fallback: true }
  const tester = identityOf('bob', ['testers'])

  it.each<[string, Case]>([
    [
      'always in the override header',
      {
        config: { ...fallback, canary_by_header_name: 'x-canary' },
        fields: [['x-canary', 'always']],
      },
    ],
    ['always_groups', { config: { ...fallback, always_groups: ['testers'] }, identity: tester }],
    ['allow', { config: { ...fallback, hash: 'allow', groups: ['testers'] }, identity: tester }],
    ['deny', { config: { ...fallback, hash: 'deny', groups: ['others'] }, identity: tester }],
    ['hash', { config: { ...fallback, percentage: 100 }, identity: tester }],
  ])('takes the primary while the canary is dead, though %s chose it', (_, given) => {
    expect(decide({ ...given, ...dead })).toMatchObject({
      variant: 'primary',
      rule: 'upstream-fallback',
    })
    expect(decide(given)).toMatchObject({ variant: 'canary' })
    const withoutFallback = { ...given, config: { ...given.config, upstream_fallback: false } }
    expect(decide({ ...withoutFallback, ...dead })).toMatchObject({ variant: 'canary' })
  })

  it('keeps the numbers of the hash and the cookie it issued', () => {
    const config = { ...fallback, percentage: 100, hash: 'cookie', hash_cookie: 'side' } as const
    const healthy = decide({ config })
    expect(decide({ config, ...dead })).toEqual({
      ...healthy,
      variant: 'primary',
      rule: 'upstream-fallback',
    })
  })

  it('leaves a request alone that goes to the primary anyway', () => {
    const config = { ...fallback, percentage: 0 }
    expect(decide({ config, ...dead })).toMatchObject({ variant: 'primary', rule: 'hash' })
  })
})
