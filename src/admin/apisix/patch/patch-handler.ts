import type { Request, RequestHandler } from 'express'
import { isPlainObject } from '../../../model/plain-object.ts'
import type { Snapshot } from '../../../model/snapshot.ts'
import { exchangeOf } from '../../exchange.ts'
import { sendJson } from '../../reply.ts'
import { apisixProblem } from '../answer/apisix-problem.ts'
import { keyed } from '../answer/envelope.ts'
import type { ApisixDependencies } from '../apisix-dependencies.ts'
import { readJson } from '../input/read-json.ts'
import type { ApisixResource, ApisixValue } from '../shared/apisix-resource.ts'
import { viewOf } from '../shared/configuration-view.ts'
import { answerOf, namedEntity } from '../shared/named-entity.ts'
import { applyJsonPatch, isJsonPatch } from './json-patch.ts'
import { mergeValue, setAtPath } from './merge-value.ts'

/**
 * PATCH: a merge of objects, a JSON patch (a list, as API7 takes it), or one value behind a sub-path. What comes of it
 * is judged and stored as a PUT. Source: reference apisix.md, c2 and c3.
 */
export function patchHandler(
  { snapshot, transact, draws, sealBody }: ApisixDependencies,
  resource: ApisixResource,
): RequestHandler {
  return async (request, response) => {
    const patch = await readJson(request)
    if (patch === undefined) throw apisixProblem('missing new configuration')
    const { author, receivedAtMs: nowMs } = exchangeOf(response)
    /** Null when somebody has changed the configuration since it was read. */
    const attempt = async (before: Snapshot) => {
      const seen = viewOf(before)
      const current = keyed(resource, seen, namedEntity(resource, seen, request))
      const id = resource.idOf(namedEntity(resource, seen, request))
      const next = patched(current.value, patch, subPathOf(request))
      const body = await resource.prepare({ ...next, [resource.idField]: id }, sealBody)
      return transact(author, async (transaction) => {
        if (snapshot() !== before) return null
        return resource.write({ transaction, view: seen, nowMs, draws }, id, body)
      })
    }
    let entityId = await attempt(snapshot())
    while (entityId === null) entityId = await attempt(snapshot())
    sendJson(response, 200, answerOf(resource, viewOf(snapshot()), entityId))
  }
}

/** Segments behind the id, decoded; a trailing slash says nothing. */
function subPathOf(request: Request): readonly string[] {
  const given: unknown = request.params.path
  const segments: readonly unknown[] = Array.isArray(given) ? given : []
  return segments.map(String).filter((segment) => segment !== '')
}

function patched(current: ApisixValue, patch: unknown, path: readonly string[]): ApisixValue {
  const { create_time: _created, update_time: _updated, ...value } = resultOf(current, patch, path)
  return value
}

function resultOf(current: ApisixValue, patch: unknown, path: readonly string[]): ApisixValue {
  const result =
    path.length > 0
      ? setAtPath(current, path, patch)
      : isJsonPatch(patch)
        ? applyJsonPatch(current, patch)
        : mergeValue(current, patch)
  if (!isPlainObject(patch) && !isJsonPatch(patch) && path.length === 0) {
    throw apisixProblem('invalid request body: expected a JSON object')
  }
  if (isPlainObject(result)) return result
  throw apisixProblem('invalid configuration: wrong type: expected object')
}
