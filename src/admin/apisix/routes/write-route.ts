import { isDeepStrictEqual } from 'node:util'
import { type ApisixId, entityIdOf } from '../../../model/apisix/apisix-id.ts'
import { countingHosts } from '../../../model/apisix/hosts.ts'
import type { RouteExtension } from '../../../model/apisix/route-extension.ts'
import type { Route } from '../../../model/route.ts'
import { apisixProblem } from '../answer/apisix-problem.ts'
import { checkedPlugins } from '../plugins/check-plugins.ts'
import type { ApisixValue, ApisixWrite } from '../shared/apisix-resource.ts'
import { keptFields, ownKongFieldsOf } from '../shared/kong-fields.ts'
import { kongNameOf } from '../shared/kong-name.ts'
import { putUnder } from '../shared/put-entity.ts'
import { referencedUpstream, writeOwnUpstream } from '../upstreams/owned-upstream.ts'
import { KONG_MATCH_FIELDS, KONG_ONLY_ROUTE_FIELDS, projectRoute } from './project-route.ts'
import { parseRoute, type RouteBody } from './route-body.ts'
import { writeRoutePlugins } from './route-plugins.ts'

const KONG_FIELDS = [...KONG_ONLY_ROUTE_FIELDS, ...KONG_MATCH_FIELDS]

/** Stores a route with its own upstream and its plugins; gives the id of the entity. */
export async function writeRoute(
  write: ApisixWrite,
  id: ApisixId,
  given: ApisixValue,
): Promise<string> {
  const { view } = write
  const entityId = entityIdOf('routes', id)
  const existing = view.get('routes', entityId)
  const isKongs = existing !== undefined && !existing.apisix && leavesMatch(write, existing, given)
  const body = isKongs ? parseRoute({ uris: ['/*'], ...given }) : parseRoute(given)
  const plugins = checkedPlugins(view, body.plugins)
  const shown = existing === undefined ? undefined : projectRoute(view, existing).kong
  const kong = ownKongFieldsOf(body.kong, KONG_FIELDS, { ofOthers: ['plugins'], shown })
  const name = await kongNameOf(write, 'routes', { given: body.name, id: entityId })
  const place = { id: entityId === id ? null : id, isNamedByKong: name === body.name, entityId }
  await putUnder(write, 'routes', {
    id: entityId,
    fields: {
      ...keptFields(existing, KONG_ONLY_ROUTE_FIELDS),
      ...(isKongs
        ? keptFields(existing, KONG_MATCH_FIELDS)
        : { ...matchFields(body), apisix: routeExtension(write, body, place) }),
      name,
      service: serviceReference(write, body.service_id),
      ...kong,
    },
  })
  await writeOwnUpstream(write, { kind: 'routes', id: entityId }, body.upstream)
  await writeRoutePlugins(write, { routeId: entityId, configId: body.plugin_config_id }, plugins)
  return entityId
}

/** Parts of a value that Kong's rules have no influence on. */
const BESIDE_THE_MATCH: readonly string[] = ['id', 'name', 'plugins', 'service_id', 'kong']

/** A route of Kong's dialect stays one as long as nothing is written that it could not say. */
function leavesMatch({ view }: ApisixWrite, existing: Route, given: ApisixValue): boolean {
  const match = (value: ApisixValue) =>
    Object.fromEntries(Object.entries(value).filter(([key]) => !BESIDE_THE_MATCH.includes(key)))
  return isDeepStrictEqual(match(given), match(projectRoute(view, existing)))
}

function matchFields({ hosts, methods }: RouteBody): ApisixValue {
  return { hosts: countingHosts(hosts), methods, strip_path: false, preserve_host: true }
}

function routeExtension(
  { view }: ApisixWrite,
  body: RouteBody,
  {
    id,
    isNamedByKong,
    entityId,
  }: { readonly id: ApisixId | null; readonly isNamedByKong: boolean; readonly entityId: string },
): RouteExtension {
  const { upstream, upstream_id } = body
  return {
    id,
    name: isNamedByKong ? null : body.name,
    desc: body.desc,
    labels: body.labels,
    uris: body.uris,
    priority: body.priority,
    vars: body.vars,
    remote_addrs: body.remote_addrs,
    written_as: [...body.written_as],
    any_host: body.hosts !== null && countingHosts(body.hosts) === null ? body.hosts : null,
    status: body.status,
    timeout: body.timeout,
    upstream_id:
      upstream_id === null
        ? upstream === null
          ? null
          : entityId
        : referencedUpstream(view, upstream_id).id,
    plugin_config_id: pluginConfigReference(view, body.plugin_config_id),
    enable_websocket: body.enable_websocket,
  }
}

function serviceReference({ view }: ApisixWrite, id: ApisixId | null): { id: string } | null {
  if (id === null) return null
  const service = view.get('services', entityIdOf('services', id))
  if (service !== undefined) return { id: service.id }
  throw apisixProblem(`failed to fetch service info by service id [${id}], response code: 404`)
}

function pluginConfigReference(view: ApisixWrite['view'], id: ApisixId | null): string | null {
  if (id === null) return null
  const config = view.get('plugin_configs', entityIdOf('plugin_configs', id))
  if (config !== undefined) return config.id
  throw apisixProblem(
    `failed to fetch plugin config info by plugin config id [${id}], response code: 404`,
  )
}
