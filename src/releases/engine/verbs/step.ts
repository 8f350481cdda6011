import { happen } from '../happen.ts'
import { isInHold, isPausedInSteps, waitsForApproval } from '../possible-verbs.ts'
import { type Answer, type Application, done, outOfPlace, refused, unchanged } from '../verb.ts'

/** Leaves out the rest of the hold, or of the bake. */
export function advance({ release, state, author }: Application): Answer {
  const last = release.steps.length - 1
  if (state.phase === 'baking') {
    const events = happen(author, { type: 'advanced', step: last }, { type: 'promoting' })
    return done('the rest of the bake is left out', events)
  }
  if (state.phase === 'promoting') return unchanged('all holds are over')
  if (state.phase !== 'progressing') return outOfPlace(state)
  const { step } = state
  if (step === null || step.isDone) return unchanged('no hold is running')
  if (isInHold(state)) {
    const events = happen(author, { type: 'advanced', step: step.index })
    return done(`the rest of the hold of step ${step.index + 1} is left out`, events)
  }
  return refused(
    waitsForApproval(release, state)
      ? `step ${step.index + 1} waits for people, who approve or reject`
      : `step ${step.index + 1} is not done, so that there is no hold to leave out; jump leaves out a step`,
  )
}

/** Goes on with another step. Back keeps the share, until a step raises it. */
export function jump({ release, state, author, given }: Application): Answer {
  const count = release.steps.length
  if (state.phase !== 'progressing' && !isPausedInSteps(state)) return outOfPlace(state)
  const { step: number } = given
  if (number === null || !Number.isInteger(number) || number < 1 || number > count) {
    return refused(`step ${number ?? 'is missing'}: give 1 to ${count}`)
  }
  const index = number - 1
  const { step } = state
  const isThere = step?.index === index && !step.isDone
  const isNext = state.nextStep === index && (step === null || step.isDone)
  if (isThere || isNext) return unchanged(`it is at step ${number} already`)
  const events = happen(author, { type: 'jumped', step: index })
  const later = state.phase === 'paused' ? ' once it is resumed' : ''
  return done(`it goes on with step ${number}, ${release.steps[index]?.name}${later}`, events)
}
