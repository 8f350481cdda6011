import type { Decision } from '../model/decision.ts'
import type { BodyFraming } from '../model/request.ts'
import type { ForwardChoice } from './choose.ts'
import type { RepeatedRequest } from './retry.ts'

/** Methods that change nothing (RFC 9110 section 9.2.1), without TRACE, which is not forwarded. */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Value of the variant field when the primary served what the canary failed. */
const FALLBACK = 'primary; fallback'

/** Whether the primary serves a request once more when the canary fails it: `safety_net` of the canary plugin. */
export function isUnderSafetyNet(
  { decision, plan }: Pick<ForwardChoice, 'decision' | 'plan'>,
  { method, body, isUpgrade }: RepeatedRequest,
): boolean {
  return (
    decision.variant === 'canary' &&
    plan.canary?.safetyNetStatuses != null &&
    SAFE_METHODS.has(method) &&
    hasNoContent(body) &&
    !isUpgrade
  )
}

/** The choice that takes the place of one whose canary failed. */
export function fallenBack(choice: ForwardChoice): ForwardChoice {
  const decision: Decision = { ...choice.decision, variant: 'primary', rule: 'safety-net' }
  return {
    ...choice,
    decision,
    variant: choice.service.primary,
    variantField: choice.variantField === null ? null : [choice.variantField[0], FALLBACK],
  }
}

/** What is sent is the head alone, so that it can be sent again. */
function hasNoContent(body: BodyFraming): boolean {
  return body.kind === 'none' || (body.kind === 'length' && body.bytes === 0)
}
