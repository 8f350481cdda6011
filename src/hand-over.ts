import { setTimeout as pause } from 'node:timers/promises'
import type { LogOutput } from './metrics/log-output.ts'
import type { Settings } from './model/settings.ts'
import { untilSuccessorServes } from './ports/successor.ts'
import type { Clock } from './proxy/clock.ts'
import { isHeld } from './store/open-store.ts'
import type { Store } from './store/store.ts'

/** Longer than any change of the configuration takes. */
const STORE_CLOSE_TIMEOUT_MS = 10_000

/**
 * Lets the process after this one open the database. A change under way ends first; later ones are refused, so that
 * none is acknowledged here and missing there.
 */
export async function closeForSuccessor(store: Store, { logger }: LogOutput): Promise<void> {
  const closing = store.close().then(
    () => logger.info('database closed for the next process'),
    (error: unknown) => logger.error({ err: error }, 'the database could not be closed'),
  )
  const timeout = new AbortController()
  await Promise.race([
    closing,
    pause(STORE_CLOSE_TIMEOUT_MS, null, { signal: timeout.signal }).then(
      () => logger.error('the database is still being written to; going on'),
      () => {},
    ),
  ])
  timeout.abort()
}

/** For a process that has the database to compile it and to listen. */
const SUCCESSOR_TIMEOUT_MS = 30_000

/** Waits until the next process serves, or has not begun to. */
export function untilSuccessor(settings: Settings, clock: Clock): Promise<void> {
  const place = { admin: settings.admin_listen, adminToken: settings.admin_token ?? null }
  return untilSuccessorServes(place, {
    maxMs: SUCCESSOR_TIMEOUT_MS,
    monotonicMs: clock.monotonicMs,
    isUnderWay: () => isHeld(settings.database),
  })
}
