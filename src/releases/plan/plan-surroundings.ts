import type { Freeze } from '../document/window.ts'
import type { ServiceView } from '../engine/surroundings.ts'

/** What a plan depends on beside the document and the time. */
export interface PlanSurroundings {
  readonly service: ServiceView
  /** Freezes of the gateway; those of the release are in its document. */
  readonly freezes: readonly Freeze[]
  /** The global stop; null when there is none. */
  readonly stop: { readonly reason: string; readonly actor: string } | null
  /** Members of each group that has any. */
  readonly groupMembers: ReadonlyMap<string, number>
  /** The upstream that the canary is; null: its host is no upstream, and needs no targets. */
  readonly canaryUpstream: CanaryUpstream | null
  readonly liveReleases: readonly { readonly name: string; readonly serviceId: string }[]
  /** Share that the canary plugin of the service has now, in percent; null without one. */
  readonly currentSharePercent: number | null
  /** Names of the routes of the service that have a canary plugin of their own, which wins there. */
  readonly routesOfTheirOwn: readonly string[]
  /** Of the service in the last hour; null when it is not known. */
  readonly traffic: LastHour | null
}

export interface CanaryUpstream {
  readonly name: string
  /** Targets with a weight above 0. */
  readonly targets: number
  /** Longest interval of its active health checks; null without them. */
  readonly probeIntervalMs: number | null
}

export interface LastHour {
  readonly requestsPerHour: number
  /** Different consumers; null when none was known. */
  readonly consumersPerHour: number | null
}
