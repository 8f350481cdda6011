import SqliteDatabase from 'better-sqlite3'
import { GatewayError } from '../../model/errors.ts'

/** The medium fails, not the statement: full, broken, read-only or locked (sqlite.org/rescode.html). */
const UNAVAILABLE = [
  'SQLITE_FULL',
  'SQLITE_IOERR',
  'SQLITE_READONLY',
  'SQLITE_BUSY',
  'SQLITE_LOCKED',
  'SQLITE_CANTOPEN',
  'SQLITE_NOMEM',
]

/**
 * The GatewayError an error of SQLite means: `database_unavailable` when the medium fails,
 * else `database_error`. Null when the error is not SQLite's.
 */
export function describeSqliteError(error: unknown, location: string): GatewayError | null {
  if (!(error instanceof SqliteDatabase.SqliteError)) return null
  const isUnavailable = UNAVAILABLE.some((code) => hasCode(error, code))
  return new GatewayError(
    isUnavailable ? 'database_unavailable' : 'database_error',
    `the database ${location} answered ${error.code}: ${error.message}; nothing was changed`,
    { cause: error },
  )
}

/** True when SQLite reports this code or one of its extended codes. */
export function hasCode(error: unknown, code: string): boolean {
  if (!(error instanceof SqliteDatabase.SqliteError)) return false
  return error.code === code || error.code.startsWith(`${code}_`)
}
