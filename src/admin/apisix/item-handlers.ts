import type { RequestHandler } from 'express'
import { exchangeOf } from '../exchange.ts'
import { sendJson } from '../reply.ts'
import { pathParameter, queryOf } from '../request-target.ts'
import type { Handlers } from '../serve-path.ts'
import { apisixProblem } from './answer/apisix-problem.ts'
import { indexed, keyed } from './answer/envelope.ts'
import type { ApisixDependencies } from './apisix-dependencies.ts'
import { acceptedBody } from './input/accepted-body.ts'
import { readConfiguration } from './input/read-json.ts'
import { refuseTtl, withWordOfForce } from './input/write-query.ts'
import { patchHandler } from './patch/patch-handler.ts'
import type { ApisixResource, ApisixWrite } from './shared/apisix-resource.ts'
import { viewOf } from './shared/configuration-view.ts'
import { answerOf, namedEntity } from './shared/named-entity.ts'

/** GET, PUT, PATCH and DELETE of one configuration, as far as the resource has them. */
export function itemHandlers(dependencies: ApisixDependencies, resource: ApisixResource): Handlers {
  const all = {
    GET: getHandler(dependencies, resource),
    PUT: putHandler(dependencies, resource),
    PATCH: patchHandler(dependencies, resource),
    DELETE: deleteHandler(dependencies, resource),
  } as const
  const offered = Object.entries(all).filter(([method]) =>
    resource.methods.some((one) => one === method),
  )
  return Object.fromEntries(offered)
}

function getHandler(
  { snapshot, store }: ApisixDependencies,
  resource: ApisixResource,
): RequestHandler {
  return async (request, response) => {
    const view = viewOf(snapshot())
    const entity = namedEntity(resource, view, request)
    const versions = await store.versionsOf(resource.kind, [entity.id])
    sendJson(response, 200, indexed(keyed(resource, view, entity), versions.get(entity.id)))
  }
}

/** PUT of what the path or the body names, new or in place of what is there. */
export function putHandler(
  { snapshot, transact, draws, sealBody }: ApisixDependencies,
  resource: ApisixResource,
): RequestHandler {
  return async (request, response) => {
    refuseTtl(queryOf(request))
    const given = await readConfiguration(request)
    const { id, body } = acceptedBody(resource, given, pathParameter(request, 'id') || null)
    const prepared = await resource.prepare(body, sealBody)
    const { author, receivedAtMs: nowMs } = exchangeOf(response)
    const { isNew, entityId } = await transact(author, async (transaction) => {
      const view = viewOf(snapshot())
      const write: ApisixWrite = { transaction, view, nowMs, draws }
      const existing = resource.find(view, String(id))
      return { isNew: existing === undefined, entityId: await resource.write(write, id, prepared) }
    })
    sendJson(response, isNew ? 201 : 200, answerOf(resource, viewOf(snapshot()), entityId))
  }
}

function deleteHandler(
  { snapshot, transact }: ApisixDependencies,
  resource: ApisixResource,
): RequestHandler {
  return async (request, response) => {
    const id = await transact(exchangeOf(response).author, async (transaction) => {
      const view = viewOf(snapshot())
      const entity = namedEntity(resource, view, request)
      const reason = resource.usedBy(view, entity)
      if (reason !== null) throw apisixProblem(withWordOfForce(reason, queryOf(request)))
      await transaction.remove(resource.kind, entity.id)
      return resource.idOf(entity)
    })
    sendJson(response, 200, { key: `/apisix/${resource.segment}/${id}`, deleted: '1' })
  }
}
