import { apisixHosts } from '../../../model/apisix/hosts.ts'
import type { Plugin } from '../../../model/plugin.ts'
import type { Route } from '../../../model/route.ts'
import { pluginsBeyond, pluginsOf, projectPlugins } from '../plugins/scoped-plugins.ts'
import type { ApisixValue } from '../shared/apisix-resource.ts'
import type { ConfigurationView } from '../shared/configuration-view.ts'
import { fieldsBeyond, underKong, withoutNulls } from '../shared/kong-fields.ts'
import { apisixIdOf } from '../shared/shown-id.ts'
import { projectUpstream } from '../upstreams/project-upstream.ts'
import { upstreamIdShown } from '../upstreams/upstream-id.ts'
import { METHODS, withSpellings } from './route-body.ts'

/** Fields of a route that APISIX has no words for: a write in its dialect leaves them as they are. */
export const KONG_ONLY_ROUTE_FIELDS = [
  'protocols',
  'https_redirect_status_code',
  'path_handling',
  'request_buffering',
  'response_buffering',
  'headers',
  'snis',
  'tags',
] as const

/** Fields of a route that Kong's rules match by, and what they do to its requests. */
export const KONG_MATCH_FIELDS = [
  'hosts',
  'methods',
  'paths',
  'sources',
  'destinations',
  'regex_priority',
  'strip_path',
  'preserve_host',
] as const

/** A route as it stands in APISIX, without id and times. What APISIX cannot say of it is under `kong`. */
export function projectRoute(view: ConfigurationView, route: Route): ApisixValue {
  const plugins = ownPluginsOf(view, route)
  const beyond = pluginsBeyond(plugins)
  const way = withoutNulls(wayOf(view, route))
  // APISIX knows no route that says nothing of what becomes of its requests.
  const hasPlugins = plugins.length > 0 || Object.keys(way).length === 0
  return {
    ...withoutNulls({
      name: route.apisix?.name ?? route.name,
      ...matchOf(route),
      ...way,
      plugins: hasPlugins ? projectPlugins(view, plugins) : null,
    }),
    ...underKong({
      ...kongFields(route),
      ...(Object.keys(beyond).length === 0 ? {} : { plugins: beyond }),
    }),
  }
}

/** The plugins that were written on the route itself. */
export function ownPluginsOf(view: ConfigurationView, { id }: Route): readonly Plugin[] {
  return pluginsOf(view, { field: 'route', id }).filter(
    ({ apisix }) => (apisix?.plugin_config_id ?? null) === null,
  )
}

/** Which requests it is for, and what else the route itself says. */
export function matchOf(route: Route): ApisixValue {
  const { apisix, hosts, methods } = route
  if (!apisix) return withoutNulls({ uris: urisOf(route), ...sayableOf(route) })
  const { desc, labels, priority, vars, remote_addrs, status, timeout, enable_websocket } = apisix
  return withSpellings(
    withoutNulls({
      desc,
      labels,
      uris: apisix.uris,
      hosts: apisix.any_host ?? hosts,
      methods,
      remote_addrs,
      vars,
      priority: priority === 0 ? null : priority,
      status: status === 1 ? null : status,
      timeout,
      enable_websocket,
    }),
    apisix.written_as,
  )
}

/** Hosts and methods of Kong's dialect, as far as APISIX has words for all of them. */
function sayableOf({ hosts, methods }: Route): Pick<Route, 'hosts' | 'methods'> {
  return {
    hosts: apisixHosts().safeParse(hosts).success ? hosts : null,
    methods: METHODS.safeParse(methods).success ? methods : null,
  }
}

/** The nearest that APISIX can say of Kong's paths: prefixes; of regular expressions nothing. */
function urisOf({ paths }: Route): readonly string[] | null {
  const prefixes = paths?.filter((path) => !path.startsWith('~')) ?? ['/']
  return prefixes.length === 0 ? null : prefixes.map((path) => `${path}*`)
}

/** Where its requests go. */
function wayOf(view: ConfigurationView, { id, service, apisix }: Route): ApisixValue {
  const upstreamId = apisix?.upstream_id ?? null
  const own = upstreamId === id ? view.get('upstreams', id) : undefined
  const configId = apisix?.plugin_config_id ?? null
  return {
    service_id: service === null ? null : apisixIdOf(view.get('services', service.id), service.id),
    upstream: own === undefined ? null : projectUpstream(view, own),
    upstream_id:
      upstreamId === null || upstreamId === id ? null : upstreamIdShown(view, upstreamId),
    plugin_config_id:
      configId === null ? null : apisixIdOf(view.get('plugin_configs', configId), configId),
  }
}

const DEFAULTS = {
  protocols: ['http', 'https'],
  https_redirect_status_code: 426,
  path_handling: 'v0',
  request_buffering: true,
  response_buffering: true,
  headers: null,
  snis: null,
  tags: null,
}

const NOT_MATCHED_BY = {
  sources: null,
  destinations: null,
  regex_priority: 0,
}

function kongFields(route: Route): ApisixValue {
  const plain = fieldsBeyond(route, KONG_ONLY_ROUTE_FIELDS, DEFAULTS)
  const { hosts, methods } = route.apisix ? route : sayableOf(route)
  const said = route.apisix
    ? { ...NOT_MATCHED_BY, hosts, methods, paths: null, strip_path: false, preserve_host: true }
    : { ...NOT_MATCHED_BY, hosts, methods }
  return { ...plain, ...fieldsBeyond(route, KONG_MATCH_FIELDS, said) }
}
