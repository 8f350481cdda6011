import type { Request, RequestHandler } from 'express'
import { exchangeOf } from '../../exchange.ts'
import { sendJson } from '../../reply.ts'
import { queryOf } from '../../request-target.ts'
import { apisixProblem } from '../answer/apisix-problem.ts'
import { keyed } from '../answer/envelope.ts'
import type { ApisixDependencies } from '../apisix-dependencies.ts'
import { readJson } from '../input/read-json.ts'
import { refuseTtl } from '../input/write-query.ts'
import type { ApisixResource } from '../shared/apisix-resource.ts'
import { viewOf } from '../shared/configuration-view.ts'
import { answerOf, namedEntity } from '../shared/named-entity.ts'
import { patchedValue } from './patched-value.ts'

/**
 * PATCH: a merge of objects, a JSON patch (a list, as API7 takes it), or one value behind a sub-path. What comes of it
 * is judged and stored as a PUT, in its turn: however many others write, it is made once.
 * Source: reference apisix.md, c2 and c3.
 */
export function patchHandler(
  { snapshot, transact, draws, sealBody }: ApisixDependencies,
  resource: ApisixResource,
): RequestHandler {
  return async (request, response) => {
    refuseTtl(queryOf(request))
    const body = await readJson(request)
    if (body === undefined) throw apisixProblem('missing new configuration')
    const patch = { body, path: subPathOf(request) }
    const { author, receivedAtMs: nowMs } = exchangeOf(response)
    const entityId = await transact(author, async (transaction) => {
      const view = viewOf(snapshot())
      const entity = namedEntity(resource, view, request)
      const id = resource.idOf(entity)
      const { value } = keyed(resource, view, entity)
      const next = patchedValue(resource, { id, value }, patch)
      const prepared = await resource.prepare(next, sealBody)
      return resource.write({ transaction, view, nowMs, draws }, id, prepared)
    })
    sendJson(response, 200, answerOf(resource, viewOf(snapshot()), entityId))
  }
}

/** Segments behind the id, decoded; a trailing slash says nothing. */
function subPathOf(request: Request): readonly string[] {
  const given: unknown = request.params.path
  const segments: readonly unknown[] = Array.isArray(given) ? given : []
  return segments.map(String).filter((segment) => segment !== '')
}
