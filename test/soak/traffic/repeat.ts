import { setTimeout as pause } from 'node:timers/promises'

/** Takes a step again and again, at rest for some `pauseMs` in between, until the signal; a step is always finished. */
export async function repeat(
  signal: AbortSignal,
  pauseMs: number,
  step: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    await step()
    await rest(pauseMs * (0.5 + Math.random()), signal)
  }
}

/** Ends early with the signal. */
export async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch(() => undefined) // the end of the wait is the end
}
