import { readFileSync, statSync } from 'node:fs'
import { MAX_FILE_BYTES } from '../../declarative/max-file-bytes.ts'

/** The bytes of a file, or of standard input for `-`. Fails in words when it cannot be read or is too large to send. */
export function readBytes(file: string): Uint8Array<ArrayBuffer> {
  const size = file === '-' ? 0 : sizeOf(file)
  if (size > MAX_FILE_BYTES) throw tooLarge(file, size)
  const bytes = file === '-' ? readFileSync(0) : readFileSync(file)
  if (bytes.length > MAX_FILE_BYTES) throw tooLarge(file, bytes.length)
  return new Uint8Array(bytes)
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`${file} cannot be read: ${reason}`, { cause })
  }
}

function tooLarge(file: string, bytes: number): Error {
  const mebibytes = (bytes / 1024 / 1024).toFixed(1)
  const most = MAX_FILE_BYTES / 1024 / 1024
  return new Error(
    `${file} has ${mebibytes} MiB, and at most ${most} MiB are taken; divide it by select tags`,
  )
}
