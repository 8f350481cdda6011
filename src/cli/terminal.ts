/** What a command sees of the world around it: where it writes to, the time, and when it must end. Handed in, for tests. */
export interface Terminal {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  /** Whether a person reads what `out` and `err` write, and likes colours. */
  readonly isColoured: boolean
  readonly showsProgress: boolean
  readonly columns: number
  /** Whether `out` can be drawn over. */
  readonly isInteractive: boolean
  /** Of what `out` writes to, at this moment: it may be resized. */
  readonly size: () => TerminalSize
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Aborted when the command shall end. */
  readonly stopped: AbortSignal
  /** Resolves after so long, or when `until` (default: `stopped`) is aborted. */
  readonly pause: (ms: number, until?: AbortSignal) => Promise<void>
}

export interface TerminalSize {
  readonly columns: number
  readonly rows: number
}
