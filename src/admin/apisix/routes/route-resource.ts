import { entityIdOf } from '../../../model/apisix/apisix-id.ts'
import type { Route } from '../../../model/route.ts'
import type { ApisixResource } from '../shared/apisix-resource.ts'
import { apisixIdOf } from '../shared/shown-id.ts'
import { projectRoute } from './project-route.ts'
import { parseRoute, ROUTE_BODY } from './route-body.ts'
import { writeRoute } from './write-route.ts'

/** /apisix/admin/routes. */
export const ROUTE_RESOURCE: ApisixResource = {
  segment: 'routes',
  word: 'route',
  schema: ROUTE_BODY,
  kind: 'routes',
  methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
  idField: 'id',
  list: (view) => view.all('routes'),
  find: (view, id) => view.get('routes', entityIdOf('routes', id)),
  idOf: (entity) => apisixIdOf(entity as Route, entity.id),
  project: (view, entity) => projectRoute(view, entity as Route),
  prepare: async (body) => {
    // A route of Kong's dialect may have no path that could be said; what is wrong then is found on write.
    if (body.kong === undefined) parseRoute(body)
    return body
  },
  write: writeRoute,
  usedBy: () => null,
}
