import { type Logger, pino } from 'pino'
import type { AccessEntry } from './access-entry.ts'
import { accessLine } from './access-entry.ts'
import { LineBuffer } from './line-buffer.ts'
import { LineWriter } from './line-writer.ts'

/** The log of a process: messages and access lines, one JSON object a line, in one order. */
export interface LogOutput {
  readonly logger: Logger
  readonly recordAccess: (entry: AccessEntry) => void
  /** Writes out what is waiting, as far as it is read, and takes nothing after that: the process ends at once. */
  flush(): void
}

export interface ProcessLog extends LogOutput {
  /** The same for a process that ends in good order. */
  close(): Promise<void>
}

export interface LogOptions {
  readonly level: string
  readonly hasAccessLog: boolean
  /** File descriptor; 1 is standard output. A pipe must not block. */
  readonly descriptor: number
}

export function createLogOutput({ level, hasAccessLog, descriptor }: LogOptions): ProcessLog {
  const writer = new LineWriter(descriptor, (lines) =>
    logger.warn({ lost_lines: lines }, 'log lines were lost: their reader was too slow'),
  )
  const buffer = new LineBuffer((lines) => writer.write(lines))
  const logger = pino({ level, base: null }, { write: (line: string) => buffer.append(line) })
  return {
    logger,
    recordAccess: hasAccessLog ? (entry) => buffer.append(accessLine(entry)) : () => {},
    flush() {
      buffer.flush()
      writer.closeNow()
    },
    close() {
      buffer.flush()
      return writer.close()
    },
  }
}
