import { setTimeout as pause } from 'node:timers/promises'

/**
 * Waits until the condition holds; returns how long that took, in milliseconds. Fails after `timeoutMs` with what was
 * waited for.
 */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 60_000,
): Promise<number> {
  const startedAt = performance.now()
  while (!(await condition())) {
    if (performance.now() - startedAt > timeoutMs)
      throw new Error(`not in ${timeoutMs} ms: ${what}`)
    await pause(POLL_MS)
  }
  return performance.now() - startedAt
}

const POLL_MS = 10
