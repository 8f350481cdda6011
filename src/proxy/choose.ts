import type { HeaderPair } from '../identity/identity-headers.ts'
import type { HiddenCredentials } from '../identity/key-auth.ts'
import { type Identity, NOBODY } from '../model/identity.ts'
import type { ParsedRequest } from '../model/request.ts'
import type { RouteMatch } from '../routing/route-entry.ts'
import { matchTables } from '../routing/route-tables.ts'
import { hasReadableForm, type RequestFacts } from '../variants/expressions/request-facts.ts'
import { admit } from './admit.ts'
import { callerGroupsOf } from './caller-groups.ts'
import { chooseVariant, type Moment, type VariantChoice } from './choose-variant.ts'
import { splitFor } from './consumer-plugins.ts'
import { type GatewayAnswer, gatewayAnswer } from './gateway-answer.ts'
import { planOf } from './plans.ts'
import { protocolMismatch } from './protocol-mismatch.ts'
import type { RoutePlan, ServicePlan } from './route-plan.ts'
import type { Runtime } from './runtime.ts'

/** What becomes of a request: it is forwarded, or answered by the gateway. */
export type Choice = ForwardChoice | AnswerChoice

export interface AnswerChoice {
  readonly kind: 'answer'
  readonly answer: GatewayAnswer
  /** Short code for the access log. */
  readonly reason: string
  readonly plan: RoutePlan | null
  readonly identity: Identity
}

/** Where the request goes depends on its form: `choose` is to be asked again with what was read of it. */
export interface FormWanted {
  readonly kind: 'form-wanted'
  readonly plan: RoutePlan
  readonly identity: Identity
  readonly bodyLimitBytes: number | null
}

/** What was read of a form: the text of it, null when it is too long. */
export interface ReadForm {
  readonly text: string | null
}

/** What a choice depends on beside snapshot and request. */
export interface ChoiceMoment extends Moment {
  /** Absent before it is asked for. */
  readonly form?: ReadForm
}

export interface ForwardChoice extends VariantChoice {
  readonly kind: 'forward'
  readonly match: RouteMatch
  readonly plan: RoutePlan
  readonly service: ServicePlan
  readonly identity: Identity
  readonly identityFields: readonly HeaderPair[]
  readonly hidden: HiddenCredentials | null
  /** The most that may come in of the body; null for any number. */
  readonly bodyLimitBytes: number | null
}

/**
 * Match, identify, choose the variant: a pure function of snapshot, request, time, draws, health, and the form once it is read.
 * Draw its exits in docs/life-of-a-request.md when you change them here.
 */
export function choose(
  runtime: Runtime,
  request: ParsedRequest,
  moment: ChoiceMoment,
): Choice | FormWanted {
  if (request.path === '*') return refuse('server-options', SERVER_OPTIONS)
  const match = matchTables(runtime.routes, request)
  if (match === null) {
    return refuse('no-route', gatewayAnswer(404, 'no Route matched with those values'))
  }
  const plan = planOf(runtime, match.route)
  const mismatch = protocolMismatch(plan.route, request)
  if (mismatch !== null) return refuse('https-required', mismatch, plan)
  const { service } = plan
  if (service === null) {
    return refuse('no-service', gatewayAnswer(503, 'no Service found with those values'), plan)
  }
  if (service.scheme === null) {
    return refuse(
      'protocol-not-served',
      gatewayAnswer(503, 'The protocol of the Service is not served by this gateway'),
      plan,
    )
  }
  const entry = admit(runtime, plan, { request, now: moment.now })
  if (entry.kind === 'refused') return refuse(entry.reason, entry.answer, plan, entry.identity)

  const { identity } = entry
  const split = splitFor(runtime, plan, identity.consumer)
  if (split?.compiled.needsFormBody && moment.form === undefined && hasReadableForm(request)) {
    return { kind: 'form-wanted', plan, identity, bodyLimitBytes: entry.bodyLimitBytes }
  }
  const consumerGroup = split?.compiled.needsConsumerGroup
    ? callerGroupsOf(runtime, identity.consumer).first
    : null
  const facts: RequestFacts = {
    request,
    identity,
    consumerGroup,
    route: plan.route,
    service: service.service,
    formBody: moment.form?.text ?? null,
  }
  const chosen = chooseVariant({ plan, service, split }, facts, moment)
  // Field by field, which is several times faster than spreading.
  return {
    kind: 'forward',
    match,
    plan,
    service,
    identity,
    identityFields: entry.fields,
    hidden: entry.hidden,
    bodyLimitBytes: entry.bodyLimitBytes,
    decision: chosen.decision,
    split: chosen.split,
    variant: chosen.variant,
    variantField: chosen.variantField,
    issueCookies: chosen.issueCookies,
  }
}

/** `OPTIONS *` asks about the server itself, not about what is behind it (RFC 9110 section 9.3.7). */
const SERVER_OPTIONS = gatewayAnswer(200, 'OK', {
  fields: [['Allow', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS']],
})

function refuse(
  reason: string,
  answer: GatewayAnswer,
  plan: RoutePlan | null = null,
  identity: Identity = NOBODY,
): AnswerChoice {
  return { kind: 'answer', answer, reason, plan, identity }
}
