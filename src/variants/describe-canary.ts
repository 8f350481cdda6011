import type { CanaryUpstream, CompiledCanary, StickyOn } from './compile-canary.ts'
import { completeAt, nextShareChange, type ShareChange, shareAt } from './share.ts'

/** The present truth about a canary, for people: what holds now and what will change by itself. */
export interface CanaryDescription {
  readonly mode: 'fixed' | 'timed' | 'allow' | 'deny'
  /** Share of the sticky keys on the canary now, 0 … 100; null with allow and deny, where groups decide. */
  readonly sharePercent: number | null
  /** Number of increments the share moves in; null with allow and deny. */
  readonly steps: number | null
  /** Start of a timed rollout, epoch milliseconds; null in other modes. */
  readonly startAtMs: number | null
  /** The next change that comes by itself; null when none does. */
  readonly nextChange: ShareChange | null
  /** When a timed rollout reaches, or reached, 100 %, epoch milliseconds; null in other modes. */
  readonly completeAtMs: number | null
  /** What the sticky key is taken from, and the name of the header or cookie; null with allow and deny. */
  readonly stickyOn: StickyOn | null
  /** Null: the id of the service. */
  readonly salt: string | null
  /** The groups of allow or deny; null in other modes. */
  readonly groups: readonly string[] | null
  readonly alwaysGroups: readonly string[]
  readonly neverGroups: readonly string[]
  readonly overrideHeader: string | null
  readonly upstream: CanaryUpstream
  readonly isFallbackOn: boolean
}

/** Describes a canary as it is at `nowMs` (epoch): the share comes from the function that decides requests. */
export function describeCanary(canary: CompiledCanary, nowMs: number): CanaryDescription {
  const { alwaysGroups, neverGroups, overrideHeader, upstream, isFallbackOn } = canary
  return {
    ...describeAssignment(canary, nowMs),
    alwaysGroups,
    neverGroups,
    overrideHeader,
    upstream,
    isFallbackOn,
  }
}

function describeAssignment({ assignment }: CompiledCanary, nowMs: number) {
  if (assignment.kind !== 'hash') {
    return {
      mode: assignment.kind,
      sharePercent: null,
      steps: null,
      startAtMs: null,
      nextChange: null,
      completeAtMs: null,
      stickyOn: null,
      salt: null,
      groups: assignment.groups,
    }
  }
  const { schedule, stickyOn, salt } = assignment
  const { sharePercent, steps } = shareAt(schedule, nowMs)
  return {
    mode: schedule.kind,
    sharePercent,
    steps,
    startAtMs: schedule.kind === 'timed' ? schedule.startMs : null,
    nextChange: nextShareChange(schedule, nowMs),
    completeAtMs: completeAt(schedule),
    stickyOn,
    salt,
    groups: null,
  }
}
