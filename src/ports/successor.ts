import { setTimeout as pause } from 'node:timers/promises'
import { type AdminPlace, askAdmin } from './ask-admin.ts'

export interface SuccessorWait {
  readonly maxMs: number
  readonly monotonicMs: () => number
  /** Whether another process has taken the database, and so is about to serve. */
  readonly isUnderWay: () => Promise<boolean>
}

const LOOK_EVERY_MS = 100
/** Of this process too; another admin_token gets 401 from one that serves. */
const NOT_SERVING = 503

/**
 * Waits until the process that has taken over the database serves requests, so that there is no moment without a
 * listener. A new connection to a shared port is its from the moment it listens, so that it is the one that answers.
 */
export async function untilSuccessorServes(
  place: AdminPlace,
  { maxMs, monotonicMs, isUnderWay }: SuccessorWait,
): Promise<void> {
  const deadlineMs = monotonicMs() + maxMs
  while (monotonicMs() < deadlineMs && (await isUnderWay())) {
    const answer = await askAdmin(place, '/status')
    if (answer !== null && answer.status !== NOT_SERVING) return
    await pause(LOOK_EVERY_MS)
  }
}
