import type { BalancerState } from '../balancing/balancer-state.ts'
import type { PeerLoad } from '../balancing/peer-load.ts'
import type { Refusals, TargetLoad } from '../metrics/target-metrics.ts'
import type { Runtime } from './runtime.ts'

/** What is said of an address that belongs to no upstream. */
export const NO_UPSTREAM = 'none'

/** What each target bears that has had requests, those of upstreams first. */
export function* targetLoads(runtime: Runtime, balancer: BalancerState): Generator<TargetLoad> {
  for (const { id, name } of runtime.upstreamsByName.values()) {
    for (const [target, load] of balancer.loadsOf(id)) yield reading(name, target, load)
  }
  for (const [target, load] of balancer.addressLoads) yield reading(NO_UPSTREAM, target, load)
}

/** How many requests were refused, by upstream, with all addresses that belong to none as one. */
export function* refusals(runtime: Runtime, balancer: BalancerState): Generator<Refusals> {
  for (const { id, name } of runtime.upstreamsByName.values()) {
    yield { upstream: name, count: balancer.refusalsOf(id) }
  }
  yield { upstream: NO_UPSTREAM, count: balancer.addressRefusals }
}

function reading(
  upstream: string,
  target: string,
  { openRequests, connections }: PeerLoad,
): TargetLoad {
  return {
    upstream,
    target,
    requests: openRequests,
    connections: connections.open,
    pendingRequests: connections.pending,
  }
}
