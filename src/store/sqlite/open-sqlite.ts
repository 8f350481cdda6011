import { constants } from 'node:fs'
import { access, mkdir, open } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { Kysely, sql } from 'kysely'
import { GatewayError } from '../../model/errors.ts'
import type { Database } from '../database.ts'
import { KyselyStore } from '../kysely-store.ts'
import { migrateToLatest } from '../migrations/migrate.ts'
import type { Store } from '../store.ts'
import { describeHolder, readHolderNote, removeHolderNote, writeHolderNote } from './holder-note.ts'
import { AUTOCHECKPOINT_PAGES } from './large-commit.ts'
import { GatewaySqliteDialect } from './sqlite-dialect.ts'
import { describeSqliteError, hasCode } from './sqlite-errors.ts'
import { requireSqliteVersion } from './sqlite-version.ts'

/** `Cana`: marks the file as ours (sqlite.org/pragma.html#pragma_application_id). */
const APPLICATION_ID = 0x43616e61

const BUSY_TIMEOUT_MS = 5000
const PAGE_BYTES = 16_384
const CACHE_KIBIBYTES = 2000

/**
 * Opens the database file at `path`, or one in memory for `:memory:`, for this process alone.
 * Creates folder and file, migrates the schema, and after an unclean stop checks the file first.
 * Throws `runtime_too_old`, `database_in_use` (naming the holder) and `cannot_open_database` (naming the file).
 */
export async function openSqliteStore(options: { readonly path: string }): Promise<Store> {
  requireSqliteVersion()
  if (options.path === ':memory:') {
    const database = new SqliteDatabase(':memory:')
    return toStore(database, { location: 'in memory', beforeClose: async () => {} })
  }
  const path = resolve(options.path)
  const database = await openFile(path)
  try {
    const isUnclean = await takeFile(database, path)
    if (isUnclean) requireSound(database, path)
    await writeHolderNote(path)
    return await toStore(database, {
      location: path,
      beforeClose: () => removeHolderNote(path),
    })
  } catch (error) {
    database.close()
    throw asOpenError(error, path)
  }
}

async function openFile(path: string): Promise<SqliteDatabase.Database> {
  try {
    await mkdir(dirname(path), { recursive: true })
    await requireWritableFile(path)
    // No waiting for the lock: who holds it does so until its end.
    return new SqliteDatabase(path, { timeout: 0 })
  } catch (error) {
    throw asOpenError(error, path)
  }
}

/** True when the file was not closed in good order the last time. */
async function takeFile(database: SqliteDatabase.Database, path: string): Promise<boolean> {
  try {
    // In WAL mode the lock is taken by the first access and kept until the end of the process.
    database.pragma('locking_mode = EXCLUSIVE')
    requireOurs(database, path)
    database.pragma('journal_mode = WAL')
    database.exec('begin exclusive; commit')
  } catch (error) {
    if (!hasCode(error, 'SQLITE_BUSY')) throw error
    const holder = describeHolder(await readHolderNote(path))
    throw new GatewayError('database_in_use', `the database ${path} is in use by ${holder}`, {
      cause: error,
    })
  }
  // FULL, since NORMAL may lose acknowledged transactions at a power failure (sqlite.org/pragma.html).
  database.pragma('synchronous = FULL')
  database.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`)
  database.pragma(`wal_autocheckpoint = ${AUTOCHECKPOINT_PAGES}`)
  // What does not fit is written while a transaction goes on, in slices, and not all of it at its end.
  database.pragma(`cache_size = -${CACHE_KIBIBYTES}`)
  return (await readHolderNote(path)) !== null
}

async function toStore(
  database: SqliteDatabase.Database,
  options: { readonly location: string; readonly beforeClose: () => Promise<void> },
): Promise<Store> {
  database.pragma('foreign_keys = ON')
  const db = new Kysely<Database>({ dialect: new GatewaySqliteDialect(database) })
  await migrateToLatest(db, options.location)
  return new KyselyStore({
    name: 'sqlite',
    db,
    describeError: (error) => describeSqliteError(error, options.location),
    close: async () => {
      try {
        // Queued behind the queries that are still waiting.
        await sql`pragma wal_checkpoint(truncate)`.execute(db)
        await options.beforeClose()
      } finally {
        await db.destroy()
      }
    },
  })
}

/** Creates a missing file for its owner's eyes only: it will hold credentials. */
async function requireWritableFile(path: string): Promise<void> {
  try {
    await access(path, constants.R_OK | constants.W_OK)
  } catch (error) {
    if (!isMissing(error)) throw error
    await (await open(path, 'wx', 0o600)).close()
  }
}

function requireOurs(database: SqliteDatabase.Database, path: string): void {
  if (database.pragma('page_count', { simple: true }) === 0) {
    // Fewer, larger pages: what a large transaction costs is their number.
    database.pragma(`page_size = ${PAGE_BYTES}`)
    database.pragma(`application_id = ${APPLICATION_ID}`)
    return
  }
  if (database.pragma('application_id', { simple: true }) === APPLICATION_ID) return
  throw new GatewayError(
    'cannot_open_database',
    `${path} is a database of another program, which the gateway will not write to`,
  )
}

function requireSound(database: SqliteDatabase.Database, path: string): void {
  const verdict = database.pragma('quick_check(1)', { simple: true })
  if (verdict === 'ok') return
  throw new GatewayError(
    'cannot_open_database',
    `the database ${path} is damaged (${String(verdict)}); restore a backup`,
  )
}

function asOpenError(error: unknown, path: string): unknown {
  if (error instanceof GatewayError) return error
  if (!(error instanceof Error)) return error
  const reason = hasCode(error, 'SQLITE_NOTADB')
    ? 'the file is no SQLite database'
    : (describeSystemError(error) ?? error.message)
  return new GatewayError('cannot_open_database', `cannot open the database ${path}: ${reason}`, {
    cause: error,
  })
}

function describeSystemError(error: Error): string | null {
  if (!('code' in error)) return null
  switch (error.code) {
    case 'EACCES':
    case 'EPERM':
      return 'no permission to read and write there'
    case 'EROFS':
      return 'the file system is read-only'
    case 'ENOTDIR':
    case 'EEXIST':
      return 'a part of the path is a file, not a folder'
    case 'SQLITE_CANTOPEN':
      return 'it is no file that can be read and written'
    default:
      return null
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
