import type { Service } from '../../../model/service.ts'
import { SERVICE_DEFAULTS } from '../../../model/service.ts'
import type { Upstream } from '../../../model/upstream.ts'
import { pluginsBeyond, pluginsOf, projectPlugins } from '../plugins/scoped-plugins.ts'
import type { ApisixValue } from '../shared/apisix-resource.ts'
import type { ConfigurationView } from '../shared/configuration-view.ts'
import { fieldsBeyond, underKong, withoutNulls } from '../shared/kong-fields.ts'
import { isOwnedBy } from '../upstreams/owned-upstream.ts'
import { projectUpstream } from '../upstreams/project-upstream.ts'
import { upstreamIdShown } from '../upstreams/upstream-id.ts'
import {
  DESTINATION_FIELDS,
  KONG_ONLY_SERVICE_FIELDS,
  KONG_ONLY_TLS_FIELDS,
  toUpstream,
} from './service-fields.ts'

/** A service as it stands in APISIX, without id and times. What APISIX cannot say of it is under `kong`. */
export function projectService(view: ConfigurationView, service: Service): ApisixValue {
  const { apisix } = service
  const plugins = pluginsOf(view, { field: 'service', id: service.id })
  const beyond = pluginsBeyond(plugins)
  return {
    ...withoutNulls({
      name: apisix?.name ?? service.name,
      desc: apisix?.desc,
      labels: apisix?.labels,
      hosts: apisix?.hosts,
      enable_websocket: apisix?.enable_websocket,
      ...destinationOf(view, service),
      plugins: plugins.length === 0 ? null : projectPlugins(view, plugins),
    }),
    ...underKong({
      ...kongFields(view, service),
      ...(Object.keys(beyond).length === 0 ? {} : { plugins: beyond }),
    }),
  }
}

/** `upstream` or `upstream_id`, or neither. */
export function destinationOf(view: ConfigurationView, service: Service): ApisixValue {
  const upstream = upstreamOf(view, service)
  if (upstream === undefined) return { upstream: hostAsUpstream(service) }
  if (!isOwnedBy(upstream, { kind: 'services', id: service.id })) {
    return { upstream_id: upstreamIdShown(view, upstream.id) }
  }
  const value = projectUpstream(view, upstream)
  const isEmpty = view.where('targets', 'upstream', upstream.id).length === 0
  if (service.apisix?.has_upstream === false && isEmpty) return {}
  return { upstream: { ...value, ...mannerOf(service) } }
}

function upstreamOf(view: ConfigurationView, { host }: Service): Upstream | undefined {
  return view.where('upstreams', 'name', host)[0]
}

/** A host that names no upstream. */
function hostAsUpstream(service: Service): ApisixValue {
  const host =
    service.host.includes(':') && !service.host.startsWith('[') ? `[${service.host}]` : service.host
  return {
    type: 'roundrobin',
    pass_host: 'node',
    ...mannerOf(service),
    nodes: [{ host, port: service.port, weight: 1 }],
  }
}

function mannerOf(service: Service): ApisixValue {
  const { protocol, retries, connect_timeout, write_timeout, read_timeout } = service
  const limits = [connect_timeout, write_timeout, read_timeout]
  const [connect, send, read] = limits.map((ms) => (ms ?? SERVICE_DEFAULTS.timeoutMs) / 1000)
  return withoutNulls({
    scheme: protocol,
    retries,
    timeout: limits.every((ms) => ms === null) ? null : { connect, send, read },
  })
}

/** What the destination says stands there; what a service with `upstream_id` says beside it is Kong's alone. */
function kongFields(view: ConfigurationView, service: Service): ApisixValue {
  const upstream = upstreamOf(view, service)
  const isSaid = upstream === undefined || isOwnedBy(upstream, { kind: 'services', id: service.id })
  const names = [...KONG_ONLY_SERVICE_FIELDS, ...KONG_ONLY_TLS_FIELDS]
  const plain = fieldsBeyond(service, names, { ...PLAIN, enabled: true })
  if (isSaid) return plain
  const meant = service.apisix ? toUpstream(upstream) : KONGS
  return {
    ...plain,
    ...fieldsBeyond(service, DESTINATION_FIELDS, { ...meant, host: service.host }),
  }
}

const PLAIN = Object.fromEntries(
  [...KONG_ONLY_SERVICE_FIELDS, ...KONG_ONLY_TLS_FIELDS].map((name) => [name, null]),
)

const KONGS = {
  protocol: 'http',
  port: 80,
  retries: SERVICE_DEFAULTS.retries,
  connect_timeout: SERVICE_DEFAULTS.timeoutMs,
  write_timeout: SERVICE_DEFAULTS.timeoutMs,
  read_timeout: SERVICE_DEFAULTS.timeoutMs,
}
