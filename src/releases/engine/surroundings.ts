import type { CanaryConfig } from '../../model/plugins/canary.ts'
import type { ScheduleAnswer } from '../schedule/schedule-answer.ts'
import type { ServiceAddress } from '../state/release-event.ts'

/** All that a move depends on beside the release, its events and the time. */
export interface Surroundings {
  readonly schedule: ScheduleAnswer
  /** The global stop; null when there is none. */
  readonly stop: { readonly reason: string; readonly actor: string } | null
  /** When the last global stop was lifted, epoch milliseconds; null when that is not known. Deadlines count from there. */
  readonly stopLiftedAtMs: number | null
  /** Whether the canary upstream has a target that may get requests. */
  readonly isCanaryUsable: boolean
  /** The canary plugin of the service as it is configured now; null without one. */
  readonly plugin: PluginView | null
  /** The service as it is configured now; null when it is gone. */
  readonly service: ServiceView | null
  /** What gates said to the questions that were asked, by `GateQuestion.key`. */
  readonly answers: ReadonlyMap<string, GateAnswer>
  /** Keys of the questions that are under way: they are not asked once more, and hold up nothing else. */
  readonly asking: ReadonlySet<string>
}

export interface PluginView {
  readonly id: string
  readonly isEnabled: boolean
  readonly config: CanaryConfig
}

export interface ServiceView extends ServiceAddress {
  readonly id: string
  readonly name: string | null
}

export interface GateAnswer {
  readonly isYes: boolean
  /** Epoch milliseconds of the answer. */
  readonly atMs: number
  /** In words: the status, the beginning of the body of a refusal, or why there was no answer. */
  readonly detail: string
}
