import { realpathSync, rmSync, statSync } from 'node:fs'
import SqliteDatabase from 'better-sqlite3'
import { hasCode } from './sqlite-errors.ts'

/** Keeps every other process out for as long as it is held, and ends with the process. */
export interface DatabaseLock {
  release(): void
}

/**
 * Takes the lock beside a database file, for one process whose connections then share the file; null when another one
 * has it. It is SQLite's own exclusive lock on a file that stays empty. Only SQLite may open that file: POSIX drops all
 * locks of a process on a file as soon as it closes any of its descriptors (sqlite.org/howtocorrupt.html, section 2.2).
 */
export function lockDatabase(databasePath: string): DatabaseLock | null {
  const path = `${realpathSync(databasePath)}-lock`
  new SqliteDatabase(path).close()
  const inode = inodeOf(path)
  const file = new SqliteDatabase(path, { timeout: 0 })
  try {
    file.exec('begin exclusive')
  } catch (error) {
    file.close()
    if (hasCode(error, 'SQLITE_BUSY')) return null
    throw error
  }
  // The one who had it before may have removed it meanwhile, and the next one would lock another file.
  if (inode === null || inodeOf(path) !== inode) {
    file.close()
    return null
  }
  return {
    release: () => {
      rmSync(path, { force: true })
      file.close()
    },
  }
}

function inodeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? null
}
