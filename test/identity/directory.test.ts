import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ConsumerDirectory } from '../../src/identity/consumer-directory.ts'
import {
  advanceDirectory,
  buildDirectory,
  callerByKey,
  emptyDirectory,
  memberByIdOrUsername,
} from '../../src/identity/directory.ts'
import type { Change, StoredEntity } from '../../src/model/entity.ts'
import { advanceSnapshot, EMPTY_SNAPSHOT } from '../../src/model/snapshot.ts'
import {
  CREATED_AT,
  change,
  consumer,
  credential,
  directoryOf,
  groupMembership,
  membership,
  snapshotOf,
} from './support.ts'

const BOB_ROWS = [
  consumer('bob'),
  membership('bob', 'testers'),
  membership('bob', 'employees'),
  credential('bob', 'k1'),
]

describe('the directory', () => {
  test('finds a consumer with its groups by key, id and username', () => {
    const directory = directoryOf(BOB_ROWS)
    const caller = callerByKey(directory, 'k1', 0)
    expect(caller?.identity).toMatchObject({
      consumer: { username: 'bob' },
      credentialId: 'credential-k1',
      isAnonymous: false,
    })
    expect([...(caller?.identity.groups ?? [])]).toEqual(['employees', 'testers'])
    expect(memberByIdOrUsername(directory, 'bob')?.consumer.id).toBe('consumer-bob')
    expect(memberByIdOrUsername(directory, 'consumer-bob')?.consumer.username).toBe('bob')
  })

  test('gives the same caller to every request with a key', () => {
    const directory = directoryOf(BOB_ROWS)
    expect(callerByKey(directory, 'k1', 1)).toBe(callerByKey(directory, 'k1', 2))
    expect(callerByKey(directory, 'k1', 1)?.headers).toBe(callerByKey(directory, 'k1', 2)?.headers)
  })

  test('knows nobody when it is empty', () => {
    expect(callerByKey(emptyDirectory(), 'k1', 0)).toBeUndefined()
    expect(memberByIdOrUsername(emptyDirectory(), 'bob')).toBeUndefined()
  })

  test.each([
    [null, 10 ** 12, true],
    [0, 10 ** 12, true],
    [60, 59_999, true],
    [60, 60_000, false],
  ])(
    'with a time to live of %j s a key is valid %d ms after its creation: %s',
    (ttl, ageMs, valid) => {
      const directory = directoryOf([consumer('bob'), credential('bob', 'k1', { ttl })])
      const caller = callerByKey(directory, 'k1', CREATED_AT * 1000 + ageMs)
      expect(caller !== undefined).toBe(valid)
    },
  )

  test('ignores changes that do not concern it', () => {
    const directory = directoryOf(BOB_ROWS)
    const route = { kind: 'routes', entity: { id: 'r' }, internals: {} } as unknown as StoredEntity
    expect(advanceDirectory(directory, [change(null, route)])).toBe(directory)
    expect(advanceDirectory(directory, [])).toBe(directory)
  })
})

describe('a change of the directory', () => {
  test('leaves the directory before it as it was', () => {
    const before = directoryOf(BOB_ROWS)
    advanceDirectory(before, [change(credential('bob', 'k1'), null)])
    expect(callerByKey(before, 'k1', 0)).toBeDefined()
  })

  test('of groups reaches every key of the consumer', () => {
    const before = directoryOf([...BOB_ROWS, credential('bob', 'k2')])
    const after = advanceDirectory(before, [
      change(membership('bob', 'testers'), null),
      change(null, membership('bob', 'everyone')),
    ])
    for (const key of ['k1', 'k2']) {
      const groups = callerByKey(after, key, 0)?.identity.groups ?? []
      expect([...groups]).toEqual(['employees', 'everyone'])
    }
  })

  test('of consumer groups reaches the consumer alone', () => {
    const before = directoryOf([...BOB_ROWS, consumer('eve'), groupMembership('bob', 'gold')])
    const after = advanceDirectory(before, [
      change(groupMembership('bob', 'gold'), null),
      change(null, groupMembership('bob', 'silver')),
    ])
    const idsOf = (directory: ConsumerDirectory) => [
      ...(memberByIdOrUsername(directory, 'bob')?.consumerGroupIds ?? []),
    ]
    expect([idsOf(before), idsOf(after)]).toEqual([['group-gold'], ['group-silver']])
    expect(memberByIdOrUsername(after, 'eve')).toBe(memberByIdOrUsername(before, 'eve'))
  })

  test('of a username is found under the new one only', () => {
    const renamed = {
      ...consumer('rob'),
      entity: { ...consumer('rob').entity, id: 'consumer-bob' },
    }
    const after = advanceDirectory(directoryOf(BOB_ROWS), [
      change(consumer('bob'), renamed as StoredEntity),
    ])
    expect(memberByIdOrUsername(after, 'bob')).toBeUndefined()
    expect(memberByIdOrUsername(after, 'rob')?.groups.size).toBe(2)
    expect(callerByKey(after, 'k1', 0)?.identity.consumer?.username).toBe('rob')
  })

  test('of a key is found under the new one only', () => {
    const after = advanceDirectory(directoryOf(BOB_ROWS), [
      change(credential('bob', 'k1'), credential('bob', 'k9', { id: 'credential-k1' })),
    ])
    expect(callerByKey(after, 'k1', 0)).toBeUndefined()
    expect(callerByKey(after, 'k9', 0)?.identity.credentialId).toBe('credential-k1')
  })

  test('may hand a key from one consumer to another in one transaction, in either order', () => {
    const before = directoryOf([...BOB_ROWS, consumer('eve')])
    const changes = [
      change(credential('bob', 'k1'), null),
      change(null, credential('eve', 'k1', { id: 'credential-new' })),
    ]
    for (const ordered of [changes, changes.toReversed()]) {
      const after = advanceDirectory(before, ordered)
      expect(callerByKey(after, 'k1', 0)?.identity.consumer?.username).toBe('eve')
    }
  })

  test('that deletes a consumer takes its keys, even those without a change of their own', () => {
    const after = advanceDirectory(directoryOf(BOB_ROWS), [change(consumer('bob'), null)])
    expect(callerByKey(after, 'k1', 0)).toBeUndefined()
    expect(memberByIdOrUsername(after, 'bob')).toBeUndefined()
  })

  test('after any history equals a directory built afresh', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.nat({ max: POOL.length - 1 })), { maxLength: 8 }),
        (history) => {
          let present = new Map<string, StoredEntity>()
          let snapshot = EMPTY_SNAPSHOT
          let directory = emptyDirectory()
          for (const toggled of history) {
            const next = afterToggling(present, new Set(toggled))
            const changes = differences(present, next)
            snapshot = advanceSnapshot(snapshot, changes, snapshot.version + 1)
            directory = advanceDirectory(directory, changes)
            present = next
          }
          expect(contentsOf(directory)).toEqual(contentsOf(buildDirectory(snapshot)))
        },
      ),
    )
  })
})

