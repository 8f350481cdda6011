import { type Logger, pino } from 'pino'
import type { AccessEntry } from './access-entry.ts'
import { accessLine } from './access-entry.ts'

/** How long a line may wait for others, so that many requests share one write. */
const FLUSH_MS = 100
const BUFFER_BYTES = 8 * 1024

/** The log of a process: messages and access lines, one JSON object a line, in one order. */
export interface LogOutput {
  readonly logger: Logger
  readonly recordAccess: (entry: AccessEntry) => void
  /** Writes out what is waiting. To be called before the process ends. */
  flush(): void
}

export interface LogOptions {
  readonly level: string
  readonly hasAccessLog: boolean
  /** File descriptor; 1 is standard output. */
  readonly descriptor: number
}

export function createLogOutput({ level, hasAccessLog, descriptor }: LogOptions): LogOutput {
  const destination = pino.destination({
    dest: descriptor,
    sync: false,
    minLength: BUFFER_BYTES,
    periodicFlush: FLUSH_MS,
  })
  // A reader that went away must not end the gateway; there is nowhere left to say so.
  destination.on('error', () => {})
  const logger = pino({ level, base: null }, destination)
  return {
    logger,
    recordAccess: hasAccessLog ? (entry) => destination.write(accessLine(entry)) : () => {},
    flush: () => destination.flushSync(),
  }
}
