import { type Logger, pino } from 'pino'
import type { AccessEntry } from './access-entry.ts'
import { accessLine } from './access-entry.ts'
import { LineBuffer } from './line-buffer.ts'

/** What may wait for a reader that stands still. More is lost, and counted: it must not fill the memory. */
const BACKLOG_BYTES = 16 * 1024 * 1024
/** How long the last lines may wait for such a reader before the process ends without it. */
const LAST_FLUSH_MS = 1_000

/** The log of a process: messages and access lines, one JSON object a line, in one order. */
export interface LogOutput {
  readonly logger: Logger
  readonly recordAccess: (entry: AccessEntry) => void
  /** Writes out what is waiting, as far as it is read. To be called before the process ends. */
  flush(): void
}

export interface LogOptions {
  readonly level: string
  readonly hasAccessLog: boolean
  /** File descriptor; 1 is standard output. */
  readonly descriptor: number
}

export function createLogOutput({ level, hasAccessLog, descriptor }: LogOptions): LogOutput {
  let isOver = false
  let patienceEndsMs = Number.POSITIVE_INFINITY
  const destination = pino.destination({
    dest: descriptor,
    sync: false,
    maxLength: BACKLOG_BYTES,
    retryEAGAIN: () => performance.now() < patienceEndsMs,
  })
  // A reader that went away must not end the gateway; there is nowhere left to say so.
  destination.on('error', () => {})
  const lines = new LineBuffer((text) => {
    if (!isOver) destination.write(text)
  })
  const logger = pino({ level, base: null }, { write: (line: string) => lines.append(line) })
  reportLostLines(destination, logger)
  return {
    logger,
    recordAccess: hasAccessLog ? (entry) => lines.append(accessLine(entry)) : () => {},
    flush() {
      lines.flush()
      patienceEndsMs = performance.now() + LAST_FLUSH_MS
      if (isOver) return
      try {
        destination.flushSync()
      } catch {
        // The reader has stood still for all that time, or has gone: nobody is left to tell.
        isOver = true
        destination.destroy()
      }
    },
  }
}

/** Says how many lines a slow reader has missed, once it reads again. */
function reportLostLines(destination: ReturnType<typeof pino.destination>, logger: Logger): void {
  let lostLines = 0
  destination.on('drop', (lines: string) => {
    lostLines += lines.split('\n').length - 1
  })
  destination.on('drain', () => {
    if (lostLines === 0) return
    const lost = lostLines
    lostLines = 0
    logger.warn({ lost_lines: lost }, 'log lines were lost: their reader was too slow')
  })
}
