import type { Consumer } from '../model/consumer.ts'
import { effectivePluginFor, type PluginName, type StoredPlugin } from '../model/plugin-index.ts'
import { type BodyLimit, compileBodyLimit } from './body-limit.ts'
import { callerGroupsOf } from './caller-groups.ts'
import { splitPlanOf } from './plans.ts'
import type { RoutePlan } from './route-plan.ts'
import type { Runtime } from './runtime.ts'
import type { SplitPlan } from './split-plan.ts'

/** How large the body of a request may be, by its route and by who sends it; null for any size. */
export function bodyLimitFor(
  runtime: Runtime,
  plan: RoutePlan,
  consumer: Consumer | null,
): BodyLimit | null {
  if (!hasOwnPlugins(runtime, consumer)) return plan.bodyLimit
  const found = pluginFor(runtime, 'request-size-limiting', { plan, consumer })
  return found === null ? null : compileBodyLimit(found.entity.config)
}

/** The traffic-split of a request, by its route and by who sends it; null for none. */
export function splitFor(
  runtime: Runtime,
  plan: RoutePlan,
  consumer: Consumer | null,
): SplitPlan | null {
  if (!hasOwnPlugins(runtime, consumer)) return plan.split
  const found = pluginFor(runtime, 'traffic-split', { plan, consumer })
  return found === null ? null : splitPlanOf(runtime, plan, found)
}

function hasOwnPlugins(runtime: Runtime, consumer: Consumer | null): consumer is Consumer {
  if (consumer === null) return false
  const { consumers, groups } = runtime.pluginOwners
  if (consumers.has(consumer.id)) return true
  return groups.size > 0 && callerGroupsOf(runtime, consumer).withPlugins.length > 0
}

function pluginFor<N extends PluginName>(
  runtime: Runtime,
  name: N,
  { plan, consumer }: { readonly plan: RoutePlan; readonly consumer: Consumer },
): StoredPlugin<N> | null {
  return effectivePluginFor(runtime.plugins, name, {
    routeId: plan.route.id,
    serviceId: plan.service?.service.id ?? null,
    consumerId: consumer.id,
    groups: callerGroupsOf(runtime, consumer).withPlugins,
  })
}
