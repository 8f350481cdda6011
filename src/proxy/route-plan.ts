import type { CompiledUpstream } from '../balancing/compile-upstream.ts'
import { type CompiledAcl, compileAcl } from '../identity/acl.ts'
import { type CompiledKeyAuth, compileKeyAuth } from '../identity/key-auth.ts'
import { effectivePlugin, type PluginIndex } from '../model/plugin-index.ts'
import type { Scheme } from '../model/request.ts'
import type { Route } from '../model/route.ts'
import { SERVICE_DEFAULTS, type Service } from '../model/service.ts'
import type { CanaryUpstream, CompiledCanary } from '../variants/compile-canary.ts'
import { compileCanary } from '../variants/compile-canary.ts'
import { type BodyLimit, compileBodyLimit } from './body-limit.ts'
import type { UpstreamTimeouts, UpstreamTls } from './forwarder.ts'
import { compileUpstreamTls, type UpstreamTlsSources } from './tls/upstream-tls.ts'

/** All that a request on one route needs to know, found once per snapshot. */
export interface RoutePlan {
  readonly route: Route
  readonly keyAuth: CompiledKeyAuth | null
  /** For callers without a limit of their own. */
  readonly bodyLimit: BodyLimit | null
  readonly acl: CompiledAcl | null
  readonly canary: CompiledCanary | null
  /** Null for a route without a service. */
  readonly service: ServicePlan | null
}

export interface ServicePlan {
  readonly service: Service
  /** Null when the service speaks a protocol that this gateway does not forward. */
  readonly scheme: Scheme | null
  readonly timeouts: UpstreamTimeouts
  /** Tries after the first. */
  readonly retries: number
  readonly primary: VariantPlan
  /** The primary itself without a canary plugin. */
  readonly canary: VariantPlan
}

/** Where one variant's requests go. */
export interface VariantPlan {
  /** Plays the part of `service.path`. */
  readonly path: string | null
  /** Null when the service speaks plain HTTP. */
  readonly tls: UpstreamTls | null
  readonly balancing: Balancing
}

/** A configured upstream; or a host that is none, whose addresses take turns and are not checked. */
export interface Balancing {
  readonly kind: 'upstream' | 'host'
  readonly upstream: CompiledUpstream
}

/** Equal for the same upstream, and for the same host and port, of any snapshot. */
export function destinationKey({ kind, upstream }: Balancing): string {
  return kind === 'upstream' ? upstream.id : upstream.name
}

/** What a plan is made of. */
export interface PlanSources extends UpstreamTlsSources {
  readonly plugins: PluginIndex
  serviceById(id: string): Service | undefined
  upstreamByName(name: string): CompiledUpstream | undefined
  hostAt(host: string, port: number): CompiledUpstream
}

export function planRoute(route: Route, sources: PlanSources): RoutePlan {
  const service = route.service === null ? undefined : sources.serviceById(route.service.id)
  const scope = { routeId: route.id, serviceId: service?.id ?? null }
  const keyAuth = effectivePlugin(sources.plugins, 'key-auth', scope)
  const bodyLimit = effectivePlugin(sources.plugins, 'request-size-limiting', scope)
  const acl = effectivePlugin(sources.plugins, 'acl', scope)
  const storedCanary = effectivePlugin(sources.plugins, 'canary', scope)
  const canary = storedCanary === null ? null : compileCanary(storedCanary)
  return {
    route,
    keyAuth: keyAuth === null ? null : compileKeyAuth(keyAuth.entity.config),
    bodyLimit: bodyLimit === null ? null : compileBodyLimit(bodyLimit.entity.config),
    acl: acl === null ? null : compileAcl(acl.entity.config),
    canary,
    service: service === undefined ? null : planService(service, canary, sources),
  }
}

function planService(
  service: Service,
  canary: CompiledCanary | null,
  sources: PlanSources,
): ServicePlan {
  const primary = planVariant(service, null, sources)
  return {
    service,
    scheme: service.protocol === 'http' || service.protocol === 'https' ? service.protocol : null,
    timeouts: {
      connectMs: service.connect_timeout ?? SERVICE_DEFAULTS.timeoutMs,
      sendMs: service.write_timeout ?? SERVICE_DEFAULTS.timeoutMs,
      readMs: service.read_timeout ?? SERVICE_DEFAULTS.timeoutMs,
    },
    retries: service.retries ?? SERVICE_DEFAULTS.retries,
    primary,
    canary: canary === null ? primary : planVariant(service, canary.upstream, sources),
  }
}

function planVariant(
  service: Service,
  override: CanaryUpstream | null,
  sources: PlanSources,
): VariantPlan {
  const host = override?.host ?? service.host
  const port = override?.port ?? service.port
  const upstream = sources.upstreamByName(host)
  return {
    path: override?.uri ?? service.path,
    tls: compileUpstreamTls(service, upstream?.clientCertificateId ?? null, sources),
    balancing:
      upstream === undefined
        ? { kind: 'host', upstream: sources.hostAt(host, port) }
        : { kind: 'upstream', upstream },
  }
}
