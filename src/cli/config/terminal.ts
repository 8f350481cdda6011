/** Where a command writes to and when it must end; handed in, for tests to look on. */
export interface Terminal {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  /** Whether a person reads what `out` and `err` write, and likes colours. */
  readonly isColoured: boolean
  readonly showsProgress: boolean
  readonly columns: number
  /** Aborted when the command shall end. */
  readonly stopped: AbortSignal
  /** Resolves after so long, or when the command shall end. */
  readonly pause: (ms: number) => Promise<void>
}
