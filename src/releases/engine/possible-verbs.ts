import type { Release } from '../document/release.ts'
import { isEnded } from '../state/phase.ts'
import { hasTraffic, type ReleaseState } from '../state/release-state.ts'
import type { Verb } from './verb.ts'

/** Verbs that make sense now, in the order in which people think of them. */
export function possibleVerbs(release: Release, state: ReleaseState): Verb[] {
  const { phase } = state
  if (phase === 'rolling-back') return []
  if (isEnded(phase)) return phase === 'rolled-back' || phase === 'failed' ? ['retry'] : []
  const isHolding = phase === 'baking' || (phase === 'progressing' && isInHold(state))
  const isOnItsWay = phase === 'progressing' || isPausedInSteps(state)
  const verbs: readonly (readonly [Verb, boolean])[] = [
    ['start', phase === 'scheduled'],
    ['resume', phase === 'paused'],
    ['approve', waitsForApproval(release, state)],
    ['reject', waitsForApproval(release, state)],
    ['advance', isHolding],
    ['jump', isOnItsWay],
    ['pause', phase !== 'paused'],
    ['promote', true],
    ['rollback', true],
    ['cancel', !hasTraffic(state.traffic)],
  ]
  return verbs.filter(([, makesSense]) => makesSense).map(([verb]) => verb)
}

/** Whether the present step is an approval that has not all it needs. */
export function waitsForApproval(release: Release, { phase, step, pause }: ReleaseState): boolean {
  const isOpen = phase === 'progressing' || pause?.from === 'progressing'
  if (!isOpen || step === null || step.isActed) return false
  return release.steps[step.index]?.action.kind === 'approval'
}

export function isPausedInSteps({ pause }: ReleaseState): boolean {
  return pause?.from === 'progressing'
}

/** Whether what the present step does is done and its hold runs. */
export function isInHold({ step }: ReleaseState): boolean {
  return step?.isActed === true && !step.isDone
}
