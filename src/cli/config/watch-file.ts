/** How often the file is looked at. Polling works on every file system, and with files that are replaced. */
const INTERVAL_MS = 500

export interface WatchParts {
  /** Changes whenever the file does. */
  readonly stampOf: () => string
  readonly pause: (ms: number) => Promise<void>
  readonly stopped: AbortSignal
}

/**
 * Calls `apply` at once, and again whenever the file has changed and then stayed as it is for half a second: half a file
 * may be valid, and would delete the other half. Also while `apply` gives false, since it is not the file's fault. Ends
 * when it is stopped.
 */
export async function watchFile(
  { stampOf, pause, stopped }: WatchParts,
  apply: () => Promise<boolean>,
): Promise<void> {
  // Taken before the file is read: what changes meanwhile is applied too.
  let applied = stampOf()
  let isSettled = await apply()
  let seen = applied
  while (!stopped.aborted) {
    await pause(INTERVAL_MS)
    if (stopped.aborted) return
    const now = stampOf()
    if (now === seen && (now !== applied || !isSettled)) {
      applied = now
      isSettled = await apply()
    }
    seen = now
  }
}
