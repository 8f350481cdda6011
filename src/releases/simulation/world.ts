import type { CanaryConfig } from '../../model/plugins/canary.ts'
import type { Release } from '../document/release.ts'
import type { Freeze } from '../document/window.ts'
import type { GateAnswer, PluginView, ServiceView, Surroundings } from '../engine/surroundings.ts'
import type { VerbOutcome } from '../engine/verb.ts'
import type { Schedule } from '../schedule/compile-schedule.ts'
import type { ReleaseEvent } from '../state/release-event.ts'
import type { ReleaseState } from '../state/release-state.ts'

/** One service with its canary plugin and releases, in memory, under a clock that only the simulation moves. */
export interface World {
  nowMs: number
  plugin: PluginView | null
  service: ServiceView | null
  isCanaryUsable: boolean
  stop: Surroundings['stop']
  stopLiftedAtMs: number | null
  /** Those of the gateway. */
  freezes: readonly Freeze[]
  /** What every gate says; `silence`: it never answers. */
  gates: GateMood
  /** In the order of their creation. */
  readonly releases: SimulatedRelease[]
  readonly writes: Write[]
  readonly outcomes: VerbOutcome[]
}

export type GateMood = 'yes' | 'no' | 'silence'

export interface SimulatedRelease {
  readonly release: Release
  /** What is kept of it; all else is made from it after a crash. */
  readonly log: ReleaseEvent[]
  state: ReleaseState
  /** Its windows and freezes, and the freezes of the gateway. */
  schedule: Schedule
  readonly answers: Map<string, GateAnswer>
  readonly asking: Set<string>
}

/** One transaction: what was written, and what was so at that moment. */
export interface Write {
  readonly atMs: number
  readonly release: Release
  readonly events: readonly ReleaseEvent[]
  /** Whether a person did it, or the release by itself. */
  readonly isByVerb: boolean
  readonly surroundings: Surroundings
  readonly stateBefore: ReleaseState
  readonly stateAfter: ReleaseState
  readonly pluginAfter: PluginView | null
}

export function createWorld(nowMs: number, service: ServiceView): World {
  return {
    nowMs,
    plugin: null,
    service,
    isCanaryUsable: true,
    stop: null,
    stopLiftedAtMs: null,
    freezes: [],
    gates: 'yes',
    releases: [],
    writes: [],
    outcomes: [],
  }
}

/** Changes fields of the plugin, which is made when there is none. */
export function changedPlugin(
  plugin: PluginView | null,
  defaults: CanaryConfig,
  fields: Partial<CanaryConfig>,
): PluginView {
  return {
    id: plugin?.id ?? 'plugin',
    isEnabled: true,
    config: { ...(plugin?.config ?? defaults), ...fields },
  }
}
