import { readFile, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { z } from 'zod'

/**
 * Who has a database file open. SQLite's own lock on the file, which ends with the process, is what keeps
 * a second gateway out; the note beside it only gives the message a name, and when it is still there after
 * the lock is free, its writer did not stop in good order.
 */
export interface HolderNote {
  readonly pid: number
  readonly host: string
  /** ISO 8601. */
  readonly since: string
}

const HOLDER_NOTE = z.object({
  pid: z.int().positive(),
  host: z.string().min(1),
  since: z.iso.datetime(),
})

/** Leaves a note that this process holds the database. Throws the file system's error. */
export async function writeHolderNote(databasePath: string): Promise<void> {
  const note: HolderNote = {
    pid: process.pid,
    host: hostname(),
    since: new Date().toISOString(),
  }
  await writeFile(notePath(databasePath), `${JSON.stringify(note)}\n`, { flush: true })
}

/** The note as text, whatever is in it; null when there is none. */
export async function readHolderNote(databasePath: string): Promise<string | null> {
  try {
    return await readFile(notePath(databasePath), 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/** Removes the note, at the end of a stop in good order. */
export async function removeHolderNote(databasePath: string): Promise<void> {
  await rm(notePath(databasePath), { force: true })
}

/**
 * The holder in words, for a message: "process 4711 since 2026-01-31T08:00:00.000Z".
 * A note whose process is gone was left by an earlier holder and is not repeated.
 */
export function describeHolder(text: string | null): string {
  const note = parseNote(text)
  if (note === null) return 'another process'
  if (note.host !== hostname()) return `process ${note.pid} on ${note.host} since ${note.since}`
  return isAlive(note.pid) ? `process ${note.pid} since ${note.since}` : 'another process'
}

function notePath(databasePath: string): string {
  return `${databasePath}-holder`
}

function parseNote(text: string | null): HolderNote | null {
  if (text === null) return null
  try {
    return HOLDER_NOTE.safeParse(JSON.parse(text)).data ?? null
  } catch {
    // Cut short by the end of its writer: then it names nobody.
    return null
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // Another user's process exists too.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
