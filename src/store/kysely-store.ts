import { AsyncLocalStorage } from 'node:async_hooks'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { Change, EntityKind, StoredEntity } from '../model/entity.ts'
import { GatewayError } from '../model/errors.ts'
import { SerialQueue } from '../model/serial-queue.ts'
import { appendAudit, readAudit, readVersions } from './audit-log.ts'
import { ChangeCollector } from './change-collector.ts'
import type { Database } from './database.ts'
import {
  allEntities,
  countEntities,
  findEntity,
  getEntity,
  listEntities,
} from './entity-queries.ts'
import { KyselyTransaction } from './kysely-transaction.ts'
import { KyselyReleaseStore } from './releases/kysely-release-store.ts'
import type { ReleaseStore } from './releases/release-store.ts'
import type {
  AuditQuery,
  AuditRecord,
  ChangeAuthor,
  Committed,
  ListQuery,
  Page,
  Store,
  StoreTransaction,
  TagQuery,
  TagRow,
  Versions,
} from './store.ts'
import { listTags } from './tag-queries.ts'

/** What differs between databases. */
export interface DatabaseParts {
  /** What kind of database it is. */
  readonly name: string
  /** Migrated to the newest schema. */
  readonly db: Kysely<Database>
  /** Answers reads while a transaction of `db` goes on; `db` itself where there can be no other connection. */
  readonly reader: Kysely<Database>
  /** The GatewayError that an error of the database means; null for any other error. */
  readonly describeError: (error: unknown) => GatewayError | null
  /** Called once, when nothing is under way any more. */
  readonly close: () => Promise<void>
}

/** The store on any database that Kysely speaks to. The contract and its promises are in store.ts. */
export class KyselyStore implements Store {
  readonly database: string
  readonly releases: ReleaseStore
  readonly #db: Kysely<Database>
  readonly #reader: Kysely<Database>
  readonly #describeError: (error: unknown) => GatewayError | null
  readonly #close: () => Promise<void>
  readonly #transactions = new SerialQueue()
  #isChanging = false
  /** Set while code of a transaction runs; see #query. */
  readonly #current = new AsyncLocalStorage<{ isOpen: boolean }>()
  #closed: Promise<void> | null = null

  constructor(parts: DatabaseParts) {
    this.database = parts.name
    this.#db = parts.db
    this.#reader = parts.reader
    this.#describeError = parts.describeError
    this.#close = parts.close
    this.releases = new KyselyReleaseStore({
      db: this.#reader,
      query: (operation) => this.#query(operation),
      inLine: (operation) => this.#query(() => this.#inTransaction((db) => operation(db))),
    })
  }

  async get<K extends EntityKind>(kind: K, id: string): Promise<StoredEntity<K> | null> {
    return this.#query(() => getEntity(this.#reader, kind, id))
  }

  async find<K extends EntityKind>(
    kind: K,
    fields: Readonly<Record<string, string>>,
  ): Promise<StoredEntity<K> | null> {
    return this.#query(() => findEntity(this.#reader, kind, fields))
  }

  async list<K extends EntityKind>(kind: K, query: ListQuery): Promise<Page<StoredEntity<K>>> {
    return this.#query(() => listEntities(this.#reader, kind, query))
  }

  async count(kind: EntityKind): Promise<number> {
    return this.#query(() => countEntities(this.#reader, kind))
  }

