import { Map as ImmutableMap } from 'immutable'
import { type CompiledUpstream, compileUpstream } from '../balancing/compile-upstream.ts'
import { advanceDirectory, type ConsumerDirectory, emptyDirectory } from '../identity/directory.ts'
import type { Certificate } from '../model/certificate.ts'
import type { Consumer } from '../model/consumer.ts'
import {
  advanceConsumersWithPlugins,
  type ConsumersWithPlugins,
  NO_CONSUMERS_WITH_PLUGINS,
} from '../model/consumers-with-plugins.ts'
import { type Change, type EntityKind, isOf } from '../model/entity.ts'
import {
  advancePluginIndex,
  buildPluginIndex,
  effectivePluginFor,
  type PluginIndex,
} from '../model/plugin-index.ts'
import type { Route } from '../model/route.ts'
import { EMPTY_SNAPSHOT, entityById, type Snapshot } from '../model/snapshot.ts'
import { normalServerName } from '../model/sni.ts'
import type { Target } from '../model/target.ts'
import { emptyRouter, type Router, routerWith, routerWithout } from '../routing/router.ts'
import { type BodyLimit, compileBodyLimit } from './body-limit.ts'
import { planRoute, type RoutePlan } from './route-plan.ts'
import {
  advanceServerNames,
  certificateIdOf,
  NO_SERVER_NAMES,
  type ServerNames,
} from './tls/server-names.ts'

/** A snapshot compiled for serving: each request runs on exactly one, from start to end. */
export interface Runtime {
  readonly snapshot: Snapshot
  readonly router: Router
  readonly plugins: PluginIndex
  readonly consumersWithPlugins: ConsumersWithPlugins
  readonly directory: ConsumerDirectory
  readonly upstreamsByName: ImmutableMap<string, CompiledUpstream>
  readonly serverNames: ServerNames
  /** Plans made so far, by route id: a plan depends on nothing but the snapshot, so it is made when first asked for. */
  readonly plans: Map<string, RoutePlan>
}

export const EMPTY_RUNTIME: Runtime = {
  snapshot: EMPTY_SNAPSHOT,
  router: emptyRouter(),
  plugins: buildPluginIndex(EMPTY_SNAPSHOT),
  consumersWithPlugins: NO_CONSUMERS_WITH_PLUGINS,
  directory: emptyDirectory(),
  upstreamsByName: ImmutableMap(),
  serverNames: NO_SERVER_NAMES,
  plans: new Map(),
}

/**
 * The runtime after a transaction. Costs in proportion to the changes; what did not change is shared.
 * Throws GatewayError when the next snapshot cannot be served; the present runtime is not touched.
 */
export function advanceRuntime(
  runtime: Runtime,
  next: Snapshot,
  changes: readonly Change[],
): Runtime {
  const concernsPlans = changes.some((change) => !INDEPENDENT_KINDS.has(change.kind))
  return {
    snapshot: next,
    router: advanceRouter(runtime.router, next, changes),
    plugins: advancePluginIndex(runtime.plugins, changes),
    consumersWithPlugins: advanceConsumersWithPlugins(runtime.consumersWithPlugins, changes),
    directory: advanceDirectory(runtime.directory, changes),
    upstreamsByName: advanceUpstreams(runtime.upstreamsByName, next, changes),
    serverNames: advanceServerNames(runtime.serverNames, next, changes),
    plans: concernsPlans ? new Map() : runtime.plans,
  }
}

/** The plan of a route of this runtime. */
export function planOf(runtime: Runtime, route: Route): RoutePlan {
  let plan = runtime.plans.get(route.id)
  if (plan === undefined) {
    plan = planRoute(route, {
      plugins: runtime.plugins,
      serviceById: (id) => entityById(runtime.snapshot, 'services', id)?.entity,
      certificateById: (id) => entityById(runtime.snapshot, 'certificates', id)?.entity,
      caCertificateById: (id) => entityById(runtime.snapshot, 'ca_certificates', id)?.entity,
      upstreamByName: (name) => runtime.upstreamsByName.get(name),
    })
    runtime.plans.set(route.id, plan)
  }
  return plan
}

