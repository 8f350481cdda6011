import { constants } from 'node:fs'
import { access, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import type SqliteDatabase from 'better-sqlite3'
import { GatewayError } from '../../model/errors.ts'
import { AUTOCHECKPOINT_PAGES } from './large-commit.ts'

/** `Cana`: marks the file as ours (sqlite.org/pragma.html#pragma_application_id). */
const APPLICATION_ID = 0x43616e61

const BUSY_TIMEOUT_MS = 5000
const PAGE_BYTES = 16_384
const CACHE_KIBIBYTES = 2000

/** Creates a missing file, for its owner's eyes only: it will hold credentials. Throws the file system's error. */
export async function requireWritableFile(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  try {
    await access(path, constants.R_OK | constants.W_OK)
  } catch (error) {
    if (!isMissing(error)) throw error
    await (await open(path, 'wx', 0o600)).close()
  }
}

/** Makes a connection the one that writes. Throws `cannot_open_database` for the database of another program. */
export function setUpWriter(database: SqliteDatabase.Database, path: string): void {
  requireOurs(database, path)
  database.pragma('journal_mode = WAL')
  database.exec('begin exclusive; commit')
  // FULL, since NORMAL may lose acknowledged transactions at a power failure (sqlite.org/pragma.html).
  database.pragma('synchronous = FULL')
  database.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`)
  database.pragma(`wal_autocheckpoint = ${AUTOCHECKPOINT_PAGES}`)
  // What does not fit is written while a transaction goes on, in slices, and not all of it at its end.
  database.pragma(`cache_size = -${CACHE_KIBIBYTES}`)
}

/** Throws `cannot_open_database` for a damaged file. */
export function requireSound(database: SqliteDatabase.Database, path: string): void {
  const verdict = database.pragma('quick_check(1)', { simple: true })
  if (verdict === 'ok') return
  throw new GatewayError(
    'cannot_open_database',
    `the database ${path} is damaged (${String(verdict)}); restore a backup`,
  )
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

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
