import { entityIdOf } from '../../../model/apisix/apisix-id.ts'
import type { Upstream } from '../../../model/upstream.ts'
import { apisixProblem } from '../answer/apisix-problem.ts'
import { parseConfiguration } from '../input/parse-configuration.ts'
import { splitUserOf } from '../plugins/split-users.ts'
import type { ApisixResource, ApisixValue } from '../shared/apisix-resource.ts'
import type { ConfigurationView } from '../shared/configuration-view.ts'
import { kongFieldsOf } from '../shared/kong-fields.ts'
import { apisixIdOf } from '../shared/shown-id.ts'
import { AS_SERVICE_AND_ROUTE, projectUpstream } from './project-upstream.ts'
import { EMBEDDED_UPSTREAM } from './upstream-body.ts'
import { KONG_ONLY_UPSTREAM_FIELDS, SAYABLE_UPSTREAM_FIELDS } from './upstream-fields.ts'
import { writeUpstream } from './write-upstream.ts'

const KONG_FIELDS = [...KONG_ONLY_UPSTREAM_FIELDS, ...SAYABLE_UPSTREAM_FIELDS, AS_SERVICE_AND_ROUTE]

/** /apisix/admin/upstreams: those that stand for themselves; the others are shown where they are written. */
export const UPSTREAM_RESOURCE: ApisixResource = {
  segment: 'upstreams',
  word: 'upstream',
  schema: EMBEDDED_UPSTREAM,
  kind: 'upstreams',
  methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
  idField: 'id',
  list: (view) => view.all('upstreams').filter(isShown),
  find: (view, id) => {
    const found = view.get('upstreams', entityIdOf('upstreams', id))
    return found !== undefined && isShown(found) ? found : undefined
  },
  idOf: (entity) => apisixIdOf(entity as Upstream, entity.id),
  project: (view, entity) => projectUpstream(view, entity as Upstream),
  prepare: async (body) => {
    parseBody(body)
    return body
  },
  write: async (write, id, body) => {
    const entityId = entityIdOf('upstreams', id)
    refuseOwned(write.view.get('upstreams', entityId))
    const { fields, kong } = parseBody(body)
    const place = { id: entityId === id ? null : id, owner: null, isInService: false }
    await writeUpstream(write, { id: entityId, body: fields, place, kong })
    return entityId
  },
  usedBy: (view, entity) => userOf(view, entity as Upstream),
}

function parseBody({ id: _, kong, ...fields }: ApisixValue) {
  return {
    fields: parseConfiguration(EMBEDDED_UPSTREAM, fields),
    kong: kongFieldsOf(kong, KONG_FIELDS),
  }
}

function isShown({ apisix }: Upstream): boolean {
  return !apisix?.owner
}

function refuseOwned(upstream: Upstream | undefined): void {
  const owner = upstream?.apisix?.owner ?? null
  if (owner === null) return
  throw apisixProblem(
    `the upstream [${owner.id}] is written in ${owner.kind}: change it there, or give another id`,
  )
}

/** Source of the words: APISIX 3.18, deletion of an upstream (reference apisix.md, c2). */
function userOf(view: ConfigurationView, { id, name }: Upstream): string | null {
  const [service] = view.where('services', 'host', name)
  if (service !== undefined) return cannotDelete(`service [${apisixIdOf(service, service.id)}]`)
  const route = view.all('routes').find(({ apisix }) => apisix?.upstream_id === id)
  if (route !== undefined) return cannotDelete(`route [${apisixIdOf(route, route.id)}]`)
  const user = splitUserOf(view, id)
  return user === null ? null : cannotDelete(`plugin in ${user}`)
}

function cannotDelete(user: string): string {
  return `can not delete this upstream, ${user} is still using it now`
}
