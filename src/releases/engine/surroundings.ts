import type { CanaryConfig } from '../../model/plugins/canary.ts'
import type { ScheduleAnswer } from '../schedule/schedule-answer.ts'

/** All that a move depends on beside the release, its events and the time. */
export interface Surroundings {
  readonly schedule: ScheduleAnswer
  /** The global stop; null when there is none. */
  readonly stop: { readonly reason: string; readonly actor: string } | null
  /** Whether the canary upstream has a target that may get requests. */
  readonly isCanaryUsable: boolean
  /** The canary plugin of the service as it is configured now; null without one. */
  readonly plugin: PluginView | null
  /** The service as it is configured now; null when it is gone. */
  readonly service: ServiceView | null
  /** What gates said to the questions that were asked, by `GateQuestion.key`. */
  readonly answers: ReadonlyMap<string, GateAnswer>
}

export interface PluginView {
  readonly id: string
  readonly isEnabled: boolean
  readonly config: CanaryConfig
}

export interface ServiceView {
  readonly id: string
  readonly name: string | null
  readonly host: string
  readonly port: number
  readonly path: string | null
}

export interface GateAnswer {
  readonly isYes: boolean
  /** Epoch milliseconds of the answer. */
  readonly atMs: number
  /** In words: the status, the beginning of the body of a refusal, or why there was no answer. */
  readonly detail: string
}
