import type { ApisixId } from '../../../model/apisix/apisix-id.ts'
import { balancingFields } from '../../../model/apisix/chash.ts'
import { healthchecksOf } from '../../../model/apisix/checks.ts'
import type { UpstreamExtension } from '../../../model/apisix/upstream-extension.ts'
import type { Upstream } from '../../../model/upstream.ts'
import type { UpstreamBody } from './upstream-body.ts'

/** Fields of an upstream that APISIX has no words for: a write in its dialect leaves them as they are. */
export const KONG_ONLY_UPSTREAM_FIELDS = [
  'name',
  'slots',
  'hash_on_cookie_path',
  'circuit_breaker',
  'retry_budget',
  'slow_start',
  'use_srv_name',
  'tags',
] as const

/** Fields whose values APISIX can say in part. */
export const SAYABLE_UPSTREAM_FIELDS = [
  'algorithm',
  'hash_on',
  'hash_on_header',
  'hash_on_cookie',
  'hash_on_query_arg',
  'hash_on_uri_capture',
  'hash_fallback',
  'hash_fallback_header',
  'hash_fallback_query_arg',
  'hash_fallback_uri_capture',
  'host_header',
  'healthchecks',
  'client_certificate',
] as const

/** What belongs to an upstream beside its body. */
export interface UpstreamPlace {
  readonly id: ApisixId | null
  /** Whether the name is said by Kong's `name`. */
  readonly isNamedByKong: boolean
  readonly owner: UpstreamExtension['owner']
  /** The service says scheme, limits of time and retries. */
  readonly isInService: boolean
}

/** APISIX's upstream in Kong's fields, without its name. */
export function upstreamFields(
  body: UpstreamBody,
  place: UpstreamPlace,
  existing: Pick<Upstream, 'healthchecks'> | null,
): Readonly<Record<string, unknown>> {
  const { tls } = body
  const certificateId = tls?.client_cert_id ?? null
  return {
    ...balancingFields(body),
    host_header: body.upstream_host,
    healthchecks:
      body.checks === null
        ? thresholdOf(existing)
        : healthchecksOf(body.checks, existing?.healthchecks),
    client_certificate: certificateId === null ? null : { id: certificateId },
    apisix: {
      id: place.id,
      name: place.isNamedByKong ? null : body.name,
      desc: body.desc,
      labels: body.labels,
      owner: place.owner,
      nodes_as: body.nodes_as,
      scheme: place.isInService ? null : body.scheme,
      pass_host: body.pass_host,
      timeout: place.isInService ? null : body.timeout,
      retries: place.isInService ? null : body.retries,
      tls_verify: tls?.verify ?? null,
    } satisfies UpstreamExtension,
  }
}

/** Without checks, what Kong alone has words for stays. */
function thresholdOf(existing: Pick<Upstream, 'healthchecks'> | null): object {
  return { threshold: existing?.healthchecks?.threshold ?? 0 }
}
