import { describe, expect, it } from 'vitest'
import type { Draws } from '../../src/model/draws.ts'
import { NOBODY } from '../../src/model/identity.ts'
import { createDraws } from '../../src/proxy/process-draws.ts'
import { bucketOf } from '../../src/variants/bucket.ts'
import { compileSplit } from '../../src/variants/compile-split.ts'
import { decideSplit } from '../../src/variants/decide-split.ts'
import { expressionProblems } from '../../src/variants/expression-problems.ts'
import type { RequestFacts } from '../../src/variants/expressions/request-facts.ts'
import { OTHER_ID, SOME_ID } from '../model/entity-input.ts'
import { parsedRequest } from '../support/parsed-request.ts'
import { consumerOf } from './stored-canary.ts'
import { storedSplit } from './stored-split.ts'

const BLUE = { upstream_id: SOME_ID }
const GREEN = { upstream_id: OTHER_ID }
const INLINE = { upstream: { nodes: { 'a.test': 1 } } }

const env = (value: string) => ({ vars: [['http_x-env', '==', value]] })

function facts(given: Parameters<typeof parsedRequest>[0] = {}): RequestFacts {
  return {
    request: parsedRequest(given),
    identity: NOBODY,
    consumerGroup: null,
    route: null,
    service: null,
    formBody: null,
  }
}

const withFields = (...headers: readonly [string, string][]) => facts({ headers })

const inEnv = (value: string) => withFields(['x-env', value])

/** Rule and item of each request in a row. */
function places(config: object, requests: readonly RequestFacts[], draws: Draws = createDraws()) {
  const split = compileSplit(storedSplit(config))
  return requests.map((request) => {
    const choice = decideSplit(split, request, draws)
    return choice === null ? null : [choice.decision.rule, choice.decision.item]
  })
}

describe('the rule that decides', () => {
  const first = { match: [env('green')], weighted_upstreams: [GREEN] }
  const second = { match: [env('blue'), env('azure')], weighted_upstreams: [BLUE] }
  it.each([
    ['none without rules', {}, 'green', null],
    ['none of an empty list', { rules: [] }, 'green', null],
    ['one without match', { rules: [{}] }, 'green', [0, 0]],
    ['one with an empty match', { rules: [{ match: [] }] }, 'green', [0, 0]],
    [
      'one with an empty match behind one that fails',
      { rules: [first, { match: [] }] },
      'x',
      [1, 0],
    ],
    ['the first that applies', { rules: [first, { weighted_upstreams: [BLUE] }] }, 'green', [0, 0]],
    ['the next when it does not', { rules: [first, second] }, 'blue', [1, 0]],
    ['one of which any match holds', { rules: [first, second] }, 'azure', [1, 0]],
    ['none when none applies', { rules: [first, second] }, 'red', null],
  ])('is %s', (_, config, value, place) => {
    expect(places(config, [inEnv(value)])).toEqual([place])
  })

  it('asks all vars of one match', () => {
    const both = [
      ['http_x-env', '==', 'green'],
      ['request_method', '==', 'GET'],
    ]
    const config = { rules: [{ match: [{ vars: both }] }] }
    expect(places(config, [inEnv('green'), { ...inEnv('blue') }])).toEqual([[0, 0], null])
  })
})

describe('the item', () => {
  const requests = (count: number) => Array.from({ length: count }, () => facts())
  const itemsOf = (weighted_upstreams: readonly object[], count: number) =>
    places({ rules: [{ weighted_upstreams }] }, requests(count)).map((place) => place?.[1])

  it('takes turns by weight', () => {
    expect(itemsOf([{ ...BLUE, weight: 2 }, GREEN], 6)).toEqual([0, 0, 1, 0, 0, 1])
  })

  it('is the same for the same upstream, with the last weight', () => {
    expect(itemsOf([{ ...BLUE, weight: 9 }, GREEN, { ...BLUE, weight: 1 }], 4)).toEqual([
      0, 1, 0, 1,
    ])
  })

  it('is the same for the service, with the last weight', () => {
    expect(itemsOf([{ weight: 5 }, GREEN, { weight: 1 }], 4)).toEqual([0, 1, 0, 1])
  })

  it('is another one for each inline upstream', () => {
    expect(itemsOf([INLINE, INLINE, INLINE], 6)).toEqual([0, 1, 2, 0, 1, 2])
  })

  it('gets all when it is alone, even with weight 0', () => {
    expect(itemsOf([{ ...BLUE, weight: 0 }], 2)).toEqual([0, 0])
  })

  it('takes its turn in each rule apart from the others, and goes on when the plugin is compiled anew', () => {
    const config = {
      rules: [
        { match: [env('green')], weighted_upstreams: [BLUE, GREEN] },
        { weighted_upstreams: [BLUE, GREEN] },
      ],
    }
    const draws = createDraws()
    const row = [inEnv('green'), inEnv('x'), inEnv('green')]
    expect(places(config, row, draws)).toEqual([
      [0, 0],
      [1, 0],
      [0, 1],
    ])
    expect(places(config, row, draws)).toEqual([
      [0, 0],
      [1, 1],
      [0, 1],
    ])
  })

  it('has what it means: upstream_id before upstream, else the service', () => {
    const { rules } = compileSplit(
      storedSplit({ rules: [{ weighted_upstreams: [{ ...BLUE, ...INLINE }, INLINE, {}] }] }),
    )
    expect(rules[0]?.items.map(({ destination }) => destination.kind)).toEqual([
      'upstream',
      'inline',
      'service',
    ])
  })
})

