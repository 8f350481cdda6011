import type { GateAddress } from '../document/gate.ts'
import type { Release } from '../document/release.ts'
import { elapsedMs } from '../state/clock.ts'
import type { NewReleaseEvent } from '../state/release-event.ts'
import type { ReleaseState } from '../state/release-state.ts'
import type { Move, WaitingFor } from './move.ts'
import type { Surroundings } from './surroundings.ts'

/** All that a decision depends on. */
export interface Position {
  readonly release: Release
  readonly state: ReleaseState
  readonly surroundings: Surroundings
  readonly nowMs: number
}

/** A gate as one that is asked, be it a step or one of `gates`. */
export interface AskedGate {
  readonly name: string
  readonly address: GateAddress
  readonly intervalMs: number
}

/** A move, and since when it has been due: the deadline counts from there. Null: there is no deadline for it. */
export interface Due {
  readonly move: Move
  readonly dueSinceMs: number | null
}

/** When the clock of the state showed 0, as if it had never stood still. */
export function clockStartMs({ state, nowMs }: Position): number {
  return nowMs - elapsedMs(state.clock, nowMs)
}

export function append(events: readonly NewReleaseEvent[]): Move {
  return { kind: 'append', events }
}

export function waitFor(
  waitingFor: WaitingFor | null,
  reason: string | null,
  untilMs: number | null,
): Move {
  return { kind: 'wait', waitingFor, reason, untilMs }
}

export function notDue(move: Move): Due {
  return { move, dueSinceMs: null }
}
