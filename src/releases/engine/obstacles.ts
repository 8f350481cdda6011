import { nextAnswer } from './ask-gates.ts'
import type { Move } from './move.ts'
import { type AskedGate, type Position, waitFor } from './position.ts'
import type { Surroundings } from './surroundings.ts'

/** What a move needs (ADR 0010, rule 4). All need that no global stop and no freeze is in force and a window is open. */
export interface Need {
  readonly isHealthy: boolean
  /** That have to say yes to this move. */
  readonly gates: readonly AskedGate[]
}

/** What is in the way of a move, or what is to be done about it; null when nothing is. Gates are asked last. */
export function obstacle(position: Position, need: Need): Move | null {
  const closed = closedBy(position.surroundings)
  if (closed !== null) return closed
  if (need.isHealthy && !position.surroundings.isCanaryUsable) {
    return waitFor('healthy-target', NO_TARGET, null)
  }
  return nextAnswer(position, need.gates)
}

export const NO_TARGET = 'no target of the canary can get requests'

function closedBy({ stop, schedule }: Surroundings): Move | null {
  if (stop !== null) {
    return waitFor('stop', `all releases were stopped by ${stop.actor}: ${stop.reason}`, null)
  }
  if (schedule.closedBy === null) return null
  const reason = schedule.reason ?? `closed by a ${schedule.closedBy}`
  return waitFor(schedule.closedBy, reason, schedule.changesAtMs)
}
