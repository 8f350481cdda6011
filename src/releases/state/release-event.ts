import type { ReleaseDocument } from '../document/release-document.ts'
import type { Traffic } from './traffic.ts'

/** Why a release is paused. */
export type PauseCause =
  | 'requested'
  /** Somebody else changed or deleted the plugin. */
  | 'changed-by-hand'
  | 'approval-timeout'
  | 'deadline'
  | 'service-changed'

/** What happened to a release: the only thing that is kept of it. Each is written in one transaction with its effect. */
export type ReleaseHappening =
  | { readonly type: 'created'; readonly document: ReleaseDocument; readonly serviceId: string }
  /** The plugin is the release's from now on. */
  | { readonly type: 'started'; readonly service: ServiceAddress }
  /** `step` counts from 0. */
  | { readonly type: 'step-started'; readonly step: number }
  /** The plugin asks for this from now on. */
  | { readonly type: 'traffic-set'; readonly traffic: Traffic }
  | { readonly type: 'step-done'; readonly step: number }
  | { readonly type: 'approved'; readonly step: number }
  | { readonly type: 'rejected'; readonly step: number }
  /** Nobody decided in time, and the step goes on all the same (on_timeout: continue). */
  | { readonly type: 'approval-expired'; readonly step: number }
  | ({ readonly type: 'gate-passed' } & GateVerdict)
  | ({ readonly type: 'gate-refused' } & GateVerdict)
  | { readonly type: 'paused'; readonly cause: PauseCause }
  /** The service may have another address than before: somebody has seen it. */
  | { readonly type: 'resumed'; readonly service: ServiceAddress }
  /** The rest of the present hold is left out. */
  | { readonly type: 'advanced'; readonly step: number }
  | { readonly type: 'jumped'; readonly step: number }
  /** All steps are done, or left out by `promote`; the share is 100. */
  | { readonly type: 'baking' }
  | { readonly type: 'promoting' }
  /** With on_success promote the service points at the canary and the plugin is gone; with keep the plugin stays. */
  | { readonly type: 'succeeded' }
  | { readonly type: 'rollback-started' }
  | { readonly type: 'rolled-back' }
  | { readonly type: 'failed' }
  | { readonly type: 'superseded'; readonly by: string }
  /** Begins again at step 0, with the same salt. */
  | { readonly type: 'retried'; readonly service: ServiceAddress }

/** Where a service leads; a change of it by somebody else pauses a release. */
export interface ServiceAddress {
  readonly host: string
  readonly port: number
  readonly path: string | null
}

/**
 * A gate's first answer of each kind to one move, and each refusal that counts; the deliveries hold all answers.
 */
export interface GateVerdict {
  /** Name of the gate, or `step <n>`, n from 1. */
  readonly gate: string
  readonly detail: string
  /** Epoch milliseconds. */
  readonly answeredAtMs: number
}

export interface ReleaseEvent {
  /** 1, 2, 3, … within its release. */
  readonly sequence: number
  /** Epoch milliseconds. */
  readonly atMs: number
  /** Who: what the caller claims to be, or `gateway` for what a release does by itself. */
  readonly actor: string
  /** Why, in words for people; null when nobody said. */
  readonly reason: string | null
  /** Id of the one-time link by which somebody acted; null for all other ways. */
  readonly linkId: string | null
  readonly happening: ReleaseHappening
}

/** An event that is not stored yet. */
export type NewReleaseEvent = Omit<ReleaseEvent, 'sequence'>

/** Actor of what a release does by itself. */
export const GATEWAY_ACTOR = 'gateway'
