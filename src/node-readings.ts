import { isUnchecked } from './balancing/health/health-rules.ts'
import type { NodeReadings } from './metrics/node-metrics.ts'
import type { Gateway } from './proxy/gateway.ts'

/** What the metrics of a node read of its gateway when they are asked for. */
export function readingsOf(
  gateway: Gateway,
  { version, now }: { readonly version: string; readonly now: () => number },
): NodeReadings {
  const { configuration, health } = gateway
  return {
    version,
    configurationVersion: () => configuration.snapshot.version,
    connections: () => {
      const { connectionsActive, connectionsWriting, connectionsWaiting } = gateway.counts
      return { active: connectionsActive, writing: connectionsWriting, waiting: connectionsWaiting }
    },
    requestsInFlight: () => gateway.counts.requestsInFlight,
    overload: () => gateway.overload,
    staleNames: () => gateway.staleNames(),
    *upstreams() {
      for (const upstream of configuration.runtime.upstreamsByName.values()) {
        if (isUnchecked(upstream.health)) continue
        yield {
          name: upstream.name,
          isPanicking: health.availability(upstream, now()).isPanicking,
          ejections: health.ejections(upstream.id),
          targets: upstream.peers.map(({ key }) => ({
            target: key,
            isHealthy: health.of(upstream.id, key).unhealthyBy === null,
          })),
        }
      }
    },
  }
}
