import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Identity, NOBODY } from '../../src/model/identity.ts'
import type { CanaryConfig } from '../../src/model/plugins/canary.ts'
import { decideVariant } from '../../src/variants/decide-variant.ts'
import { type Explanation, explainDecision } from '../../src/variants/explain.ts'
import {
  canaryOf,
  consumerOf,
  countedDraws,
  identityOf,
  requestOf,
  SERVICE_ID,
} from './stored-canary.ts'

const NOW = 1_790_000_500_000

interface Case {
  readonly config: Partial<CanaryConfig> | null
  readonly identity?: Identity
  readonly fields?: readonly (readonly [string, string])[]
  readonly clientAddress?: string
  readonly isCanaryUsable?: boolean
}

function explain(given: Case): Explanation {
  const canary = given.config === null ? null : canaryOf(given.config)
  const identity = given.identity ?? NOBODY
  const request = requestOf(given.fields, given.clientAddress)
  const isCanaryUsable = given.isCanaryUsable ?? true
  const input = { request, identity, serviceId: SERVICE_ID, isCanaryUsable }
  return explainDecision(decideVariant(canary, input, NOW, countedDraws()), canary, identity)
}

const bob = identityOf('bob')
const tester = identityOf('bob', ['qa', 'testers'])
const unnamed = { ...NOBODY, consumer: consumerOf('c-1', null) }
const header = { hash: 'header', hash_header: 'X-User' } as const
const cookie = { hash: 'cookie', hash_cookie: 'side' } as const
const at10 = 'the share is 10 %, so the primary'

describe('the explanation of a hashed decision', () => {
  it.each<[string, Case, string, number | null]>([
    [
      'a consumer on the primary',
      { config: { percentage: 10, salt: 's' }, identity: bob },
      `consumer 'bob' hashes to bucket 1430646785 of 4294967296 (33.3 %); ${at10}; it moves to the canary at 33.4 %.`,
      33.4,
    ],
    [
      'a consumer on the canary',
      { config: { percentage: 50, salt: 's' }, identity: bob },
      "consumer 'bob' hashes to bucket 1430646785 of 4294967296 (33.3 %); the share is 50 %, so the canary; it has been there since 33.4 %.",
      33.4,
    ],
    [
      'a share in thirds',
      { config: { percentage: 100, steps: 3, salt: 's' }, identity: bob },
      "consumer 'bob' hashes to bucket 1430646785 of 4294967296 (33.3 %); the share is 100 %, so the canary; it has been there since 33.33333 %.",
      100 / 3,
    ],
    [
      'a consumer without a username',
      { config: { percentage: 10, salt: 's' }, identity: unnamed },
      `consumer 'custom-c-1' hashes to bucket 3487103611 of 4294967296 (81.19 %); ${at10}; it moves to the canary at 81.2 %.`,
      81.2,
    ],
    [
      'an address that stands in for the consumer',
      { config: { percentage: 10, salt: 's' } },
      `no consumer was identified; client address 203.0.113.7 hashes to bucket 787684048 of 4294967296 (18.33 %); ${at10}; it moves to the canary at 18.4 %.`,
      18.4,
    ],
    [
      'a header',
      { config: { ...header, percentage: 10, salt: 's' }, fields: [['x-user', 'u-42']] },
      `header 'x-user' with value 'u-42' hashes to bucket 812271350 of 4294967296 (18.91 %); ${at10}; it moves to the canary at 19 %.`,
      19,
    ],
    [
      'a consumer that stands in for the header',
      { config: { ...header, percentage: 10, salt: 's' }, identity: bob },
      `the request has no header 'x-user'; consumer 'bob' hashes to bucket 1430646785 of 4294967296 (33.3 %); ${at10}; it moves to the canary at 33.4 %.`,
      33.4,
    ],
    [
      'a cookie',
      { config: { ...cookie, percentage: 10, salt: 's' }, fields: [['cookie', 'side=s-1']] },
      `cookie 'side' with value 's-1' hashes to bucket 3700518108 of 4294967296 (86.15 %); ${at10}; it moves to the canary at 86.2 %.`,
      86.2,
    ],
    [
      'no stickiness asked for',
      { config: { percentage: 10, hash: 'none' }, identity: bob },
      'requests without a sticky key take turns, 10 % of them on the canary.',
      null,
    ],
    [
      'no sticky key to be had',
      { config: { percentage: 0, hash: 'ip' }, clientAddress: '' },
      'the client address is unknown; requests without a sticky key take turns, 0 % of them on the canary.',
      null,
    ],
  ])('names the key, the numbers and the share that moves it: %s', (_, given, sentence, moves) => {
    expect(explain(given)).toMatchObject({ sentence, movesAtPercent: moves, movesAtMs: null })
  })

  it('says when a timed rollout moves the key', () => {
    const given = { config: { salt: 's', start: NOW / 1000, duration: 1000 }, identity: bob }
    expect(explain(given)).toMatchObject({ movesAtPercent: 33.4, movesAtMs: NOW + 334_000 })
  })

  it('names the very share at which decideVariant moves the key', () => {
    const anySteps = fc.integer({ min: 1, max: 20_000 })
    fc.assert(
      fc.property(fc.string(), anySteps, (id, steps) => {
        const identity = identityOf(id)
        const input = {
          request: requestOf(),
          identity,
          serviceId: SERVICE_ID,
          isCanaryUsable: true,
        }
        const variantAt = (percentage: number) =>
          decideVariant(canaryOf({ percentage, steps }), input, NOW, countedDraws()).variant
        const moves = explain({ config: { percentage: 0, steps }, identity }).movesAtPercent ?? -1
        expect(variantAt(moves)).toBe('canary')
        expect(variantAt(Math.max(0, moves - 100 / steps))).toBe('primary')
        expect(explain({ config: { percentage: 100, steps }, identity }).movesAtPercent).toBe(moves)
      }),
      { numRuns: 500 },
    )
  })
})

