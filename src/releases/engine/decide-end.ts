import { elapsedMs, whenShows } from '../state/clock.ts'
import { gatesOf } from './ask-gates.ts'
import { byItself, happen } from './happen.ts'
import { obstacle } from './obstacles.ts'
import { append, clockStartMs, type Due, notDue, type Position, waitFor } from './position.ts'

/** Everybody is on the canary, and one command still takes all back. */
export function decideBaking({ release, state, nowMs }: Position): Due {
  if (elapsedMs(state.clock, nowMs) < release.bakeMs) {
    return notDue(waitFor(null, null, whenShows(state.clock, release.bakeMs)))
  }
  return notDue(append(happen(byItself(nowMs), { type: 'promoting' })))
}

/** The promotion is an upward move, since nothing takes it back. */
export function decidePromoting(position: Position): Due {
  const gates = gatesOf(position.release, 'confirm-promotion')
  const move =
    obstacle(position, { isHealthy: true, gates }) ??
    append(happen(byItself(position.nowMs), { type: 'succeeded' }))
  return { move, dueSinceMs: clockStartMs(position) }
}
