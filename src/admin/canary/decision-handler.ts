import type { RequestHandler } from 'express'
import type { Decision } from '../../model/decision.ts'
import type { Draws } from '../../model/draws.ts'
import { GatewayError } from '../../model/errors.ts'
import { type CompiledCanary, compileCanary } from '../../variants/compile-canary.ts'
import { decideVariant } from '../../variants/decide-variant.ts'
import { sendJson } from '../reply.ts'
import { pathParameter, queryOf } from '../request-target.ts'
import type { CanaryDependencies } from './canary-handler.ts'
import { isCanaryUsable } from './canary-usable.ts'
import { decisionAnswer } from './decision-answer.ts'
import { identityAskedFor } from './decision-identity.ts'
import { fieldsAskedFor, readDecisionQuery, refuseArgument } from './decision-query.ts'
import { requireRoute, requireService } from './require-entity.ts'
import { pluginSource } from './stored-canaries.ts'

/**
 * GET /services/{s}/canary/decision?consumer=…&ip=…&header=…&cookie=…&route=…: which side such a request gets, by
 * which rule, on what numbers, and at which share its key moves. Asks the function that the proxy asks, with what the
 * proxy would make of the request. `traffic_split` is the one that goes before the canary plugin, if any.
 */
export function decisionHandler(dependencies: CanaryDependencies): RequestHandler {
  const { store, now, findPlugin } = dependencies
  const draws = ownDraws(dependencies.draws)
  return async (request, response) => {
    const service = await requireService(store, pathParameter(request, 'service'))
    const query = readDecisionQuery(queryOf(request))
    const route = query.route === null ? null : await requireRoute(store, query.route, service.id)
    const snapshot = dependencies.snapshot()
    const nowMs = now()
    const scope = { serviceId: service.id, routeId: route?.id ?? null }
    const keyAuth = findPlugin(snapshot, 'key-auth', scope)?.entity.config ?? null
    const identity = await identityAskedFor(store, query.consumer, keyAuth)
    const stored = findPlugin(snapshot, 'canary', scope)
    const canary = stored && compileCanary(stored)
    const split = findPlugin(snapshot, 'traffic-split', scope)
    const input = {
      request: { fields: fieldsAskedFor(query, canary), clientAddress: query.ip ?? '' },
      identity,
      serviceId: service.id,
      isCanaryUsable: isCanaryUsable(dependencies.peers, canary, { service, nowMs }),
    }
    const decision = decideVariant(canary, input, nowMs, draws)
    refuseUnknownKey(decision, canary)
    sendJson(response, 200, {
      service: { id: service.id, name: service.name },
      route: route && { id: route.id, name: route.name },
      source: stored && pluginSource(stored),
      traffic_split: split && pluginSource(split),
      consumer: identity.consumer && {
        id: identity.consumer.id,
        username: identity.consumer.username,
        groups: [...identity.groups].sort(),
        anonymous: identity.isAnonymous,
      },
      ...decisionAnswer(decision, canary, identity),
    })
  }
}

/** What decides must be in the question: a first visit draws its cookie, and every request has an address. */
function refuseUnknownKey({ issueCookie, hash }: Decision, canary: CompiledCanary | null): void {
  if (issueCookie !== null) {
    const problem = `this canary hashes the cookie '${issueCookie.name}', and a request without it gets a random one`
    throw new GatewayError('invalid_options', `${problem}; ask with cookie=<its value>`, {
      details: [{ path: ['cookie'], message: problem }],
    })
  }
  if (hash?.source !== 'none' || canary?.assignment.kind !== 'hash') return
  const { source } = canary.assignment.stickyOn
  if (source === 'none') return
  const ways = source === 'ip' ? 'ip' : `${source} or ip`
  throw refuseArgument('ip', `missing, and the client address decides here; ask with ${ways}`)
}

/** A question must not move the cycles that real requests take turns by. */
function ownDraws(draws: Draws): Draws {
  return { uuid: () => draws.uuid(), nextInCycle: () => 0 }
}
