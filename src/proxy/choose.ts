import { authorize } from '../identity/acl.ts'
import { GROUPS_HEADER, type HeaderPair } from '../identity/identity-headers.ts'
import { authenticate, type HiddenCredentials } from '../identity/key-auth.ts'
import { type Identity, NOBODY } from '../model/identity.ts'
import type { ParsedRequest } from '../model/request.ts'
import type { RouteMatch } from '../routing/route-entry.ts'
import { matchTables } from '../routing/route-tables.ts'
import type { RequestFacts } from '../variants/expressions/request-facts.ts'
import { refuseBody } from './body-limit.ts'
import { callerGroupsOf } from './caller-groups.ts'
import { chooseVariant, type Moment, type VariantChoice } from './choose-variant.ts'
import { bodyLimitFor, splitFor } from './consumer-plugins.ts'
import { type GatewayAnswer, gatewayAnswer } from './gateway-answer.ts'
import { planOf } from './plans.ts'
import { protocolMismatch } from './protocol-mismatch.ts'
import type { RoutePlan, ServicePlan } from './route-plan.ts'
import type { Runtime } from './runtime.ts'

/** What becomes of a request: it is forwarded, or answered by the gateway. */
export type Choice =
  | ForwardChoice
  | {
      readonly kind: 'answer'
      readonly answer: GatewayAnswer
      /** Short code for the access log. */
      readonly reason: string
      readonly plan: RoutePlan | null
      readonly identity: Identity
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
 * Match, identify, choose the variant: a pure function of snapshot, request, time, draws and health.
 * Draw its exits in docs/life-of-a-request.md when you change them here.
 */
export function choose(runtime: Runtime, request: ParsedRequest, moment: Moment): Choice {
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
  const entry = identify(runtime, plan, { request, now: moment.now })
  if (entry.kind === 'refused') return refuse(entry.reason, entry.answer, plan, entry.identity)

  const { identity } = entry
  const split = splitFor(runtime, plan, identity.consumer)
  const consumerGroup = split?.compiled.needsConsumerGroup
    ? callerGroupsOf(runtime, identity.consumer).first
    : null
  const facts = factsOf(request, { plan, service, identity, consumerGroup })
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

type Entry =
  | {
      readonly kind: 'admitted'
      readonly identity: Identity
      readonly fields: readonly HeaderPair[]
      readonly hidden: HiddenCredentials | null
      readonly bodyLimitBytes: number | null
    }
  | {
      readonly kind: 'refused'
      readonly reason: string
      readonly answer: GatewayAnswer
      readonly identity: Identity
    }

const NO_FIELDS: readonly HeaderPair[] = []

/** Who sends the request, and whether they may: key-auth, request-size-limiting, acl, as their priorities in Kong say. */
function identify(
  runtime: Runtime,
  plan: RoutePlan,
  { request, now }: { readonly request: ParsedRequest; readonly now: number },
): Entry {
  if (plan.keyAuth === null) {
    const nobody = { identity: NOBODY, fields: NO_FIELDS, hidden: null }
    return admitBody(runtime, plan, { request, caller: nobody })
  }
  const result = authenticate(plan.keyAuth, request, { directory: runtime.directory, nowMs: now })
  if (result.kind === 'refused') {
    const answer = gatewayAnswer(result.status, result.message, { fields: result.headers })
    return { kind: 'refused', reason: result.reason, answer, identity: NOBODY }
  }
  const { caller, hide } = result
  const known = { identity: caller.identity, fields: caller.headers, hidden: hide }
  return admitBody(runtime, plan, { request, caller: known })
}

type Admitted = Omit<Extract<Entry, { kind: 'admitted' }>, 'kind'>

function admitBody(
  runtime: Runtime,
  plan: RoutePlan,
  {
    request,
    caller,
  }: { readonly request: ParsedRequest; readonly caller: Omit<Admitted, 'bodyLimitBytes'> },
): Entry {
  const { identity } = caller
  const limit = bodyLimitFor(runtime, plan, identity.consumer)
  if (limit === null) return permit(plan, { ...caller, bodyLimitBytes: null })
  const refused = refuseBody(limit, request)
  return refused === null
    ? permit(plan, { ...caller, bodyLimitBytes: limit.bytes })
    : { kind: 'refused', ...refused, identity }
}

function permit(plan: RoutePlan, caller: Admitted): Entry {
  if (plan.acl === null) return { ...caller, kind: 'admitted' }
  const result = authorize(plan.acl, caller.identity)
  if (result.kind === 'refused') {
    const answer = gatewayAnswer(result.status, result.message)
    return { kind: 'refused', reason: result.reason, answer, identity: caller.identity }
  }
  if (result.groupsHeader === null) return { ...caller, kind: 'admitted' }
  const fields = [...caller.fields, [GROUPS_HEADER, result.groupsHeader] as const]
  return { ...caller, kind: 'admitted', fields }
}

/** Bodies are not read. */
function factsOf(
  request: ParsedRequest,
  {
    plan,
    service,
    identity,
    consumerGroup,
  }: Pick<RequestFacts, 'identity' | 'consumerGroup'> & {
    readonly plan: RoutePlan
    readonly service: ServicePlan
  },
): RequestFacts {
  return {
    request,
    identity,
    consumerGroup,
    route: plan.route,
    service: service.service,
    formBody: null,
  }
}

function refuse(
  reason: string,
  answer: GatewayAnswer,
  plan: RoutePlan | null = null,
  identity: Identity = NOBODY,
): Choice {
  return { kind: 'answer', answer, reason, plan, identity }
}
