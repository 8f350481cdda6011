import type SqliteDatabase from 'better-sqlite3'
import {
  type DatabaseConnection,
  type DialectAdapter,
  type Driver,
  SqliteAdapter,
  SqliteDialect,
  type SqliteDialectConfig,
  SqliteDriver,
} from 'kysely'

/** Statements kept ready. Their texts are few: only lists of values vary in length. */
const MAX_PREPARED = 200

/** Kysely's dialect with statements kept prepared, migrations in a transaction and a forgiving rollback. */
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
    return new ForgivingDriver(this.#config, this.#database)
  }
}

/** SQLite can roll a schema change back, so that a migration cut short leaves nothing half done. */
class TransactionalDdlAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

/**
 * After a full disk or an I/O error SQLite may have rolled back by itself (sqlite.org/lang_transaction.html);
 * a second rollback then fails and would hide the error that matters.
 */
class ForgivingDriver extends SqliteDriver {
  readonly #database: SqliteDatabase.Database

  constructor(config: SqliteDialectConfig, database: SqliteDatabase.Database) {
    super(config)
    this.#database = database
  }

  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#database.inTransaction) await super.rollbackTransaction(connection)
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
