import { setTimeout as pause } from 'node:timers/promises'
import { GatewayError } from '../model/errors.ts'
import type { Store } from './store.ts'

export interface HolderWait {
  /** 0 waits for nobody. */
  readonly maxMs: number
  readonly monotonicMs: () => number
  /** Called once, with the error that names the holder. */
  readonly onWait: (error: GatewayError) => void
  readonly isGivenUp: () => boolean
}

const LOOK_EVERY_MS = 25

/**
 * What `open` gives once no other process holds the database any more; null when it was given up before. Throws what
 * `open` throws, `database_in_use` only after `maxMs`.
 */
export async function openWhenFree(
  open: () => Promise<Store>,
  { maxMs, monotonicMs, onWait, isGivenUp }: HolderWait,
): Promise<Store | null> {
  const deadlineMs = monotonicMs() + maxMs
  for (let isWaiting = false; !isGivenUp(); isWaiting = true) {
    try {
      return await open()
    } catch (error) {
      if (!isInUse(error) || monotonicMs() >= deadlineMs) throw error
      if (!isWaiting) onWait(error)
      await pause(LOOK_EVERY_MS)
    }
  }
  return null
}

function isInUse(error: unknown): error is GatewayError {
  return error instanceof GatewayError && error.code === 'database_in_use'
}
