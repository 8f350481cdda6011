import type { ReleaseGate } from '../document/release.ts'
import { elapsedMs, whenShows } from '../state/clock.ts'
import { gateState } from '../state/fold-gates.ts'
import { nextShare } from '../state/ramp.ts'
import { NO_TRAFFIC } from '../state/traffic.ts'
import { gatesOf, keyOf, question, verdict } from './ask-gates.ts'
import { byItself, happen } from './happen.ts'
import type { Move } from './move.ts'
import { append, type Position, waitFor } from './position.ts'
import { raisesNothing, wantedPlugin } from './wanted-plugin.ts'

/** The next part of a rollback. It needs nothing but its time. */
export function decideFall({ release, state, surroundings, nowMs }: Position): Move {
  const { fall, traffic } = state
  const intervalMs = fall?.intervalMs ?? 0
  if (elapsedMs(state.clock, nowMs) < intervalMs) {
    return waitFor(null, state.reason, whenShows(state.clock, intervalMs))
  }
  const percentage = fall === null ? 0 : nextShare(fall, 'linear')
  const next = { ...traffic, percentage }
  const author = byItself(nowMs, state.reason)
  // A hand may have taken back more already.
  if (percentage > 0 && raisesNothing(surroundings.plugin, wantedPlugin(release, next))) {
    return append(happen(author, { type: 'traffic-set', traffic: next }))
  }
  const last = { type: 'traffic-set', traffic: NO_TRAFFIC } as const
  return append(happen(author, last, { type: 'rolled-back' }))
}

/** Behind the end the post-rollout gates are told once; what they answer is only written down. */
export function decideAfterEnd(position: Position): Move {
  for (const gate of gatesOf(position.release, 'post-rollout')) {
    const move = tell(position, gate)
    if (move !== null) return move
  }
  return waitFor(null, position.state.reason, null)
}

function tell(position: Position, gate: ReleaseGate): Move | null {
  const { state, surroundings, nowMs } = position
  const known = gateState(state, gate.name)
  if (known.hasPassed || known.hasRefused) return null
  const key = keyOf(position, gate, 'end')
  const answer = surroundings.answers.get(key)
  if (answer !== undefined) {
    return verdict(answer.isYes ? 'gate-passed' : 'gate-refused', gate, answer, nowMs)
  }
  return surroundings.asking.has(key) ? null : question(state, gate, key)
}