/** How large the body of a request may be, by its route and by who sends it; null for any size. */
export function bodyLimitFor(
  { plugins, consumersWithPlugins }: Runtime,
  plan: RoutePlan,
  consumer: Consumer | null,
): BodyLimit | null {
  if (consumer === null || !consumersWithPlugins.has(consumer.id)) return plan.bodyLimit
  const found = effectivePluginFor(plugins, 'request-size-limiting', {
    routeId: plan.route.id,
    serviceId: plan.service?.service.id ?? null,
    consumerId: consumer.id,
    groupIds: [],
  })
  return found === null ? null : compileBodyLimit(found.entity.config)
}

/** The certificate to show to clients that ask for this server name, in any spelling; undefined when there is none. */
export function certificateFor(
  { snapshot, serverNames }: Runtime,
  serverName: string,
): Certificate | undefined {
  const id = certificateIdOf(serverNames, normalServerName(serverName))
  return id === null ? undefined : entityById(snapshot, 'certificates', id)?.entity
}

/** Kinds that no route plan depends on. */
const INDEPENDENT_KINDS: ReadonlySet<EntityKind> = new Set<EntityKind>([
  'consumers',
  'acls',
  'keyauth_credentials',
  'basicauth_credentials',
  'jwt_secrets',
  'consumer_groups',
  'consumer_group_consumers',
  'snis',
])

function advanceRouter(router: Router, next: Snapshot, changes: readonly Change[]): Router {
  let advanced = router
  for (const change of changes) {
    if (isOf(change, 'routes')) {
      const route = change.after?.entity
      advanced =
        route !== undefined && isServed(route, next)
          ? routerWith(advanced, route)
          : routerWithout(advanced, change.id)
    } else if (isOf(change, 'services') && isEnabledToggled(change)) {
      for (const { entity } of next.tables.routes.values()) {
        if (entity.service?.id !== change.id) continue
        advanced = isServed(entity, next)
          ? routerWith(advanced, entity)
          : routerWithout(advanced, entity.id)
      }
    }
  }
  return advanced
}

/** Routes of a disabled service are left out of the router. */
function isServed(route: Route, snapshot: Snapshot): boolean {
  if (route.service === null) return true
  return entityById(snapshot, 'services', route.service.id)?.entity.enabled ?? true
}

function isEnabledToggled(change: Change<'services'>): boolean {
  return (
    change.before !== null &&
    change.after !== null &&
    change.before.entity.enabled !== change.after.entity.enabled
  )
}

function advanceUpstreams(
  upstreams: ImmutableMap<string, CompiledUpstream>,
  next: Snapshot,
  changes: readonly Change[],
): ImmutableMap<string, CompiledUpstream> {
  const affected = new Set<string>()
  return upstreams.withMutations((advanced) => {
    for (const change of changes) {
      if (isOf(change, 'upstreams')) {
        affected.add(change.id)
        if (change.before !== null) advanced.delete(change.before.entity.name)
      } else if (isOf(change, 'targets')) {
        for (const target of [change.before, change.after]) {
          if (target !== null) affected.add(target.entity.upstream.id)
        }
      }
    }
    if (affected.size === 0) return
    const targets = targetsByUpstream(next, affected)
    for (const id of affected) {
      const upstream = entityById(next, 'upstreams', id)?.entity
      if (upstream !== undefined) {
        advanced.set(upstream.name, compileUpstream(upstream, targets.get(id) ?? []))
      }
    }
  })
}

function targetsByUpstream(snapshot: Snapshot, ids: ReadonlySet<string>): Map<string, Target[]> {
  const grouped = new Map<string, Target[]>()
  for (const { entity } of snapshot.tables.targets.values()) {
    if (!ids.has(entity.upstream.id)) continue
    const group = grouped.get(entity.upstream.id)
    if (group === undefined) grouped.set(entity.upstream.id, [entity])
    else group.push(entity)
  }
  return grouped
}
