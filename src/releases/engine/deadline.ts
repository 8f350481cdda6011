import { byItself, happen } from './happen.ts'
import type { Move } from './move.ts'
import { append, type Due, type Position } from './position.ts'
import { rollBack } from './roll-back.ts'

/**
 * Ends the wait for a gate or a healthy target that lasts too long. It counts from when the move was due, or when
 * windows, freezes and stops last let it pass, whichever is later.
 */
export function withDeadline(position: Position, { move, dueSinceMs }: Due): Move {
  const { release, surroundings, nowMs } = position
  const { deadline } = release
  if (deadline === null || dueSinceMs === null || move.kind !== 'wait') return move
  if (move.waitingFor !== 'gate' && move.waitingFor !== 'healthy-target') return move
  const { schedule, stopLiftedAtMs } = surroundings
  const sinceMs = Math.max(dueSinceMs, schedule.sinceMs ?? dueSinceMs, stopLiftedAtMs ?? dueSinceMs)
  const endMs = sinceMs + deadline.afterMs
  if (nowMs < endMs) return { ...move, untilMs: Math.min(move.untilMs ?? endMs, endMs) }
  const after = release.document.deadline?.after
  const author = byItself(nowMs, `no progress for ${after}: ${move.reason}`)
  return append(
    deadline.outcome === 'pause'
      ? happen(author, { type: 'paused', cause: 'deadline' })
      : rollBack(position, author),
  )
}
