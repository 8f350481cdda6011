import { entityIdOf } from '../../../model/apisix/apisix-id.ts'
import type { Service } from '../../../model/service.ts'
import { splitUserOf } from '../plugins/split-users.ts'
import type { ApisixResource } from '../shared/apisix-resource.ts'
import type { ConfigurationView } from '../shared/configuration-view.ts'
import { apisixIdOf } from '../shared/shown-id.ts'
import { ownUpstream } from '../upstreams/owned-upstream.ts'
import { projectService } from './project-service.ts'
import { parseService, SERVICE_BODY } from './service-body.ts'
import { writeService } from './write-service.ts'

/** /apisix/admin/services. */
export const SERVICE_RESOURCE: ApisixResource = {
  segment: 'services',
  word: 'service',
  schema: SERVICE_BODY,
  kind: 'services',
  methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
  idField: 'id',
  list: (view) => view.all('services'),
  find: (view, id) => view.get('services', entityIdOf('services', id)),
  idOf: (entity) => apisixIdOf(entity as Service, entity.id),
  project: (view, entity) => projectService(view, entity as Service),
  prepare: async (body) => {
    parseService(body)
    return body
  },
  write: writeService,
  usedBy: (view, entity) => userOf(view, entity as Service),
}

/** Source of the words: APISIX 3.18, deletion of a service (reference apisix.md, c2). */
function userOf(view: ConfigurationView, { id }: Service): string | null {
  const [route] = view.where('routes', 'service', id)
  if (route !== undefined) {
    return `can not delete this service directly, route [${apisixIdOf(route, route.id)}] is still using it now`
  }
  const own = ownUpstream(view, { kind: 'services', id })
  const user = own === undefined ? null : splitUserOf(view, own.id, id)
  return user === null
    ? null
    : `can not delete this service directly, plugin in ${user} is still using its upstream now`
}
