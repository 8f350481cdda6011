import { resolve } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { Kysely, sql } from 'kysely'
import { GatewayError } from '../../model/errors.ts'
import type { Database } from '../database.ts'
import { KyselyStore } from '../kysely-store.ts'
import { migrateToLatest } from '../migrations/migrate.ts'
import type { Store } from '../store.ts'
import { requireSound, requireWritableFile, setUpWriter } from './database-file.ts'
import { lockDatabase } from './database-lock.ts'
import { describeHolder, readHolderNote, removeHolderNote, writeHolderNote } from './holder-note.ts'
import { asOpenError } from './open-errors.ts'
import { GatewaySqliteDialect } from './sqlite-dialect.ts'
import { describeSqliteError, hasCode } from './sqlite-errors.ts'
import { requireSqliteVersion } from './sqlite-version.ts'

/**
 * Opens the database file at `path`, or one in memory for `:memory:`, for this process alone.
 * Creates folder and file, migrates the schema, and after an unclean stop checks the file first.
 * Throws `runtime_too_old`, `database_in_use` (naming the holder) and `cannot_open_database` (naming the file).
 */
export async function openSqliteStore(options: { readonly path: string }): Promise<Store> {
  requireSqliteVersion()
  if (options.path === ':memory:') return openInMemory()
  const path = resolve(options.path)
  try {
    return await openFile(path)
  } catch (error) {
    if (!hasCode(error, 'SQLITE_BUSY')) throw asOpenError(error, path)
    throw inUse(path, await readHolderNote(path), error)
  }
}

/** Two connections cannot share a database in memory. */
async function openInMemory(): Promise<Store> {
  const location = 'in memory'
  const db = await migrated(new SqliteDatabase(':memory:'), location)
  return new KyselyStore({
    name: 'sqlite',
    db,
    reader: db,
    describeError: (error) => describeSqliteError(error, location),
    close: async () => {
      // Queued behind the queries that are still waiting.
      await sql`select 1`.execute(db)
      await db.destroy()
    },
  })
}

async function openFile(path: string): Promise<Store> {
  await requireWritableFile(path)
  const lock = lockDatabase(path)
  if (lock === null) throw inUse(path, await readHolderNote(path))
  // Ended in reverse: the lock at last.
  const opened = new AsyncDisposableStack()
  opened.defer(() => lock.release())
  try {
    return await openLocked(path, opened)
  } catch (error) {
    await opened.disposeAsync()
    throw error
  }
}

/** What is opened goes into `opened`, and ends with the store. */
async function openLocked(path: string, opened: AsyncDisposableStack): Promise<Store> {
  // No waiting for other locks: who holds one does so until its end.
  const database = opened.adopt(new SqliteDatabase(path, { timeout: 0 }), close)
  setUpWriter(database, path)
  if ((await readHolderNote(path)) !== null) requireSound(database, path)
  await writeHolderNote(path)
  const db = await migrated(database, path)
  const reading = opened.adopt(new SqliteDatabase(path, { readonly: true }), close)
  const reader = new Kysely<Database>({ dialect: new GatewaySqliteDialect(reading) })
  return new KyselyStore({
    name: 'sqlite',
    db,
    reader,
    describeError: (error) => describeSqliteError(error, path),
    close: async () => {
      try {
        // Queued behind the queries that are still waiting, as above.
        await sql`select 1`.execute(reader)
        await reader.destroy()
        await sql`pragma wal_checkpoint(truncate)`.execute(db)
        await removeHolderNote(path)
      } finally {
        await db.destroy()
        await opened.disposeAsync()
      }
    },
  })
}

async function migrated(
  database: SqliteDatabase.Database,
  location: string,
): Promise<Kysely<Database>> {
  database.pragma('foreign_keys = ON')
  const db = new Kysely<Database>({ dialect: new GatewaySqliteDialect(database) })
  await migrateToLatest(db, location)
  return db
}

function close(database: SqliteDatabase.Database): void {
  database.close()
}

function inUse(path: string, note: string | null, cause?: unknown): GatewayError {
  const message = `the database ${path} is in use by ${describeHolder(note)}`
  return new GatewayError('database_in_use', message, { cause })
}
