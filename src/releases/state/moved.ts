import { clockFrom } from './clock.ts'
import type { ReleaseState } from './release-state.ts'

/** A move was made: time counts from here, and gates are asked anew for the next. */
export function moved(state: ReleaseState, atMs: number): ReleaseState {
  return { ...withNewMove(state), clock: restarted(state, atMs) }
}

/** The same without effect on the time. */
export function withNewMove(state: ReleaseState): ReleaseState {
  const gates = new Map(
    [...state.gates].map(([name, gate]) => [
      name,
      { ...gate, hasPassed: false, hasRefused: false },
    ]),
  )
  return { ...state, moves: state.moves + 1, gates }
}

/** From 0, and standing still while paused. */
export function restarted({ phase }: ReleaseState, atMs: number): ReleaseState['clock'] {
  return phase === 'paused' ? { elapsedMs: 0, runningSinceMs: null } : clockFrom(atMs)
}
