import type { ErrorDetail } from '../../model/errors.ts'
import { MAX_ELEMENTS } from '../../model/fields.ts'
import { lengthAtMost } from '../../model/kong-messages.ts'
import type { ReleaseDocument } from './release-document.ts'
import type { StepDocument } from './step.ts'

const ONLY_CANARY = ['percentage', 'groups', 'ramp'] as const
const ONLY_BLUE_GREEN = ['preview', 'flip'] as const

/** What is wrong with the steps of a release when they are looked at together. */
export function stepProblems(document: ReleaseDocument, creator: string | null): ErrorDetail[] {
  const { strategy, steps, four_eyes } = document
  return [
    ...(strategy === 'canary' ? foreignSteps(steps, ONLY_BLUE_GREEN, FOR_CANARY) : []),
    ...(strategy === 'blue-green' ? foreignSteps(steps, ONLY_CANARY, FOR_BLUE_GREEN) : []),
    ...fallingShares(steps),
    ...flipProblems(steps),
    ...approvalProblems(steps, four_eyes ? creator : null),
    ...groupProblems(document),
  ]
}

const FOR_CANARY =
  'only with strategy: blue-green; with canary a step has one of percentage, groups, ramp, approval, gate, hold'
const FOR_BLUE_GREEN =
  'only with strategy: canary; with blue-green a step has one of preview, flip, approval, gate, hold'

function foreignSteps(
  steps: readonly StepDocument[],
  foreign: readonly (keyof StepDocument)[],
  message: string,
): ErrorDetail[] {
  return steps.flatMap((step, index) =>
    foreign
      .filter((action) => step[action] !== null)
      .map((action) => ({ path: ['steps', index, action], message })),
  )
}

/** Traffic is taken back by a rollback, never by a step. */
function fallingShares(steps: readonly StepDocument[]): ErrorDetail[] {
  const problems: ErrorDetail[] = []
  let highest = { share: 0, step: 0 }
  for (const [index, { percentage, ramp }] of steps.entries()) {
    const share = percentage ?? ramp?.to ?? null
    if (share === null) continue
    if (share < highest.share) {
      const path =
        percentage === null ? ['steps', index, 'ramp', 'to'] : ['steps', index, 'percentage']
      const message = `${share} is less than the ${highest.share} of step ${highest.step}: shares never fall from step to step, only a rollback takes traffic back`
      problems.push({ path, message })
    } else {
      highest = { share, step: index + 1 }
    }
  }
  return problems
}

function flipProblems(steps: readonly StepDocument[]): ErrorDetail[] {
  const first = steps.findIndex(({ flip }) => flip !== null)
  if (first === -1) return []
  return steps.flatMap((step, index) => {
    if (index <= first) return []
    if (step.flip !== null) {
      const message = `step ${first + 1} flips already, and a release flips once`
      return [{ path: ['steps', index, 'flip'], message }]
    }
    if (step.preview === null) return []
    const message = `comes too late: step ${first + 1} has sent everybody to the new version; put it before the flip`
    return [{ path: ['steps', index, 'preview'], message }]
  })
}

/** With four eyes the one who created it, `uncounted`, is none of those who can approve. */
function approvalProblems(steps: readonly StepDocument[], uncounted: string | null): ErrorDetail[] {
  return steps.flatMap(({ approval }, index) => {
    if (approval === null || approval.from === null) return []
    const names = new Set(approval.from)
    const isFewer = uncounted !== null && names.delete(uncounted)
    if (names.size >= approval.count) return []
    const but = isFewer ? ` beside ${uncounted}, who creates it (four_eyes)` : ''
    const message = `${approval.count} people must approve, but from names only ${names.size}${but}`
    return [{ path: ['steps', index, 'approval', 'count'], message }]
  })
}

/** The plugin takes so many, and those who never see the canary win over those who always do. */
function groupProblems({ steps, options }: ReleaseDocument): ErrorDetail[] {
  const never = new Set(options.never_groups ?? [])
  const all = new Set<string>()
  const problems: ErrorDetail[] = []
  for (const [index, { groups, preview }] of steps.entries()) {
    const given = groups ?? preview?.groups ?? []
    const field = groups === null ? ['preview', 'groups'] : ['groups']
    for (const [place, group] of given.entries()) {
      all.add(group)
      if (!never.has(group)) continue
      const message = `'${group}' is in options.never_groups too, which would keep it on the primary`
      problems.push({ path: ['steps', index, ...field, place], message })
    }
  }
  if (all.size > MAX_ELEMENTS) {
    problems.push({
      path: ['steps'],
      message: `groups of all steps: ${lengthAtMost(MAX_ELEMENTS)}`,
    })
  }
  return problems
}
