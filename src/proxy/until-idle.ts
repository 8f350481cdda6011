import type { Clock } from './clock.ts'

const CHECK_MS = 20

export interface IdleWait {
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly deadlineMs: number
  /** Closes the connections that have become idle. */
  readonly closeIdle: () => void
  readonly isBusy: () => boolean
}

/** Waits until nothing is busy any more, for at most `deadlineMs`. */
export function untilIdle({ clock, deadlineMs, closeIdle, isBusy }: IdleWait): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const deadline = clock.monotonicMs() + deadlineMs
  const check = setInterval(() => {
    closeIdle()
    if (isBusy() && clock.monotonicMs() < deadline) return
    clearInterval(check)
    resolve()
  }, CHECK_MS)
  return promise
}
