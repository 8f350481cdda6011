import type { RequestHandler } from 'express'
import type { Draws } from '../../model/draws.ts'
import type { EntityTypes } from '../../model/entity.ts'
import type { Identity } from '../../model/identity.ts'
import { compileCanary } from '../../variants/compile-canary.ts'
import { decideVariant } from '../../variants/decide-variant.ts'
import { sendJson } from '../reply.ts'
import { pathParameter, queryOf } from '../request-target.ts'
import type { CanaryDependencies } from './canary-handler.ts'
import { isCanaryUsable } from './canary-usable.ts'
import { createCompiledSplits } from './compiled-splits.ts'
import { type DecisionAnswer, decisionAnswer, splitDecisionAnswer } from './decision-answer.ts'
import { consumerGroupsOf, identityAskedFor } from './decision-identity.ts'
import { readDecisionQuery } from './decision-query.ts'
import { type AskedRequest, requestAskedFor } from './decision-request.ts'
import { listenerPort } from './listener-port.ts'
import { lookedAt } from './looked-at.ts'
import { requireRoute, requireService } from './require-entity.ts'
import { splitAnswer } from './split-answer.ts'
import { pluginSource, type StoredCanary } from './stored-canaries.ts'
import { refuseUnknownKey } from './unknown-key.ts'

/**
 * GET /services/{s}/canary/decision?consumer=…&ip=…&header=…&cookie=…&route=…: where such a request goes, by which
 * rule, on what numbers, and at which share its key moves. Asks the functions that the proxy asks, with what the proxy
 * would make of the request. `traffic_split` is what the one that goes before the canary plugin makes of it, if any;
 * for its expressions there are also `method`, `host`, `scheme`, `path` (with the query) and `form`.
 */
export function decisionHandler(dependencies: CanaryDependencies): RequestHandler {
  const { store, findPlugin } = dependencies
  const draws = ownDraws(dependencies.draws)
  const compiledSplit = createCompiledSplits()
  const decideByCanary = canaryDecider(dependencies, draws)
  return async (request, response) => {
    const service = await requireService(store, pathParameter(request, 'service'))
    const query = readDecisionQuery(queryOf(request))
    const route = query.route === null ? null : await requireRoute(store, query.route, service.id)
    const snapshot = dependencies.snapshot()
    const scope = { serviceId: service.id, routeId: route?.id ?? null }
    const keyAuth = findPlugin(snapshot, 'key-auth', scope)?.entity.config ?? null
    const identity = await identityAskedFor(store, query.consumer, keyAuth)
    const { consumer } = identity
    const groups = await consumerGroupsOf(store, identity)
    const canary = findPlugin(snapshot, 'canary', scope)
    const caller = { consumerId: consumer?.id ?? null, groups }
    const stored = findPlugin(snapshot, 'traffic-split', { ...scope, ...caller })
    const inForce = stored && { stored, compiled: compiledSplit(stored) }
    const looked = lookedAt(canary && compileCanary(canary), inForce?.compiled ?? null)
    const asked = requestAskedFor(query, looked, (scheme) =>
      listenerPort(dependencies.listen.proxy, scheme),
    )
    const facts = { ...asked, identity, consumerGroup: groups[0] ?? null, route, service }
    const split = inForce && splitAnswer(inForce, facts, { snapshot, draws })
    const decided =
      split === null || split.isLeftToCanary
        ? told(split?.sentence ?? null, decideByCanary(canary, { ...asked, identity, service }))
        : splitDecisionAnswer(split)
    sendJson(response, 200, {
      service: { id: service.id, name: service.name },
      route: route && { id: route.id, name: route.name },
      source: canary && pluginSource(canary),
      traffic_split: split?.shown ?? null,
      consumer: consumer && {
        id: consumer.id,
        username: consumer.username,
        groups: [...identity.groups].sort(),
        consumer_groups: groups.map(({ name }) => name),
        anonymous: identity.isAnonymous,
      },
      ...decided,
    })
  }
}

interface Asked extends Pick<AskedRequest, 'request'> {
  readonly identity: Identity
  readonly service: EntityTypes['services']
}

/** What the canary plugin says. Fails with invalid_options when a key that decides is not in the question. */
function canaryDecider({ peers, now }: CanaryDependencies, draws: Draws) {
  return (stored: StoredCanary | null, { request, identity, service }: Asked): DecisionAnswer => {
    const canary = stored && compileCanary(stored)
    const nowMs = now()
    const input = {
      request,
      identity,
      serviceId: service.id,
      isCanaryUsable: isCanaryUsable(peers, canary, { service, nowMs }),
    }
    const decision = decideVariant(canary, input, nowMs, draws)
    if (canary?.assignment.kind === 'hash') {
      const { issueCookie, hash } = decision
      const isMissing = hash?.source === 'none'
      refuseUnknownKey('canary', canary.assignment.stickyOn, { issueCookie, isMissing })
    }
    return decisionAnswer(decision, canary, identity)
  }
}

/** With what the traffic-split before it says. */
function told(splitSentence: string | null, answer: DecisionAnswer): DecisionAnswer {
  if (splitSentence === null) return answer
  return { ...answer, sentence: `${splitSentence}; ${answer.sentence}` }
}

/** A question must not move the cycles that real requests take turns by. */
function ownDraws(draws: Draws): Draws {
  return { uuid: () => draws.uuid(), nextInCycle: () => 0 }
}
