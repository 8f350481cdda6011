import { type FileHandle, open } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import type SqliteDatabase from 'better-sqlite3'

/** So many pages in the log, 4 MiB, make SQLite do a checkpoint after a commit. */
export const AUTOCHECKPOINT_PAGES = 250

/**
 * Commits a transaction of many megabytes without holding up the thread for as long as the disk takes: the log is
 * flushed beside it before the commit, the checkpoint is a step of its own after it, and its flush is beside it again.
 * Nobody may use the connection meanwhile: the log must not be written from its start before the database is flushed,
 * which is what makes a checkpoint without a flush safe (sqlite.org/wal.html, section 2.2). `file` is the database,
 * open for as long as the connection is: closing it would drop the locks that SQLite has on it.
 */
export async function commitLarge(
  database: SqliteDatabase.Database,
  file: FileHandle,
  commit: () => Promise<void>,
): Promise<void> {
  database.pragma('wal_autocheckpoint = 0')
  try {
    await flushLog(`${database.name}-wal`)
    await commit()
    await setImmediate()
    database.pragma('synchronous = OFF')
    database.pragma('wal_checkpoint(PASSIVE)')
    await file.sync()
  } finally {
    database.pragma('synchronous = FULL')
    database.pragma(`wal_autocheckpoint = ${AUTOCHECKPOINT_PAGES}`)
  }
}

/** In another thread; POSIX flushes all that was written to the file, by whatever descriptor. SQLite has no locks on it. */
async function flushLog(path: string): Promise<void> {
  const log = await open(path, 'r+')
  try {
    await log.sync()
  } finally {
    await log.close()
  }
}
