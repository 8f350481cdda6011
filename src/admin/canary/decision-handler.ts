import type { RequestHandler } from 'express'
import type { Decision } from '../../model/decision.ts'
import type { Draws } from '../../model/draws.ts'
import { GatewayError } from '../../model/errors.ts'
import { type Identity, NOBODY } from '../../model/identity.ts'
import type { Store } from '../../store/store.ts'
import { type CompiledCanary, compileCanary } from '../../variants/compile-canary.ts'
import { decideVariant } from '../../variants/decide-variant.ts'
import { explainDecision } from '../../variants/explain.ts'
import { sendJson } from '../reply.ts'
import { pathParameter, queryOf } from '../request-target.ts'
import type { CanaryDependencies } from './canary-handler.ts'
import { isCanaryUsable } from './canary-usable.ts'
import { type DecisionQuery, fieldsAskedFor, readDecisionQuery } from './decision-query.ts'
import { canarySource, createFindCanary } from './effective-canary.ts'
import { momentAt } from './moment.ts'
import { groupsOf, requireConsumer, requireRoute, requireService } from './require-entity.ts'

/**
 * GET /services/{s}/canary/decision?consumer=…&ip=…&header=…&cookie=…&route=…: which side such a request gets, by
 * which rule, on what numbers, and at which share its key moves. Asks the function that the proxy asks.
 */
export function decisionHandler(dependencies: CanaryDependencies): RequestHandler {
  const { store, now } = dependencies
  const draws = ownDraws(dependencies.draws)
  const findCanary = createFindCanary()
  return async (request, response) => {
    const service = await requireService(store, pathParameter(request, 'service'))
    const query = readDecisionQuery(queryOf(request))
    const route = query.route === null ? null : await requireRoute(store, query.route, service.id)
    const identity = await identityAskedFor(store, query)
    const scope = { serviceId: service.id, routeId: route?.id ?? null }
    const stored = findCanary(dependencies.snapshot(), scope)
    const canary = stored && compileCanary(stored)
    const input = {
      request: { fields: fieldsAskedFor(query, canary), clientAddress: query.ip ?? '' },
      identity,
      serviceId: service.id,
      isCanaryUsable: canary === null || (await isCanaryUsable(store, canary)),
    }
    const decision = decideVariant(canary, input, now(), draws)
    refuseFreshCookie(decision)
    sendJson(response, 200, {
      service: { id: service.id, name: service.name },
      route: route && { id: route.id, name: route.name },
      source: stored && canarySource(stored),
      consumer: identity.consumer && {
        id: identity.consumer.id,
        username: identity.consumer.username,
        groups: [...identity.groups].sort(),
      },
      ...decisionBody(decision, canary, identity),
    })
  }
}

function decisionBody(decision: Decision, canary: CompiledCanary | null, identity: Identity) {
  const { hash } = decision
  const { sentence, movesAtPercent, movesAtMs } = explainDecision(decision, canary, identity)
  return {
    variant: decision.variant,
    rule: decision.rule,
    sentence,
    key: hash?.key ?? null,
    key_source: hash?.source ?? null,
    salt: hash?.salt ?? null,
    bucket: hash?.bucket ?? null,
    threshold: hash?.threshold ?? null,
    share_percent: hash?.sharePercent ?? null,
    moves_at_percent: movesAtPercent,
    moves_at: movesAtMs === null ? null : momentAt(movesAtMs),
  }
}

async function identityAskedFor(store: Store, { consumer: key }: DecisionQuery): Promise<Identity> {
  if (key === null) return NOBODY
  const consumer = await requireConsumer(store, key)
  return { ...NOBODY, consumer, groups: await groupsOf(store, consumer.id) }
}

/** A first visit draws its key, so there is nothing to look up yet. */
function refuseFreshCookie({ issueCookie }: Decision): void {
  if (issueCookie === null) return
  const problem = `this canary hashes the cookie '${issueCookie.name}', and a request without it gets a random one`
  throw new GatewayError('invalid_options', `${problem}; ask with cookie=<its value>`, {
    details: [{ path: ['cookie'], message: problem }],
  })
}

/** A question must not move the cycles that real requests take turns by. */
function ownDraws(draws: Draws): Draws {
  return { uuid: () => draws.uuid(), nextInCycle: () => 0 }
}
