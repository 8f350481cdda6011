import { gatesOf } from './ask-gates.ts'
import { byItself, happen } from './happen.ts'
import { obstacle } from './obstacles.ts'
import { append, clockStartMs, type Due, notDue, type Position, waitFor } from './position.ts'
import { addressOf } from './service-address.ts'

/** A scheduled release starts at its time, in a window, with the yes of its confirm-rollout gates. */
export function decideStart(position: Position): Due {
  const { release, surroundings, nowMs } = position
  const { start } = release
  if (start.kind === 'never') return notDue(waitFor('start', 'it is started by hand', null))
  const startMs = start.kind === 'at' ? start.atMs : Number.NEGATIVE_INFINITY
  if (nowMs < startMs) {
    return notDue(waitFor('start', `it starts at ${release.document.start}`, startMs))
  }
  const gates = gatesOf(release, 'confirm-rollout')
  const service = addressOf(surroundings)
  const move =
    obstacle(position, { isHealthy: false, gates }) ??
    append(happen(byItself(nowMs), { type: 'started', service }))
  return { move, dueSinceMs: Math.max(startMs, clockStartMs(position)) }
}
