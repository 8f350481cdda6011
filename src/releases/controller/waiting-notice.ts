import type { LiveRelease } from './live-release.ts'
import type { Waiting } from './standing.ts'

/** That a release has begun to wait. */
export interface WaitingNotice {
  /** Number of the move that waits. */
  readonly move: number
  /** People are told once of each in one move. */
  readonly occasion: string
  /** What it waits for, in words. */
  readonly reason: string
}

/**
 * What people are told of a wait; null when there is nothing that they could do or should know: a hold, a start that has
 * its time, a gate (whose refusal is told as an event). Each approval is told anew, since it uses up the link it came by.
 */
export function waitingNotice(
  { release, state }: LiveRelease,
  { waitingFor, reason }: Waiting,
): WaitingNotice | null {
  if (waitingFor === null || waitingFor === 'gate') return null
  if (waitingFor === 'start' && release.start.kind !== 'never') return null
  const given = waitingFor === 'approval' ? ` ${state.step?.approvals.length ?? 0}` : ''
  return {
    move: state.moves,
    occasion: `${waitingFor}${given}`,
    reason: reason === null ? AWAITED[waitingFor] : `${AWAITED[waitingFor]}: ${reason}`,
  }
}

const AWAITED = {
  start: 'waits for its start',
  window: 'waits for a window',
  freeze: 'waits for the end of a freeze',
  stop: 'waits for the end of the stop of all releases',
  approval: 'waits for an approval',
  'healthy-target': 'waits for a healthy target',
} as const

/** Which waits were told, in memory only: a new process tells once more of those that last. */
export class ToldWaits {
  readonly #told = new Map<string, { readonly move: number; readonly occasions: Set<string> }>()

  /** True the first time, and from then on this one is told. */
  isNew(releaseId: string, { move, occasion }: WaitingNotice): boolean {
    const known = this.#told.get(releaseId)
    if (known?.move !== move) {
      this.#told.set(releaseId, { move, occasions: new Set([occasion]) })
      return true
    }
    if (known.occasions.has(occasion)) return false
    known.occasions.add(occasion)
    return true
  }

  forget(releaseId: string): void {
    this.#told.delete(releaseId)
  }
}
