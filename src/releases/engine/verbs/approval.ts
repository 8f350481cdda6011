import { happen } from '../happen.ts'
import { waitsForApproval } from '../possible-verbs.ts'
import { rollBack } from '../roll-back.ts'
import { type Answer, type Application, done, refused, unchanged } from '../verb.ts'

/** Counts one yes. */
export function approve(application: Application): Answer {
  const { release, state, author } = application
  const { step } = state
  if (step?.approvals.includes(author.actor)) {
    return unchanged(`${author.actor} has approved step ${step.index + 1} already`)
  }
  const no = whyNot(application)
  if (no !== null) return refused(no)
  if (release.document.four_eyes && author.actor === state.createdBy) {
    return refused(`${author.actor} created it, and somebody else must approve (four_eyes)`)
  }
  const action = step === null ? undefined : release.steps[step.index]?.action
  if (step === null || action?.kind !== 'approval') return refused(NO_APPROVAL)
  const missing = action.count - step.approvals.length - 1
  const events = happen(author, { type: 'approved', step: step.index })
  return done(missing > 0 ? `approved; ${missing} more must approve` : 'approved', events)
}

/** A no takes all traffic back. */
export function reject(application: Application): Answer {
  const { state, author } = application
  if (isRejected(state.phase)) return unchanged(`it is ${state.phase}`)
  const no = whyNot(application)
  if (no !== null) return refused(no)
  const rejected = happen(author, { type: 'rejected', step: state.step?.index ?? 0 })
  return done('rejected; it is rolled back', [...rejected, ...rollBack(application, author)])
}

const NO_APPROVAL = 'it does not wait for an approval'

function isRejected(phase: string): boolean {
  return phase === 'rolling-back' || phase === 'rolled-back'
}

/** Why the word of this person does not count; null when it does. */
function whyNot({ release, state, author }: Application): string | null {
  if (!waitsForApproval(release, state) || state.step === null) return NO_APPROVAL
  const action = release.steps[state.step.index]?.action
  if (action?.kind !== 'approval') return NO_APPROVAL
  if (action.from !== null && !action.from.includes(author.actor)) {
    return `${author.actor} is none of those who decide: ${action.from.join(', ')}`
  }
  return null
}
