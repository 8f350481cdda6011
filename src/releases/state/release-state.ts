import type { Clock } from './clock.ts'
import type { Phase } from './phase.ts'
import type { PauseCause, ServiceAddress } from './release-event.ts'
import type { Traffic } from './traffic.ts'

/** Where a release stands: the fold of its events, and nothing else. */
export interface ReleaseState {
  /** Never `waiting`: that is `progressing` while something is in the way, which only the surroundings tell. */
  readonly phase: Exclude<Phase, 'waiting'>
  /** Why it is paused, rolled back or ended, as the event of it says; null otherwise. */
  readonly reason: string | null
  /** Null unless paused. */
  readonly pause: { readonly cause: PauseCause; readonly from: ResumablePhase } | null
  /** What the release has asked of the plugin last. */
  readonly traffic: Traffic
  /** The step that was started last; null before the first. */
  readonly step: StepState | null
  /** Index of the step that comes next; that of no step behind the last. */
  readonly nextStep: number
  /**
   * Time since the last thing that time is counted from: the beginning of a step, a part of a ramp, the end of what a
   * step does, a hold that is over, the bake. It stands still while paused.
   */
  readonly clock: Clock
  /** How a rollback falls; null unless rolling back by a ramp. */
  readonly fall: Ramp | null
  /** The plugin was changed by hand, somebody resumed, and the values of the release are not written again yet. */
  readonly isRestoring: boolean
  /** How many moves were made; questions to gates belong to one. */
  readonly moves: number
  readonly gates: ReadonlyMap<string, GateState>
  /** Whether any traffic was given in this attempt. */
  readonly hadTraffic: boolean
  /** Address of the service as somebody, or the start, has seen it; null before the start. */
  readonly service: ServiceAddress | null
  /** 1, and one more with each retry. */
  readonly attempt: number
  readonly createdAtMs: number
  readonly createdBy: string
  /** Of this attempt; null before. */
  readonly startedAtMs: number | null
  readonly endedAtMs: number | null
  /** Of the last event. */
  readonly sequence: number
  readonly supersededBy: string | null
}

/** What a resume leads back to. */
export type ResumablePhase = 'scheduled' | 'progressing' | 'baking' | 'promoting'

export interface StepState {
  readonly index: number
  /** Whether what it does is done, so that its hold runs. */
  readonly isActed: boolean
  /** Whether its hold is over, or left out. */
  readonly isDone: boolean
  /** Whose approvals count so far, in their order. */
  readonly approvals: readonly string[]
  /** Null unless it is a ramp. */
  readonly ramp: Ramp | null
}

/** A share on its way. */
export interface Ramp {
  /** Percent. */
  readonly from: number
  readonly to: number
  /** Parts in all, at least 1, and those that are written. */
  readonly parts: number
  readonly written: number
  /** Milliseconds from part to part. */
  readonly intervalMs: number
}

export interface GateState {
  /** Whether it has said yes, or no, to the present move. */
  readonly hasPassed: boolean
  readonly hasRefused: boolean
  /** Refusals that count, of gates that are asked again and again. */
  readonly refusals: number
  /** Of the last answer that became an event. */
  readonly answeredAtMs: number
}

/** Whether anybody is on the canary by what the release asks for. */
export function hasTraffic({ percentage, groups, previewHeader }: Traffic): boolean {
  return percentage > 0 || groups.length > 0 || previewHeader !== null
}
