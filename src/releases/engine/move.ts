import type { GateAddress } from '../document/gate.ts'
import type { NewReleaseEvent } from '../state/release-event.ts'

export type WaitingFor =
  | 'start'
  | 'window'
  | 'freeze'
  | 'stop'
  | 'approval'
  | 'gate'
  | 'healthy-target'

/** The one thing that comes next for a release. */
export type Move =
  /** Append these in one transaction with their effects, then decide again. Never empty. */
  | { readonly kind: 'append'; readonly events: readonly NewReleaseEvent[] }
  /** Ask, and keep the latest answer under `key`. Decide again at once, with `key` among `asking`, and when it is there. */
  | { readonly kind: 'ask'; readonly question: GateQuestion }
  /** Nothing to do before `untilMs` (null: before something else changes). */
  | {
      readonly kind: 'wait'
      /** Null: a hold, a ramp or a bake takes its time, or it has ended. */
      readonly waitingFor: WaitingFor | null
      readonly reason: string | null
      readonly untilMs: number | null
    }

export interface GateQuestion {
  /** Distinguishes questions: the release, the gate, and the move it is asked for. */
  readonly key: string
  readonly gate: GateAddress
  /** Name of the gate, or of the step. */
  readonly name: string
  /** Flagger's phase of the release, for the body of the question. */
  readonly phase: string
}