describe('a directory of 100 000 consumers', () => {
  const rows: StoredEntity[] = []
  for (let i = 0; i < 100_000; i++) {
    rows.push(consumer(`user-${i}`), credential(`user-${i}`, `key-of-user-number-${i}`))
    if (i % 10 === 0) rows.push(membership(`user-${i}`, 'testers'))
  }
  const snapshot = snapshotOf(rows)
  const directory = buildDirectory(snapshot)

  test('finds each of them', () => {
    expect(directory.callersByKey.size).toBe(100_000)
    const caller = callerByKey(directory, 'key-of-user-number-77770', 0)
    expect(caller?.identity.consumer?.username).toBe('user-77770')
    expect(caller?.identity.groups.has('testers')).toBe(true)
  })

  test('shares with the next one all but the consumer that changed', () => {
    const next = advanceDirectory(directory, [change(null, membership('user-7', 'testers'))])
    const replaced = [...next.callersByKey.entries()].filter(
      ([key, caller]) => directory.callersByKey.get(key) !== caller,
    )
    expect(replaced.map(([, { identity }]) => identity.consumer?.username)).toEqual(['user-7'])
  })
})

/** Entities that histories are made of; those of one id exclude one another. */
const POOL: readonly StoredEntity[] = ['bob', 'eve', 'joe'].flatMap((name) => [
  consumer(name),
  membership(name, 'testers'),
  membership(name, 'employees'),
  groupMembership(name, 'gold'),
  groupMembership(name, 'silver'),
  credential(name, `first-${name}`),
  credential(name, 'shared', { id: 'credential-shared' }),
  credential(name, `second-${name}`, { id: 'credential-shared' }),
])

type Present = Map<string, StoredEntity>

/** Toggles entities of the pool, then drops what points at a consumer that is not there. */
function afterToggling(present: Present, toggled: ReadonlySet<number>): Present {
  const next = new Map(present)
  for (const index of toggled) {
    const row = POOL[index]!
    if (next.get(row.entity.id) === row) next.delete(row.entity.id)
    else next.set(row.entity.id, row)
  }
  for (const [id, { entity }] of next) {
    if ('consumer' in entity && entity.consumer && !next.has(entity.consumer.id)) next.delete(id)
  }
  return next
}

function differences(before: Present, after: Present): Change[] {
  const changes: Change[] = []
  for (const id of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(id) ?? null, after.get(id) ?? null]
    if (was !== is) changes.push(change(was, is))
  }
  return changes
}

function contentsOf({ idsByUsername, membersById, callersByKey }: ConsumerDirectory): unknown {
  return {
    usernames: new Map(idsByUsername.entries()),
    members: new Map(
      [...membersById.entries()].map(
        ([id, { consumer, groups, consumerGroupIds, credentials }]) => [
          id,
          {
            consumer,
            groups: [...groups],
            consumerGroupIds: [...consumerGroupIds].sort(),
            credentials: credentials.map((each) => each.id).sort(),
          },
        ],
      ),
    ),
    callers: new Map(
      [...callersByKey.entries()].map(([key, { identity }]) => [
        key,
        [identity.consumer?.id, identity.credentialId, [...identity.groups]],
      ]),
    ),
  }
}
