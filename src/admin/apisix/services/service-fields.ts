import type { ApisixId } from '../../../model/apisix/apisix-id.ts'
import type { ServiceExtension } from '../../../model/apisix/service-extension.ts'
import type { Service } from '../../../model/service.ts'
import type { Upstream } from '../../../model/upstream.ts'
import type { UpstreamBody } from '../upstreams/upstream-body.ts'
import type { ServiceBody } from './service-body.ts'

/** Fields of a service that APISIX has no words for: a write in its dialect leaves them as they are. */
export const KONG_ONLY_SERVICE_FIELDS = ['path', 'tags', 'enabled'] as const

/** The same, as long as the service speaks TLS. */
export const KONG_ONLY_TLS_FIELDS = [
  'client_certificate',
  'tls_verify',
  'tls_verify_depth',
  'ca_certificates',
] as const

/** Fields that say where requests of a service go, and how. */
export const DESTINATION_FIELDS = [
  'protocol',
  'host',
  'port',
  'retries',
  'connect_timeout',
  'write_timeout',
  'read_timeout',
] as const

type Destination = Pick<Service, (typeof DESTINATION_FIELDS)[number]>

/** The destination of a service with an upstream of its own, whose manner the service tells. */
export function toOwnUpstream(
  host: string,
  { scheme, timeout, retries }: Pick<UpstreamBody, 'scheme' | 'timeout' | 'retries'>,
): Destination {
  return {
    protocol: scheme,
    host,
    port: portOf(scheme),
    retries,
    connect_timeout: inMs(timeout?.connect),
    write_timeout: inMs(timeout?.send),
    read_timeout: inMs(timeout?.read),
  }
}

/** The destination of a service with another upstream, which tells its manner itself. */
export function toUpstream({ name, apisix }: Upstream): Destination {
  const scheme = apisix?.scheme ?? 'http'
  return toOwnUpstream(name, { scheme, timeout: null, retries: null })
}

function portOf(scheme: 'http' | 'https'): number {
  return scheme === 'https' ? 443 : 80
}

function inMs(seconds: number | undefined): number | null {
  return seconds === undefined ? null : Math.max(1, Math.round(seconds * 1000))
}

/** What is kept of a service beside Kong's fields. */
export function serviceExtension(
  body: ServiceBody,
  { id, isNamedByKong }: { readonly id: ApisixId | null; readonly isNamedByKong: boolean },
): ServiceExtension {
  return {
    id,
    name: isNamedByKong ? null : body.name,
    desc: body.desc,
    labels: body.labels,
    hosts: body.hosts,
    enable_websocket: body.enable_websocket,
    has_upstream: body.upstream !== null || body.upstream_id !== null,
  }
}
