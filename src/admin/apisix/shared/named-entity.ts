import type { Request } from 'express'
import type { Entity } from '../../../model/entity.ts'
import { pathParameter } from '../../request-target.ts'
import { keyNotFound } from '../answer/apisix-problem.ts'
import { type Keyed, keyed } from '../answer/envelope.ts'
import type { ApisixResource } from './apisix-resource.ts'
import type { ConfigurationView } from './configuration-view.ts'

/** The entity that the path names. Fails with not_found. */
export function namedEntity(
  resource: ApisixResource,
  view: ConfigurationView,
  request: Request,
): Entity {
  const found = resource.find(view, pathParameter(request, 'id'))
  if (found === undefined) throw keyNotFound()
  return found
}

/** What was written, as it is now. Fails with not_found when somebody has deleted it meanwhile. */
export function answerOf(
  resource: ApisixResource,
  view: ConfigurationView,
  entityId: string,
): Keyed {
  const entity = view.get(resource.kind, entityId)
  if (entity === undefined) throw keyNotFound()
  return keyed(resource, view, entity)
}
