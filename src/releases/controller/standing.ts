import { decideNext } from '../engine/decide-next.ts'
import type { Move } from '../engine/move.ts'
import type { LiveRelease } from './live-release.ts'
import { surroundingsOf, type World } from './surroundings-of.ts'

export type Waiting = Extract<Move, { readonly kind: 'wait' }>

/** Of a release to which nothing happens by itself. */
export const AT_REST: Waiting = { kind: 'wait', waitingFor: null, reason: null, untilMs: null }

/** What comes next for a release at `nowMs` (epoch milliseconds). */
export function nextMove(world: World, live: LiveRelease, nowMs: number): Move {
  return decideNext(live.release, live.state, surroundingsOf(world, live, nowMs), nowMs)
}
