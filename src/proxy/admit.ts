import { authorize } from '../identity/acl.ts'
import { GROUPS_HEADER, type HeaderPair } from '../identity/identity-headers.ts'
import { authenticate, type HiddenCredentials } from '../identity/key-auth.ts'
import { type Identity, NOBODY } from '../model/identity.ts'
import type { ParsedRequest } from '../model/request.ts'
import { refuseBody } from './body-limit.ts'
import { bodyLimitFor } from './consumer-plugins.ts'
import { type GatewayAnswer, gatewayAnswer } from './gateway-answer.ts'
import type { RoutePlan } from './route-plan.ts'
import type { Runtime } from './runtime.ts'

/** Who sends a request, and what comes of that; or the answer that refuses it. */
export type Entry =
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

/** Who sends a request, and whether they may: key-auth, request-size-limiting, acl, as their priorities in Kong say. */
export function admit(
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

type Admitted = Extract<Entry, { kind: 'admitted' }>

function admitBody(
  runtime: Runtime,
  plan: RoutePlan,
  {
    request,
    caller,
  }: {
    readonly request: ParsedRequest
    readonly caller: Pick<Admitted, 'identity' | 'fields' | 'hidden'>
  },
): Entry {
  const { identity, fields, hidden } = caller
  const limit = bodyLimitFor(runtime, plan, identity.consumer)
  if (limit !== null) {
    const refused = refuseBody(limit, request)
    if (refused !== null) return { kind: 'refused', ...refused, identity }
  }
  const bodyLimitBytes = limit === null ? null : limit.bytes
  return permit(plan, { kind: 'admitted', identity, fields, hidden, bodyLimitBytes })
}

function permit(plan: RoutePlan, caller: Admitted): Entry {
  if (plan.acl === null) return caller
  const result = authorize(plan.acl, caller.identity)
  if (result.kind === 'refused') {
    const answer = gatewayAnswer(result.status, result.message)
    return { kind: 'refused', reason: result.reason, answer, identity: caller.identity }
  }
  if (result.groupsHeader === null) return caller
  const fields = [...caller.fields, [GROUPS_HEADER, result.groupsHeader] as const]
  return { ...caller, fields }
}
