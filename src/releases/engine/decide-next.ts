import type { Release } from '../document/release.ts'
import { isEnded } from '../state/phase.ts'
import type { ReleaseState } from '../state/release-state.ts'
import { withDeadline } from './deadline.ts'
import { decideBaking, decidePromoting } from './decide-end.ts'
import { decideAfterEnd, decideFall } from './decide-fall.ts'
import { decideProgress, restore } from './decide-progress.ts'
import { decideStart } from './decide-start.ts'
import { byItself, happen } from './happen.ts'
import type { Move } from './move.ts'
import { append, type Due, notDue, type Position, waitFor } from './position.ts'
import type { Surroundings } from './surroundings.ts'
import { alarm, nextAlarmMs } from './watch.ts'

/**
 * The one thing that comes next for a release, by ADR 0010. Whatever takes traffic back is looked at before whatever
 * gives more.
 */
export function decideNext(
  release: Release,
  state: ReleaseState,
  surroundings: Surroundings,
  nowMs: number,
): Move {
  const position = { release, state, surroundings, nowMs }
  if (isEnded(state.phase)) return decideAfterEnd(position)
  if (surroundings.service === null) {
    return append(happen(byItself(nowMs, 'the service was deleted'), { type: 'failed' }))
  }
  const warning = alarm(position)
  if (warning !== null) return warning
  return until(withDeadline(position, planned(position)), nextAlarmMs(position))
}

/** What the release would do if nothing were wrong. */
function planned(position: Position): Due {
  const { state } = position
  // Cleared by what ends or takes back, so that only progress, bake and promotion wait for it.
  if (state.isRestoring && state.phase !== 'paused') return notDue(restore(position))
  switch (state.phase) {
    case 'scheduled':
      return decideStart(position)
    case 'progressing':
      return decideProgress(position)
    case 'baking':
      return decideBaking(position)
    case 'promoting':
      return decidePromoting(position)
    case 'rolling-back':
      return notDue(decideFall(position))
    case 'paused':
      return notDue(waitFor(null, state.reason, null))
    case 'succeeded':
    case 'rolled-back':
    case 'failed':
    case 'superseded':
      return notDue(decideAfterEnd(position))
  }
}

function until(move: Move, ms: number | null): Move {
  if (move.kind !== 'wait' || ms === null) return move
  return { ...move, untilMs: Math.min(move.untilMs ?? ms, ms) }
}
