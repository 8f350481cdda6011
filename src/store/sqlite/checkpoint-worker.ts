import { workerData } from 'node:worker_threads'
import SqliteDatabase from 'better-sqlite3'

/** Does one checkpoint of the database whose path it is given, in a thread of its own, and ends. */
const database = new SqliteDatabase(String(workerData), { fileMustExist: true })
try {
  database.pragma('synchronous = FULL')
  database.pragma('wal_checkpoint(PASSIVE)')
} finally {
  database.close()
}