describe('the explanation of any other decision', () => {
  const override = { canary_by_header_name: 'X-Canary' }
  const staff = { groups: ['testers', 'staff'] }

  it.each<[Case, string]>([
    [{ config: null }, 'no canary plugin is in force here, so the primary.'],
    [
      { config: override, fields: [['x-canary', 'always']] },
      "request header 'x-canary' says 'always', so the canary.",
    ],
    [
      { config: override, fields: [['x-canary', 'never']] },
      "request header 'x-canary' says 'never', so the primary.",
    ],
    [
      { config: { never_groups: ['vip', 'testers'] }, identity: tester },
      "consumer 'bob' is in group 'testers' of never_groups, so the primary at any share.",
    ],
    [
      { config: { always_groups: ['qa'] }, identity: tester },
      "consumer 'bob' is in group 'qa' of always_groups, so the canary at any share.",
    ],
    [
      { config: { ...staff, hash: 'allow' }, identity: tester },
      "consumer 'bob' is in group 'testers', one of the groups to allow (testers, staff), so the canary.",
    ],
    [
      { config: { ...staff, hash: 'whitelist' }, identity: bob },
      "consumer 'bob' is in none of the groups to allow (testers, staff), so the primary.",
    ],
    [
      { config: { ...staff, hash: 'allow' } },
      'a request without a consumer is in none of the groups to allow (testers, staff), so the primary.',
    ],
    [
      { config: { ...staff, hash: 'deny' }, identity: tester },
      "consumer 'bob' is in group 'testers', one of the groups to deny (testers, staff), so the primary.",
    ],
    [
      { config: { ...staff, hash: 'deny' } },
      'a request without a consumer is in none of the groups to deny (testers, staff), so the canary.',
    ],
    [
      { config: { percentage: 100, upstream_fallback: true }, isCanaryUsable: false },
      'the canary upstream has no eligible target and upstream_fallback is on, so the primary; the other rules chose the canary.',
    ],
  ])('is one sentence without a share: %j', (given, sentence) => {
    expect(explain(given)).toEqual({ sentence, movesAtPercent: null, movesAtMs: null })
  })
})
