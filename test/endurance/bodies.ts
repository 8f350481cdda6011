import { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { crc32 } from 'node:zlib'

/** How fast one side is: it rests for `pauseMs` after every so many bytes. */
export interface Pace {
  readonly everyBytes: number
  readonly pauseMs: number
}

/** What a body was: the same at both ends when nothing was lost, added or changed places. */
export interface BodySum {
  bytes: number
  crc: number
}

const PART_BYTES = 64 * 1024

/** A body of so many bytes and its sum, which is complete when the body is. */
export function produce(bytes: number, pace: Pace): { body: Readable; sum: BodySum } {
  const sum: BodySum = { bytes: 0, crc: 0 }
  return { body: Readable.from(partsOf(bytes, sum, pace), { objectMode: false }), sum }
}

async function* partsOf(bytes: number, sum: BodySum, pace: Pace): AsyncGenerator<Buffer> {
  while (sum.bytes < bytes) {
    const part = Buffer.alloc(Math.min(PART_BYTES, bytes - sum.bytes), sum.bytes / PART_BYTES)
    await add(sum, part, pace)
    yield part
  }
}

/** Reads a stream to its end. */
export async function consume(stream: Readable, pace: Pace): Promise<BodySum> {
  const sum: BodySum = { bytes: 0, crc: 0 }
  for await (const part of stream) await add(sum, part as Buffer, pace)
  return sum
}

async function add(sum: BodySum, part: Buffer, { everyBytes, pauseMs }: Pace): Promise<void> {
  const isDue =
    Math.floor((sum.bytes + part.length) / everyBytes) > Math.floor(sum.bytes / everyBytes)
  sum.crc = crc32(part, sum.crc)
  sum.bytes += part.length
  if (isDue) await pause(pauseMs)
}
