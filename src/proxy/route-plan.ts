import { timeoutsInMs } from '../balancing/upstream-manner.ts'
import { type CompiledAcl, compileAcl } from '../identity/acl.ts'
import { type CompiledKeyAuth, compileKeyAuth } from '../identity/key-auth.ts'
import { ownServiceOf } from '../model/apisix/own-service.ts'
import { effectivePlugin, type PluginIndex } from '../model/plugin-index.ts'
import type { Scheme } from '../model/request.ts'
import type { Route } from '../model/route.ts'
import type { Service } from '../model/service.ts'
import { type CompiledCanary, compileCanary } from '../variants/compile-canary.ts'
import { type BodyLimit, compileBodyLimit } from './body-limit.ts'
import { planSplit, type SplitPlan, type SplitSources } from './split-plan.ts'
import { planVariant, type VariantPlace, type VariantPlan } from './variant-plan.ts'

/** All that a request on one route needs to know, found once per snapshot. */
export interface RoutePlan {
  readonly route: Route
  readonly keyAuth: CompiledKeyAuth | null
  /** For callers without a limit of their own. */
  readonly bodyLimit: BodyLimit | null
  readonly acl: CompiledAcl | null
  readonly canary: CompiledCanary | null
  /** For callers without one of their own. */
  readonly split: SplitPlan | null
  /** Null for a route without a service. */
  readonly service: ServicePlan | null
}

export interface ServicePlan {
  readonly service: Service
  /** Null when the service speaks a protocol that this gateway does not forward. */
  readonly scheme: Scheme | null
  readonly primary: VariantPlan
  /** The primary itself without a canary plugin. */
  readonly canary: VariantPlan
}

/** What a plan is made of. */
export interface PlanSources extends SplitSources {
  readonly plugins: PluginIndex
  serviceById(id: string): Service | undefined
}

export function planRoute(route: Route, sources: PlanSources): RoutePlan {
  const service = serviceOf(route, sources)
  const scope = { routeId: route.id, serviceId: service?.id ?? null }
  const keyAuth = effectivePlugin(sources.plugins, 'key-auth', scope)
  const bodyLimit = effectivePlugin(sources.plugins, 'request-size-limiting', scope)
  const acl = effectivePlugin(sources.plugins, 'acl', scope)
  const storedCanary = effectivePlugin(sources.plugins, 'canary', scope)
  const canary = storedCanary === null ? null : compileCanary(storedCanary)
  const split = effectivePlugin(sources.plugins, 'traffic-split', scope)
  const place = service && placeOn(route, service)
  return {
    route,
    keyAuth: keyAuth === null ? null : compileKeyAuth(keyAuth.entity.config),
    bodyLimit: bodyLimit === null ? null : compileBodyLimit(bodyLimit.entity.config),
    acl: acl === null ? null : compileAcl(acl.entity.config),
    canary,
    split: split === null || place === undefined ? null : planSplit(split, place, sources),
    service: place === undefined ? null : planService(place, canary, sources),
  }
}

/** Where variants of a route go out from. */
export function placeOn(route: Route, service: Service): VariantPlace {
  const timeout = route.apisix?.timeout ?? null
  return {
    service,
    preservesHost: route.preserve_host,
    timeouts: timeout === null ? null : timeoutsInMs(timeout),
  }
}

/** A route of APISIX may have an upstream in place of that of its service, or of any service. */
function serviceOf(route: Route, sources: PlanSources): Service | undefined {
  const service = route.service === null ? undefined : sources.serviceById(route.service.id)
  const upstreamId = route.apisix?.upstream_id ?? null
  if (upstreamId === null) return service
  const upstream = sources.upstreamById(upstreamId)
  if (upstream === undefined) return undefined
  return service === undefined
    ? ownServiceOf(route, upstream.name)
    : { ...service, host: upstream.name }
}

function planService(
  place: VariantPlace,
  canary: CompiledCanary | null,
  sources: PlanSources,
): ServicePlan {
  const { service } = place
  const primary = planVariant(place, null, sources)
  return {
    service,
    scheme: service.protocol === 'http' || service.protocol === 'https' ? service.protocol : null,
    primary,
    canary: canary === null ? primary : planVariant(place, canary.upstream, sources),
  }
}