describe('a sticky item', () => {
  const sticky = (given: object, salt: string | null = 's') => ({
    rules: [{ weighted_upstreams: [BLUE, GREEN], sticky: { ...given, salt } }],
  })
  const decide = (config: object, request: RequestFacts) =>
    decideSplit(compileSplit(storedSplit(config)), request, createDraws())?.decision

  it.each([
    ['ip', { by: 'ip' }, facts({ clientAddress: '10.0.0.7' }), 'ip', '10.0.0.7'],
    [
      'header',
      { by: 'header', header: 'X-User' },
      withFields(['x-user', 'anna']),
      'header',
      'anna',
    ],
    ['cookie', { by: 'cookie', cookie: 'sid' }, withFields(['cookie', 'sid=abc']), 'cookie', 'abc'],
    [
      'consumer',
      { by: 'consumer' },
      { ...facts(), identity: { ...NOBODY, consumer: consumerOf('c-1') } },
      'consumer',
      'c-1',
    ],
  ])('by %s is the one of the bucket', (_, given, request, source, key) => {
    const bucket = bucketOf('s', key)
    expect(decide(sticky(given), request)).toMatchObject({
      item: bucket < 2 ** 31 ? 0 : 1,
      hash: { source, key, salt: 's', bucket },
      issueCookie: null,
    })
  })

  it('hashes with the id of the plugin unless it has a salt', () => {
    expect(decide(sticky({ by: 'ip' }, null), facts())?.hash?.salt).toBe(SOME_ID)
  })

  it('issues the cookie that a request came without', () => {
    const decision = decide(sticky({ by: 'cookie', cookie: 'sid' }), facts())
    expect(decision?.issueCookie).toEqual({ name: 'sid', value: decision?.hash?.key })
  })

  it('takes turns for requests without a key', () => {
    const nowhere = facts({ clientAddress: '' })
    const config = sticky({ by: 'header', header: 'x-user' })
    expect(places(config, [nowhere, nowhere, nowhere])).toEqual([
      [0, 0],
      [0, 1],
      [0, 0],
    ])
  })
})

describe('problems of expressions', () => {
  it('are told when regular expressions are large together', () => {
    const large = (at: number) => ({ vars: [['uri', '~~', `^/${at}${'[a-z]{9}'.repeat(40)}$`]] })
    const match = Array.from({ length: 80 }, (_, at) => large(at))
    const found = expressionProblems(storedSplit({ rules: [{ match }] }).entity.config)
    expect(found[0]?.message).toContain('too many regular expressions')
    expect(
      expressionProblems(storedSplit({ rules: [{ match: [large(0)] }] }).entity.config),
    ).toEqual([])
  })

  it.each([
    [[], null],
    [[['uri', '==', '/']], null],
    [[['uri', '=', '/']], "failed to validate the 'vars' expression: invalid operator '='"],
    [['uri', '==', '/'], 'rule should be wrapped inside brackets'],
    [[['post_arg_x', '==', '1']], null],
    [[['post_arg.x', '==', '1']], "unsupported variable 'post_arg.x'"],
    [[['graphql_name', '==', '1']], "unsupported variable 'graphql_name'"],
    [[['consumer_group', '==', 'a']], null],
    [[['consumer_group_id', '==', 'a']], null],
  ])('%j', (vars, message) => {
    const { config } = storedSplit({ rules: [{}, { match: [{ vars: [] }, { vars }] }] }).entity
    expect(expressionProblems(config)).toEqual(
      message === null
        ? []
        : [
            {
              path: ['config', 'rules', 1, 'match', 1, 'vars'],
              message: expect.stringContaining(message),
            },
          ],
    )
  })
})
