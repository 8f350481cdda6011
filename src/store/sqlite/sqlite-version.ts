import SqliteDatabase from 'better-sqlite3'
import { GatewayError } from '../../model/errors.ts'

/** Versions 3.7.0 to 3.51.2 can lose committed transactions when a WAL is reset (sqlite.org/wal.html). */
const LOWEST: readonly number[] = [3, 51, 3]

/** Throws `runtime_too_old` when the SQLite in use may lose what it acknowledged. */
export function requireSqliteVersion(): void {
  const version = linkedVersion()
  if (isOldSqlite(version)) {
    throw new GatewayError(
      'runtime_too_old',
      `SQLite ${version} is too old: the gateway needs ${LOWEST.join('.')}, older ones can lose committed changes`,
    )
  }
}

/** True for versions below 3.51.3. */
export function isOldSqlite(version: string): boolean {
  const parts = version.split('.').map(Number)
  for (const [index, lowest] of LOWEST.entries()) {
    const part = parts[index] ?? 0
    if (part !== lowest) return part < lowest
  }
  return false
}

function linkedVersion(): string {
  const database = new SqliteDatabase(':memory:')
  try {
    return String(database.prepare('select sqlite_version()').pluck().get())
  } finally {
    database.close()
  }
}
