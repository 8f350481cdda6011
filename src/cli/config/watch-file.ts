/** How often the file is looked at. Polling works on every file system, and with files that are replaced. */
const INTERVAL_MS = 500

export interface WatchParts {
  /** Changes whenever the file does. */
  readonly stampOf: () => string
  readonly pause: (ms: number) => Promise<void>
  readonly stopped: AbortSignal
}

/**
 * Calls `onChange` whenever the file has changed and then stayed as it is for half a second: half a file may be valid,
 * and would delete the other half. Ends when it is stopped.
 */
export async function watchFile(
  { stampOf, pause, stopped }: WatchParts,
  onChange: () => Promise<void>,
): Promise<void> {
  let applied = stampOf()
  let seen = applied
  while (!stopped.aborted) {
    await pause(INTERVAL_MS)
    if (stopped.aborted) return
    const now = stampOf()
    if (now === seen && now !== applied) {
      applied = now
      await onChange()
    }
    seen = now
  }
}
