import { open } from 'node:fs/promises'
import type SqliteDatabase from 'better-sqlite3'
import { checkpointInThread } from './checkpoint-in-thread.ts'

/** So many pages in the log, 4 MiB, make SQLite do a checkpoint after a commit. */
export const AUTOCHECKPOINT_PAGES = 250

/**
 * Commits a transaction of many megabytes without holding up the thread for as long as the disk takes: the log is
 * flushed beside it before the commit, and what is in the log is moved to the database by another thread after it.
 */
export async function commitLarge(
  database: SqliteDatabase.Database,
  commit: () => Promise<void>,
): Promise<void> {
  database.pragma('wal_autocheckpoint = 0')
  try {
    await flush(`${database.name}-wal`)
    await commit()
    await checkpointInThread(database.name)
  } finally {
    database.pragma(`wal_autocheckpoint = ${AUTOCHECKPOINT_PAGES}`)
  }
}

/**
 * In another thread; POSIX flushes all that was written to the file, by whatever descriptor. Only for files on which
 * SQLite has no locks, as the log: closing a descriptor would drop them (sqlite.org/howtocorrupt.html, section 2.2).
 */
async function flush(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
