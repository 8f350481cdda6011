import fs from 'node:fs'

/** What may wait for a reader that stands still. More is lost, and counted: it must not fill the memory. */
const BACKLOG_BYTES = 16 * 1024 * 1024
/** How soon a reader that takes nothing at the moment is tried again. */
const RETRY_MS = 5
/** How long the last lines may wait for it before the process ends without them. */
const PATIENCE_MS = 1_000
/** How long a write that has begun takes at most, where it matters. */
const HEAD_START_MS = 20

/**
 * Writes lines to a descriptor, in order and without waiting for its reader. A reader that is too slow misses lines;
 * one that has gone gets no more, and neither ends the process nor holds it up.
 */
export class LineWriter {
  readonly #descriptor: number
  readonly #reportLost: (lines: number) => void
  /** The first one is being written while `#isWriting`. */
  readonly #waiting: Buffer[] = []
  #waitingBytes = 0
  #lostLines = 0
  #isWriting = false
  #isOver = false
  /** What will go on writing. */
  #next: NodeJS.Immediate | NodeJS.Timeout | null = null
  #closed: (() => void) | null = null

  /** `reportLost` is called with the number of lines that a slow reader has missed, once it has caught up. */
  constructor(descriptor: number, reportLost: (lines: number) => void) {
    this.#descriptor = descriptor
    this.#reportLost = reportLost
  }

  /** Takes whole lines. */
  write(lines: string): void {
    if (this.#isOver || lines === '') return
    const bytes = Buffer.from(lines)
    if (this.#waitingBytes + bytes.length > BACKLOG_BYTES) {
      this.#lostLines += lines.split('\n').length - 1
      return
    }
    this.#waiting.push(bytes)
    this.#waitingBytes += bytes.length
    // Not at once: lines that are handed in just before the process ends are then still ours to write.
    if (!this.#isWriting && this.#next === null) this.#next = setImmediate(this.#writeNext)
  }

  /** Resolves when everything is written, or when its reader has not taken it in time. Takes nothing after that. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#end(), PATIENCE_MS)
      this.#closed = () => {
        clearTimeout(timer)
        resolve()
      }
      if (this.#waiting.length === 0) this.#end()
    })
  }

  /** The same at once, for a process that is about to exit. */
  closeNow(): void {
    const deadline = performance.now() + PATIENCE_MS
    if (this.#isWriting) {
      // Another thread is at it, and its word of how far it came would arrive too late.
      pause(HEAD_START_MS)
      this.#taken(this.#waiting[0]?.length ?? 0)
    }
    while (!this.#isOver && this.#waiting.length > 0 && performance.now() < deadline) {
      try {
        this.#taken(fs.writeSync(this.#descriptor, this.#waiting[0] as Buffer))
      } catch (error) {
        if (!isBusy(error)) break
        pause(RETRY_MS)
      }
    }
    this.#end()
  }

  readonly #writeNext = (): void => {
    this.#next = null
    const bytes = this.#waiting[0]
    if (bytes === undefined) return
    this.#isWriting = true
    fs.write(this.#descriptor, bytes, this.#onWritten)
  }

  readonly #onWritten = (error: Error | null, written: number): void => {
    this.#isWriting = false
    if (this.#isOver) return
    if (error === null) {
      this.#taken(written)
      if (this.#waiting.length > 0) this.#writeNext()
      else this.#caughtUp()
    } else if (isBusy(error)) {
      this.#next = setTimeout(this.#writeNext, RETRY_MS)
    } else {
      this.#end()
    }
  }

  #taken(bytes: number): void {
    const first = this.#waiting[0]
    if (first === undefined) return
    this.#waitingBytes -= bytes
    if (bytes < first.length) this.#waiting[0] = first.subarray(bytes)
    else this.#waiting.shift()
  }

  #caughtUp(): void {
    if (this.#closed !== null) {
      this.#end()
    } else if (this.#lostLines > 0) {
      const lines = this.#lostLines
      this.#lostLines = 0
      this.#reportLost(lines)
    }
  }

  #end(): void {
    this.#isOver = true
    this.#waiting.length = 0
    this.#waitingBytes = 0
    this.#closed?.()
  }
}

/** The reader takes nothing at the moment (a full pipe). */
function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN'
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
