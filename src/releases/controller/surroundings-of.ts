import { isHostUsable, type PeerView } from '../../balancing/peer-view.ts'
import { entityById, type Snapshot } from '../../model/snapshot.ts'
import type { PluginView, ServiceView, Surroundings } from '../engine/surroundings.ts'
import { scheduleAt } from '../schedule/schedule-at.ts'
import type { GateDesk } from './gate-desk.ts'
import type { GatewayRules } from './gateway-rules.ts'
import type { LiveRelease } from './live-release.ts'
import { canaryOfService } from './service-canaries.ts'

/** What the surroundings of releases are read from. */
export interface World {
  /** What this node serves. */
  readonly snapshot: () => Snapshot
  readonly peers: PeerView
  readonly rules: GatewayRules
  readonly desk: GateDesk
}

/** All that a move of this release depends on, at `nowMs` (epoch milliseconds). */
export function surroundingsOf(
  { snapshot, peers, rules, desk }: World,
  live: LiveRelease,
  nowMs: number,
): Surroundings {
  const present = snapshot()
  const service = serviceView(present, live.stored.serviceId)
  const { stop, lastLift } = rules
  const host = live.stored.document.canary.upstream_host ?? service?.host ?? null
  return {
    schedule: scheduleAt(rules.scheduleOf(live.stored), nowMs),
    stop,
    stopLiftedAtMs: lastLift?.atMs ?? null,
    isCanaryUsable: host !== null && isHostUsable(peers, host, nowMs),
    plugin: pluginView(present, live.stored.serviceId),
    service,
    answers: desk.answersOf(live.stored.id),
    asking: desk.askingOf(live.stored.id),
  }
}

export function serviceView(snapshot: Snapshot, serviceId: string): ServiceView | null {
  const service = entityById(snapshot, 'services', serviceId)?.entity
  if (service === undefined) return null
  const { id, name, host, port, path } = service
  return { id, name, host, port, path }
}

export function pluginView(snapshot: Snapshot, serviceId: string): PluginView | null {
  const stored = canaryOfService(snapshot, serviceId)
  if (stored === null) return null
  const { id, enabled, config } = stored.entity
  return { id, isEnabled: enabled, config }
}
