import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Change, StoredEntity } from '../../src/model/entity.ts'
import {
  advancePluginIndex,
  buildPluginIndex,
  effectivePlugin,
  effectivePluginFor,
  groupsByPrecedence,
} from '../../src/model/plugin-index.ts'
import { advanceSnapshot, EMPTY_SNAPSHOT } from '../../src/model/snapshot.ts'
import { parse } from './entity-input.ts'

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const ID = { route: uuid(1), service: uuid(2), consumer: uuid(3), group: uuid(4), group2: uuid(5) }
const ELSEWHERE = uuid(9)

interface Scope {
  readonly route?: string
  readonly service?: string
  readonly consumer?: string
  readonly group?: string
}

const isSame = (a: Scope, b: Scope) =>
  (['route', 'service', 'consumer', 'group'] as const).every((part) => a[part] === b[part])

const reference = (id: string | undefined) => (id === undefined ? null : { id })

/** No plugin of ours may be limited to consumers yet, so these are made past the schema. */
function plugin(n: number, scope: Scope, fields: object = {}): StoredEntity<'plugins'> {
  const entity = parse('plugins', { name: 'key-auth', id: uuid(n), ...fields })
  const scoped = {
    ...entity,
    route: reference(scope.route),
    service: reference(scope.service),
    consumer: reference(scope.consumer),
    consumer_group: reference(scope.group),
  }
  return { kind: 'plugins', entity: scoped, internals: {} }
}

const created = (after: StoredEntity<'plugins'>): Change<'plugins'> => ({
  kind: 'plugins',
  id: after.entity.id,
  before: null,
  after,
})

const indexOf = (...plugins: readonly StoredEntity<'plugins'>[]) =>
  buildPluginIndex(advanceSnapshot(EMPTY_SNAPSHOT, plugins.map(created), 1))

const { route, service, consumer, group } = ID
const REQUEST = {
  routeId: route,
  serviceId: service,
  consumerId: consumer,
  groups: [{ id: group }],
}

/** Kong's documented order, the first wins. Source: Kong documentation, plugin precedence (Enterprise). */
const PRECEDENCE: readonly (readonly [name: string, scope: Scope])[] = [
  ['consumer, route and service', { consumer, route, service }],
  ['group, route and service', { group, route, service }],
  ['consumer and route', { consumer, route }],
  ['consumer and service', { consumer, service }],
  ['group and route', { group, route }],
  ['group and service', { group, service }],
  ['route and service', { route, service }],
  ['consumer', { consumer }],
  ['group', { group }],
  ['route', { route }],
  ['service', { service }],
  ['everything', {}],
]

describe('of the plugins that apply to a request', () => {
  const plugins = PRECEDENCE.map(([, scope], n) => plugin(100 + n, scope))

  test.each(PRECEDENCE.map(([name], n) => [name, n] as const))(
    'the one limited to %s beats all that are less specific',
    (_, n) => {
      const index = indexOf(...plugins.slice(n))
      expect(effectivePluginFor(index, 'key-auth', REQUEST)).toEqual(plugins[n])
    },
  )

  test('any set of them is decided by the first in the order', () => {
    fc.assert(
      fc.property(fc.subarray(plugins), fc.nat(), (some, turn) => {
        const turned = [...some.slice(turn % 12), ...some.slice(0, turn % 12)]
        const found = effectivePluginFor(indexOf(...turned), 'key-auth', REQUEST)
        expect(found).toEqual(some[0] ?? null)
      }),
    )
  })

  test.each([
    ['without a route', { routeId: null }, { service, consumer }],
    ['without a service', { serviceId: null }, { route, consumer }],
    ['without a consumer', { consumerId: null }, { group, route, service }],
    ['of a consumer in no group', { groups: [] }, { consumer, route, service }],
    ['of nobody', { consumerId: null, groups: [] }, { route, service }],
    ['of nobody for no service', { consumerId: null, groups: [], serviceId: null }, { route }],
    ['of nobody, to nothing', { consumerId: null, groups: [], routeId: null, serviceId: null }, {}],
  ])('those that name what a request %s lacks are left out', (_, lacks, scope: Scope) => {
    const found = effectivePluginFor(indexOf(...plugins), 'key-auth', { ...REQUEST, ...lacks })
    const expected = PRECEDENCE.findIndex(([, other]) => isSame(scope, other))
    expect(found).toEqual(plugins[expected])
  })

  test('those for others are none', () => {
    const others = [
      plugin(200, { consumer: ELSEWHERE }),
      plugin(201, { group: ELSEWHERE }),
      plugin(202, { route: ELSEWHERE, consumer }),
      plugin(203, { service: ELSEWHERE, group }),
      plugin(204, {}, { name: 'acl', config: { allow: ['a'] } }),
      plugin(205, { consumer }, { enabled: false }),
    ]
    expect(effectivePluginFor(indexOf(...others), 'key-auth', REQUEST)).toBeNull()
  })

  test('a consumer and a group with one id are two', () => {
    const ofGroup = plugin(200, { group: consumer })
    expect(effectivePluginFor(indexOf(ofGroup), 'key-auth', REQUEST)).toBeNull()
  })
})

