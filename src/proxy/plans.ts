import { compileHost } from '../balancing/compile-host.ts'
import type { CompiledUpstream } from '../balancing/compile-upstream.ts'
import type { StoredPlugin } from '../model/plugin-index.ts'
import type { Route } from '../model/route.ts'
import { entityById } from '../model/snapshot.ts'
import { compileSplit } from '../variants/compile-split.ts'
import { type PlanSources, placeOn, planRoute, type RoutePlan } from './route-plan.ts'
import type { Runtime } from './runtime.ts'
import { planSplit, type SplitPlan } from './split-plan.ts'

/** The plan of a route of this runtime. */
export function planOf(runtime: Runtime, route: Route): RoutePlan {
  let plan = runtime.plans.get(route.id)
  if (plan === undefined) {
    plan = planRoute(route, planSourcesOf(runtime))
    runtime.plans.set(route.id, plan)
  }
  return plan
}

/** The plan of a traffic-split on the route of a plan of this runtime; null without a service. */
export function splitPlanOf(
  runtime: Runtime,
  { route, service }: RoutePlan,
  stored: StoredPlugin<'traffic-split'>,
): SplitPlan | null {
  if (service === null) return null
  const key = `${stored.entity.id} ${route.id}`
  let plan = runtime.splits.get(key)
  if (plan === undefined) {
    const place = placeOn(route, service.service)
    plan = planSplit(stored, place, planSourcesOf(runtime))
    runtime.splits.set(key, plan)
  }
  return plan
}

function planSourcesOf(runtime: Runtime): PlanSources {
  const { snapshot, upstreamsByName, compiledSplits } = runtime
  return {
    plugins: runtime.plugins,
    serviceById: (id) => entityById(snapshot, 'services', id)?.entity,
    certificateById: (id) => entityById(snapshot, 'certificates', id)?.entity,
    caCertificateById: (id) => entityById(snapshot, 'ca_certificates', id)?.entity,
    upstreamByName: (name) => upstreamsByName.get(name),
    upstreamById: (id) =>
      upstreamsByName.get(entityById(snapshot, 'upstreams', id)?.entity.name ?? ''),
    hostAt: (host, port) => hostAt(runtime, host, port),
    compiledSplit(stored) {
      const known = compiledSplits.get(stored)
      if (known !== undefined) return known
      const compiled = compileSplit(stored)
      compiledSplits.set(stored, compiled)
      return compiled
    },
  }
}

function hostAt({ hosts, addresses }: Runtime, host: string, port: number): CompiledUpstream {
  const key = `${host} ${port}`
  const known = hosts.get(key)
  if (known !== undefined) return known
  const compiled = compileHost({ host, port }, addresses)
  hosts.set(key, compiled)
  return compiled
}
