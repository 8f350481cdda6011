import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ENTITY_DEFINITIONS, ENTITY_KINDS } from '../../src/model/entities.ts'
import type { EntityKind, StoredEntity } from '../../src/model/entity.ts'
import { GatewayError } from '../../src/model/errors.ts'
import { advanceSnapshot, EMPTY_SNAPSHOT, type Snapshot } from '../../src/model/snapshot.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { Store, StoreTransaction } from '../../src/store/store.ts'
import { AUTHOR, storedRow, uuid } from '../support/store-rows.ts'

interface Operation {
  readonly verb: 'insert' | 'replace' | 'remove'
  readonly kind: EntityKind
  readonly n: number
  readonly name: string
  readonly parent: number
}

// Few ids and names, so that transactions collide, refer to each other and undo each other.
const OPERATION: fc.Arbitrary<Operation> = fc.record({
  verb: fc.constantFrom('insert', 'insert', 'replace', 'remove'),
  kind: fc.constantFrom<EntityKind>('services', 'routes', 'consumers', 'acls', 'plugins'),
  n: fc.integer({ min: 1, max: 4 }),
  name: fc.constantFrom('red', 'green', 'blue'),
  parent: fc.integer({ min: 1, max: 4 }),
})
const HISTORY = fc.array(fc.array(OPERATION, { minLength: 1, maxLength: 5 }), { maxLength: 25 })

it('the changes of every transaction, laid end to end, are the configuration that is loaded', async () => {
  await fc.assert(
    fc.asyncProperty(HISTORY, async (history) => {
      const store = await openStore('sqlite::memory:')
      let snapshot = EMPTY_SNAPSHOT
      let auditCount = 0
      for (const operations of history) {
        const committed = await attempt(store, operations)
        if (committed !== null) {
          snapshot = advanceSnapshot(snapshot, committed.changes, committed.version)
          auditCount += committed.changes.length
        }
        const loaded = await store.load()
        expect(loaded.version).toBe(snapshot.version)
        expect(byKey(loaded.rows)).toEqual(byKey(rowsOf(snapshot)))
        expectLawful(loaded.rows)
      }
      const audit = await store.audit({ size: 1000, after: null, entity: null, actor: null })
      expect(audit.rows).toHaveLength(auditCount)
      await store.close()
    }),
    { numRuns: 150 },
  )
})

/** The commit, or null when a rule refused the transaction. */
async function attempt(
  store: Store,
  operations: readonly Operation[],
): Promise<Awaited<ReturnType<typeof store.change>> | null> {
  try {
    return await store.change(
      AUTHOR,
      async (tx) => {
        for (const operation of operations) await perform(tx, operation)
      },
      () => {},
    )
  } catch (error) {
    if (error instanceof GatewayError) return null
    throw error
  }
}

async function perform(tx: StoreTransaction, operation: Operation): Promise<void> {
  const { verb, kind, n } = operation
  if (verb === 'remove') await tx.remove(kind, uuid(n))
  else await tx[verb](storedRow(kind, n, fieldsFor(operation)))
}

function fieldsFor({ kind, name, parent }: Operation): Record<string, unknown> {
  switch (kind) {
    case 'services':
      return { name, tags: [name] }
    case 'routes':
      return { name, service: { id: uuid(parent) } }
    case 'consumers':
      return { username: name }
    case 'acls':
      return { group: name, consumer: { id: uuid(parent) } }
    default:
      return { instance_name: parent === 4 ? null : name, service: { id: uuid(parent) } }
  }
}

/** Every foreign key resolves and every unique set is unique, by looking at all rows. */
function expectLawful(rows: readonly StoredEntity[]): void {
  const keys = new Set(rows.map((row) => `${row.kind}/${row.entity.id}`))
  expect(keys.size).toBe(rows.length)
  const taken = new Set<string>()
  for (const row of rows) {
    const { unique, foreignKeys } = ENTITY_DEFINITIONS[row.kind]
    const fields = row.entity as unknown as Record<string, { id?: string } | string | null>
    for (const [field, rule] of Object.entries(foreignKeys)) {
      const parent = fields[field]
      if (typeof parent === 'object' && parent !== null) {
        expect(keys).toContain(`${rule.kind}/${parent.id}`)
      }
    }
    for (const set of unique) {
      const values = set.map((field) => fields[field] ?? null)
      if (set.length === 1 && values[0] === null) continue
      const value = JSON.stringify([row.kind, set, values])
      expect(taken).not.toContain(value)
      taken.add(value)
    }
  }
}

function rowsOf(snapshot: Snapshot): StoredEntity[] {
  return ENTITY_KINDS.flatMap((kind) => Array.from<StoredEntity>(snapshot.tables[kind].values()))
}

function byKey(rows: readonly StoredEntity[]): Record<string, StoredEntity> {
  return Object.fromEntries(rows.map((row) => [`${row.kind}/${row.entity.id}`, row]))
}