describe('of a consumer in several groups', () => {
  const groups = [
    { id: ID.group2, name: 'silver' },
    { id: ID.group, name: 'gold' },
  ]

  test('the group wins whose name comes first', () => {
    const gold = plugin(100, { group: ID.group })
    const silver = plugin(101, { group: ID.group2 })
    const ordered = groupsByPrecedence(groups)
    expect(ordered.map(({ id }) => id)).toEqual([ID.group, ID.group2])
    const scope = { ...REQUEST, groups: ordered }
    expect(effectivePluginFor(indexOf(silver, gold), 'key-auth', scope)).toEqual(gold)
    expect(effectivePluginFor(indexOf(silver), 'key-auth', scope)).toEqual(silver)
  })

  test('a more specific plugin of a later group wins all the same', () => {
    const gold = plugin(100, { group: ID.group })
    const silver = plugin(101, { group: ID.group2, route })
    const scope = { ...REQUEST, groups: groupsByPrecedence(groups) }
    expect(effectivePluginFor(indexOf(gold, silver), 'key-auth', scope)).toEqual(silver)
  })

  test('names are ordered by their characters, capitals first', () => {
    const ordered = groupsByPrecedence(['b', 'B', 'ä', 'a', 'A'].map((name) => ({ name })))
    expect(ordered.map(({ name }) => name)).toEqual(['A', 'B', 'a', 'b', 'ä'])
  })
})

describe('the lookup without consumers', () => {
  test('agrees with the one for a request of nobody', () => {
    const plugins = PRECEDENCE.map(([, scope], n) => plugin(100 + n, scope))
    const nullable = (id: string) => fc.constantFrom(id, null, ELSEWHERE)
    fc.assert(
      fc.property(fc.subarray(plugins), nullable(route), nullable(service), (some, r, s) => {
        const index = indexOf(...some)
        const scope = { routeId: r, serviceId: s }
        expect(effectivePlugin(index, 'key-auth', scope)).toEqual(
          effectivePluginFor(index, 'key-auth', { ...scope, consumerId: null, groups: [] }),
        )
      }),
    )
  })
})

describe('the index', () => {
  test('after a change is the one built anew', () => {
    const before = plugin(100, { consumer, route })
    const after = plugin(100, { group, service })
    const index = indexOf(before, plugin(101, { consumer }))
    const advanced = advancePluginIndex(index, [
      { kind: 'plugins', id: before.entity.id, before, after },
    ])
    expect(advanced.toJS()).toEqual(indexOf(after, plugin(101, { consumer })).toJS())
    expect(advancePluginIndex(index, [])).toBe(index)
  })

  test('takes documents from before plugins had consumer groups', () => {
    const { entity } = plugin(100, { route })
    const { consumer_group: _, ...former } = entity
    const stored = { kind: 'plugins', entity: former, internals: {} } as StoredEntity<'plugins'>
    const scope = { routeId: route, serviceId: null }
    expect(effectivePlugin(indexOf(stored), 'key-auth', scope)).toEqual(stored)
  })
})
