import type { CanaryConfig } from '../model/plugins/canary.ts'
import { stepOf, thresholdOfStep } from './bucket.ts'

/** What part of the bucket space is on the canary. */
export interface Share {
  /** Steps on the canary, 0 … `steps`: the index of the threshold bucket. */
  readonly step: number
  readonly steps: number
  /** What the step amounts to, 0 … 100: a percentage between two steps counts as the lower one. */
  readonly sharePercent: number
  /** Canary when bucket < threshold; 0 … 2^32. */
  readonly threshold: number
}

/** How the share depends on time. */
export type ShareSchedule =
  | { readonly kind: 'fixed'; readonly share: Share }
  | {
      readonly kind: 'timed'
      /** Null when neither `start` nor the time of storing is known: the rollout does not begin. */
      readonly startMs: number | null
      readonly durationMs: number
      readonly steps: number
    }

export interface ShareChange {
  readonly atMs: number
  readonly sharePercent: number
}

/**
 * The schedule of a canary that assigns by hash. A percentage beats start and duration (Kong, canary
 * plugin); without `start` the rollout counts from `timedSinceMs`, when the plugin was stored.
 * Times have a resolution of one millisecond.
 */
export function compileSchedule(
  config: Pick<CanaryConfig, 'percentage' | 'start' | 'duration' | 'steps'>,
  timedSinceMs: number | null,
): ShareSchedule {
  const { percentage, start, duration, steps } = config
  if (percentage !== null) {
    return { kind: 'fixed', share: shareOfStep(stepOf({ percentage, steps }), steps) }
  }
  return {
    kind: 'timed',
    startMs: start === null ? timedSinceMs : Math.round(start * 1000),
    durationMs: Math.round(duration * 1000),
    steps,
  }
}

/**
 * The share at `nowMs` (epoch). Timed: floor(elapsed / duration × steps) steps, none at the start and
 * before it, all of them once the duration is over. Never falls as time goes on.
 */
export function shareAt(schedule: ShareSchedule, nowMs: number): Share {
  if (schedule.kind === 'fixed') return schedule.share
  return shareOfStep(timedStepAt(schedule, nowMs), schedule.steps)
}

/** The first instant after `nowMs` at which `shareAt` differs, and the share from then on; null when none comes. */
export function nextShareChange(schedule: ShareSchedule, nowMs: number): ShareChange | null {
  if (schedule.kind === 'fixed') return null
  const atMs = instantOfStep(schedule, timedStepAt(schedule, nowMs) + 1)
  return atMs === null ? null : { atMs, sharePercent: shareAt(schedule, atMs).sharePercent }
}

/** When a timed rollout reaches (or reached) 100 %, epoch milliseconds; null for a fixed share. */
export function completeAt(schedule: ShareSchedule): number | null {
  return schedule.kind === 'fixed' ? null : instantOfStep(schedule, schedule.steps)
}

/**
 * The first whole millisecond at which a timed rollout has reached `step` (1 … steps); null for a fixed
 * share, an unknown start or a step that does not exist.
 */
export function instantOfStep(schedule: ShareSchedule, step: number): number | null {
  if (schedule.kind === 'fixed' || schedule.startMs === null || step > schedule.steps) return null
  const { startMs, durationMs, steps } = schedule
  const afterMs = Math.ceil((step * durationMs) / steps)
  // Exact while step × durationMs < 2^53; beyond, the quotient can round to a neighbour.
  if (stepAfter(schedule, afterMs - 1) >= step) return startMs + afterMs - 1
  if (stepAfter(schedule, afterMs) < step) return startMs + afterMs + 1
  return startMs + afterMs
}

/** The share when `step` of `steps` are on the canary. */
export function shareOfStep(step: number, steps: number): Share {
  return {
    step,
    steps,
    sharePercent: (step * 100) / steps,
    threshold: thresholdOfStep(step, steps),
  }
}

type TimedSchedule = ShareSchedule & { readonly kind: 'timed' }

function timedStepAt(schedule: TimedSchedule, nowMs: number): number {
  return schedule.startMs === null ? 0 : stepAfter(schedule, nowMs - schedule.startMs)
}

/**
 * Multiplying before dividing keeps this exact: with whole milliseconds the product is an integer, and
 * below 2^53 its quotient never rounds across a whole number. So a step begins at its very instant.
 */
function stepAfter({ durationMs, steps }: TimedSchedule, elapsedMs: number): number {
  if (elapsedMs < 0) return 0
  return elapsedMs >= durationMs ? steps : Math.floor((elapsedMs * steps) / durationMs)
}
