import type { ApprovalAction } from '../document/release.ts'
import { elapsedMs, whenShows } from '../state/clock.ts'
import type { StepState } from '../state/release-state.ts'
import { byItself, happen } from './happen.ts'
import type { Move } from './move.ts'
import { append, type Position, waitFor } from './position.ts'
import { rollBack } from './roll-back.ts'

/** Waits for people, as long as the step says, and then does what it says. */
export function decideApproval(position: Position, step: StepState, action: ApprovalAction): Move {
  const { state, nowMs } = position
  const { timeoutMs } = action
  const given = step.approvals.length
  const missing = `${given} of ${action.count} approvals`
  if (timeoutMs === null || elapsedMs(state.clock, nowMs) < timeoutMs) {
    const untilMs = timeoutMs === null ? null : whenShows(state.clock, timeoutMs)
    return waitFor('approval', `has ${missing}`, untilMs)
  }
  const author = byItself(nowMs, `only ${missing} came in time`)
  switch (action.onTimeout) {
    case 'continue':
      return append(happen(author, { type: 'approval-expired', step: step.index }))
    case 'pause':
      return append(happen(author, { type: 'paused', cause: 'approval-timeout' }))
    case 'rollback':
      return append(rollBack(position, author))
  }
}
