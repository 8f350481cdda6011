import type { Release } from '../document/release.ts'
import { whenShows } from '../state/clock.ts'
import type { Phase } from '../state/phase.ts'
import { nextShare } from '../state/ramp.ts'
import type { ReleaseState } from '../state/release-state.ts'
import type { Move, WaitingFor } from './move.ts'

/** What people are told of what comes next. */
export interface Outlook {
  readonly phase: Phase
  readonly reason: string | null
  readonly waitingFor: WaitingFor | null
  /** When the running hold, or the bake, ends, epoch milliseconds; null when none runs. */
  readonly holdEndsAtMs: number | null
  /** Null when nothing comes by itself. */
  readonly next: { readonly atMs: number | null; readonly what: string } | null
}

/** The outlook of a release whose next move is this one. */
export function outlookOf(release: Release, state: ReleaseState, move: Move): Outlook {
  const waitingFor = move.kind === 'wait' ? move.waitingFor : null
  const isHeldUp = state.phase === 'progressing' && waitingFor !== null
  const what = whatIsNext(release, state)
  const holdEndsAtMs = holdEnd(release, state)
  const waitEndsAtMs = move.kind === 'wait' ? move.untilMs : null
  return {
    phase: isHeldUp ? 'waiting' : state.phase,
    reason: (move.kind === 'wait' ? move.reason : null) ?? state.reason,
    waitingFor,
    holdEndsAtMs,
    next: what === null ? null : { atMs: holdEndsAtMs ?? waitEndsAtMs, what },
  }
}

function holdEnd(release: Release, { phase, step, clock }: ReleaseState): number | null {
  if (phase === 'baking') return whenShows(clock, release.bakeMs)
  if (phase !== 'progressing' || step === null || !step.isActed || step.isDone) return null
  return whenShows(clock, release.steps[step.index]?.holdMs ?? 0)
}

function whatIsNext(release: Release, state: ReleaseState): string | null {
  switch (state.phase) {
    case 'scheduled':
      return 'start'
    case 'progressing':
      return stepThatFollows(release, state)
    case 'baking':
    case 'promoting':
      return release.document.on_success === 'promote' ? 'promotion' : 'success'
    case 'rolling-back':
      return state.fall === null ? '0 %' : `${nextShare(state.fall, 'linear')} %`
    case 'paused':
    case 'succeeded':
    case 'rolled-back':
    case 'failed':
    case 'superseded':
      return null
  }
}

function stepThatFollows(release: Release, { step, nextStep }: ReleaseState): string {
  if (step?.ramp && !step.isActed) {
    const action = release.steps[step.index]?.action
    const curve = action?.kind === 'ramp' ? action.curve : 'linear'
    return `step ${step.index + 1}: ${nextShare(step.ramp, curve)} %`
  }
  const next = release.steps[nextStep]
  return next === undefined ? '100 %, then the bake' : `step ${nextStep + 1}: ${next.name}`
}
