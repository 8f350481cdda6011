import { type Logger, pino } from 'pino'
import type { AccessEntry } from './access-entry.ts'
import { accessLine } from './access-entry.ts'
import { LineBuffer } from './line-buffer.ts'

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
  const destination = pino.destination({ dest: descriptor, sync: false })
  // A reader that went away must not end the gateway; there is nowhere left to say so.
  destination.on('error', () => {})
  const lines = new LineBuffer((text) => destination.write(text))
  const logger = pino({ level, base: null }, { write: (line: string) => lines.append(line) })
  return {
    logger,
    recordAccess: hasAccessLog ? (entry) => lines.append(accessLine(entry)) : () => {},
    flush() {
      lines.flush()
      destination.flushSync()
    },
  }
}