  async load(): Promise<{ version: number; rows: readonly StoredEntity[] }> {
    return this.#query(() =>
      this.#reader
        .transaction()
        .setIsolationLevel('repeatable read')
        .execute(async (db) => {
          const { version } = await readCounters(db)
          return { version, rows: await allEntities(db) }
        }),
    )
  }

  async tags(query: TagQuery): Promise<Page<TagRow>> {
    return this.#query(() => listTags(this.#reader, query))
  }

  async audit(query: AuditQuery): Promise<Page<AuditRecord>> {
    return this.#query(() => readAudit(this.#reader, query))
  }

  async versionsOf(
    kind: EntityKind,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, Versions>> {
    return this.#query(() => readVersions(this.#reader, kind, ids))
  }

  async change<T>(
    author: ChangeAuthor,
    work: (transaction: StoreTransaction) => Promise<T>,
    beforeCommit: (changes: readonly Change[], version: number) => void | Promise<void>,
  ): Promise<Committed<T>> {
    return this.#query(() =>
      this.#inTransaction((db) => this.#transact(db, { author, work, beforeCommit })),
    )
  }

  async nodeId(): Promise<string> {
    const row = await this.#query(() =>
      this.#reader.selectFrom('node').select('id').executeTakeFirstOrThrow(),
    )
    return row.id
  }

  async isReachable(): Promise<boolean> {
    // It answers a change, which may take long and which a question might have to wait for.
    if (this.#isChanging && this.#closed === null) return true
    try {
      await this.#query(() => sql`select 1`.execute(this.#reader))
      return true
    } catch {
      // Why it does not answer is told by the call that needs it.
      return false
    }
  }

  async close(): Promise<void> {
    this.#closed ??= this.#transactions.run(() => this.#described(this.#close))
    return this.#closed
  }

  /**
   * Runs what the outside asks for while the store is open.
   * Code inside a transaction that comes here would wait for its own end, so it is stopped instead.
   */
  async #query<T>(operation: () => Promise<T>): Promise<T> {
    if (this.#current.getStore()?.isOpen === true) {
      throw new Error('inside Store.change use the transaction it hands you, not the store')
    }
    if (this.#closed !== null) throw new GatewayError('database_unavailable', STOPPED)
    return this.#described(operation)
  }

  /** One after the other. */
  #inTransaction<T>(operation: (db: Transaction<Database>) => Promise<T>): Promise<T> {
    return this.#transactions.run(async () => {
      const scope = { isOpen: true }
      this.#isChanging = true
      try {
        return await this.#db
          .transaction()
          .execute((db) => this.#current.run(scope, () => operation(db)))
      } finally {
        scope.isOpen = false
        this.#isChanging = false
      }
    })
  }

  async #described<T>(operation: () => Promise<T>): Promise<T> {
    try {
      return await operation()
    } catch (error) {
      throw this.#describeError(error) ?? error
    }
  }

  async #transact<T>(
    db: Transaction<Database>,
    task: {
      readonly author: ChangeAuthor
      readonly work: (transaction: StoreTransaction) => Promise<T>
      readonly beforeCommit: (changes: readonly Change[], version: number) => void | Promise<void>
    },
  ): Promise<Committed<T>> {
    const counters = await readCounters(db)
    const collector = new ChangeCollector()
    const transaction = new KyselyTransaction({
      db,
      collector,
      lastSequence: counters.entity_sequence,
      requestId: task.author.requestId,
      translateError: (error) => this.#describeError(error) ?? error,
    })
    const result = await task.work(transaction)
    transaction.throwIfFailed()
    const changes = await collector.changes()
    const version = changes.length === 0 ? counters.version : counters.version + 1
    const firstSequence = counters.audit_sequence + 1
    await appendAudit(db, changes, { author: task.author, version, firstSequence })
    // Written even without changes: an entity deleted and created again as it was has a new sequence.
    await db
      .updateTable('config_version')
      .set({
        version,
        entity_sequence: transaction.lastSequence,
        audit_sequence: counters.audit_sequence + changes.length,
      })
      .execute()
    await task.beforeCommit(changes, version)
    return { result, version, changes }
  }
}

const STOPPED =
  'this gateway is stopping and has closed its database; nothing was changed. Ask again: the next one may be there'

async function readCounters(
  db: Transaction<Database>,
): Promise<{ version: number; entity_sequence: number; audit_sequence: number }> {
  return db
    .selectFrom('config_version')
    .select(['version', 'entity_sequence', 'audit_sequence'])
    .executeTakeFirstOrThrow()
}
