import { once } from 'node:events'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'

/** Beside this file, in the source as well as in what is built of it. */
const WORKER = new URL(`./checkpoint-worker${extname(import.meta.url)}`, import.meta.url)

/**
 * Moves what is in the log of a database to the database itself, on a connection of another thread. Never fails: what is
 * committed is committed, and what stays in the log is for the next checkpoint.
 */
export async function checkpointInThread(databasePath: string): Promise<void> {
  const worker = new Worker(WORKER, { workerData: databasePath, execArgv: [] })
  try {
    await once(worker, 'exit')
  } catch {
    // A full disk, for example, of which the next change tells.
  }
}
