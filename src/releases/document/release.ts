import type { CanaryConfig } from '../../model/plugins/canary.ts'
import type { Gate, GateAddress } from './gate.ts'
import type { ReleaseDocument } from './release-document.ts'

/** A release document made ready for the engine: milliseconds, kinds, and the plugin fields that never change. */
export interface Release {
  readonly id: string
  readonly serviceId: string
  readonly name: string
  readonly document: ReleaseDocument
  readonly start: ReleaseStart
  readonly steps: readonly ReleaseStep[]
  readonly rollback:
    | { readonly kind: 'instant' }
    | { readonly kind: 'ramp'; readonly overMs: number }
  readonly bakeMs: number
  readonly deadline: { readonly afterMs: number; readonly outcome: 'pause' | 'rollback' } | null
  readonly gates: readonly ReleaseGate[]
  readonly fixedFields: FixedFields
}

export type ReleaseStart =
  | { readonly kind: 'now' }
  | { readonly kind: 'never' }
  | { readonly kind: 'at'; readonly atMs: number }

export interface ReleaseStep {
  /** What people call it: `testers`, `10 %`, `ramp to 50 % over 2h`. */
  readonly name: string
  readonly action: StepAction
  /** How long it stays at what it has reached. */
  readonly holdMs: number
}

export type StepAction =
  | { readonly kind: 'percentage'; readonly percentage: number }
  | { readonly kind: 'groups'; readonly groups: readonly string[] }
  | RampAction
  | ApprovalAction
  | { readonly kind: 'gate'; readonly gate: GateAddress }
  | {
      readonly kind: 'preview'
      readonly header: string | null
      readonly groups: readonly string[]
    }
  | { readonly kind: 'flip' }
  | { readonly kind: 'hold' }

export interface RampAction {
  readonly kind: 'ramp'
  /** Percent. */
  readonly to: number
  readonly overMs: number
  readonly curve: RampCurve
}

export type RampCurve = 'linear' | 'exponential'

export interface ApprovalAction {
  readonly kind: 'approval'
  readonly count: number
  /** Null: anybody. */
  readonly from: readonly string[] | null
  /** Null: it waits for ever. */
  readonly timeoutMs: number | null
  readonly onTimeout: 'rollback' | 'pause' | 'continue'
}

export interface ReleaseGate {
  readonly name: string
  readonly type: Gate['type']
  readonly address: GateAddress
  readonly intervalMs: number
  readonly threshold: number
}

/** Fields of the canary plugin that a release owns and that are the same from step to step. */
export type FixedFields = Pick<
  CanaryConfig,
  | 'steps'
  | 'hash'
  | 'hash_header'
  | 'hash_cookie'
  | 'salt'
  | 'upstream_host'
  | 'upstream_port'
  | 'upstream_uri'
  | 'never_groups'
  | 'upstream_fallback'
  | 'safety_net'
  | 'safety_net_statuses'
  | 'drain'
  | 'drain_after'
>
