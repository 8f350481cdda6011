import { setImmediate } from 'node:timers/promises'
import type SqliteDatabase from 'better-sqlite3'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type DialectAdapter,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteDialect,
  type SqliteDialectConfig,
  SqliteDriver,
} from 'kysely'
import { commitLarge } from './large-commit.ts'

/** Statements kept ready. Their texts are few: only lists of values vary in length. */
const MAX_PREPARED = 200

/** Statements of a transaction that leaves so much to be written that it is committed in steps. */
const LARGE_TRANSACTION = 2000

/** For so long statements may follow one another before the traffic has its turn. */
const SLICE_MS = 2

/**
 * Kysely's dialect with statements kept prepared, migrations in a transaction, a forgiving rollback, and
 * long transactions in slices.
 */
export class GatewaySqliteDialect extends SqliteDialect {
  readonly #database: SqliteDatabase.Database
  readonly #config: SqliteDialectConfig

  constructor(database: SqliteDatabase.Database) {
    const config = { database: preparedOnce(database) }
    super(config)
    this.#database = database
    this.#config = config
  }

  override createAdapter(): DialectAdapter {
    return new TransactionalDdlAdapter()
  }

  override createDriver(): Driver {
    return new GatewaySqliteDriver(this.#config, this.#database)
  }
}

/** SQLite can roll a schema change back, so that a migration cut short leaves nothing half done. */
class TransactionalDdlAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

class GatewaySqliteDriver extends SqliteDriver {
  readonly #database: SqliteDatabase.Database
  #connection: SlicedConnection | null = null

  constructor(config: SqliteDialectConfig, database: SqliteDatabase.Database) {
    super(config)
    this.#database = database
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    this.#connection ??= new SlicedConnection(await super.acquireConnection())
    return this.#connection
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    this.#connection?.countFromHere()
    await super.beginTransaction(connection)
  }

  override async commitTransaction(connection: DatabaseConnection): Promise<void> {
    const commit = () => super.commitTransaction(connection)
    const isLarge = (this.#connection?.count ?? 0) > LARGE_TRANSACTION
    if (isLarge && !this.#database.memory) await commitLarge(this.#database, commit)
    else await commit()
  }

  /**
   * After a full disk or an I/O error SQLite may have rolled back by itself (sqlite.org/lang_transaction.html);
   * a second rollback then fails and would hide the error that matters.
   */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#database.inTransaction) await super.rollbackTransaction(connection)
  }
}

/**
 * Statements run on the thread that serves the traffic, and their promises settle without a turn of the
 * event loop. So that a transaction of thousands of them does not hold up every request, the loop is given
 * a turn whenever they have taken long enough together.
 */
class SlicedConnection implements DatabaseConnection {
  readonly #inner: DatabaseConnection
  #busyMs = 0
  #count = 0

  constructor(inner: DatabaseConnection) {
    this.#inner = inner
  }

  /** Statements since `countFromHere`. */
  get count(): number {
    return this.#count
  }

  countFromHere(): void {
    this.#count = 0
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    this.#count += 1
    if (this.#busyMs >= SLICE_MS) {
      this.#busyMs = 0
      await setImmediate()
    }
    const begin = performance.now()
    try {
      return await this.#inner.executeQuery<R>(query)
    } finally {
      this.#busyMs += performance.now() - begin
    }
  }

  streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    return this.#inner.streamQuery<R>(query, chunkSize)
  }
}

function preparedOnce(
  database: SqliteDatabase.Database,
): Extract<SqliteDialectConfig['database'], object> {
  const prepared = new Map<string, SqliteDatabase.Statement<unknown[]>>()
  return {
    close: () => {
      prepared.clear()
      database.close()
    },
    prepare: (text) => {
      let statement = prepared.get(text)
      if (statement === undefined) {
        if (prepared.size >= MAX_PREPARED) prepared.clear()
        statement = database.prepare<unknown[]>(text)
        prepared.set(text, statement)
      }
      return statement
    },
  }
}
