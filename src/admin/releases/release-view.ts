import type { SideReadings } from '../../metrics/traffic/minute-window.ts'
import { WINDOW_SECONDS } from '../../metrics/traffic/minute-window.ts'
import { entityById } from '../../model/snapshot.ts'
import type { LiveRelease } from '../../releases/controller/live-release.ts'
import { withoutSecrets } from '../../releases/document/without-secrets.ts'
import { outlookOf } from '../../releases/engine/outlook.ts'
import { isEnded } from '../../releases/state/phase.ts'
import { type Moment, momentAt } from '../canary/moment.ts'
import { eventView } from './event-view.ts'
import type { ReleaseDependencies } from './release-dependencies.ts'

/** Most events that a release is shown with; all are at /releases/{r}/events. */
export const SHOWN_EVENTS = 100

/** A release as people see it (ADR 0010), with its newest events and what was written of it. */
export function releaseView(dependencies: ReleaseDependencies, live: LiveRelease) {
  return {
    ...releaseSummary(dependencies, live),
    history: live.events.slice(-SHOWN_EVENTS).map(eventView),
    document: withoutSecrets(live.stored.document),
  }
}

/** The same without history and document, as lists have it. */
export function releaseSummary(dependencies: ReleaseDependencies, live: LiveRelease) {
  const { controller } = dependencies
  const { stored, release, state } = live
  const outlook = outlookOf(release, state, controller.nextMove(live))
  const service = serviceOf(dependencies, live)
  return {
    id: stored.id,
    name: stored.name,
    service,
    strategy: stored.document.strategy,
    phase: outlook.phase,
    reason: outlook.reason,
    pause_cause: state.pause?.cause ?? null,
    step: stepView(live, outlook.holdEndsAtMs),
    share_percent: state.traffic.percentage,
    groups: state.traffic.groups,
    preview_header: state.traffic.previewHeader,
    waiting_for: outlook.waitingFor,
    approvals: approvalsView(live),
    next: outlook.next && { at: momentOrNull(outlook.next.atMs), what: outlook.next.what },
    measured: isEnded(state.phase)
      ? null
      : measured(dependencies, service, state.startedAtMs ?? state.createdAtMs),
    created_at: momentAt(state.createdAtMs),
    started_at: momentOrNull(state.startedAtMs),
    ended_at: momentOrNull(state.endedAtMs),
    created_by: state.createdBy,
    recorded: controller.isRecorded(stored.id),
  }
}

interface ServiceName {
  readonly id: string
  /** Null for one without a name, or one that is gone. */
  readonly name: string | null
}

function serviceOf({ snapshot }: ReleaseDependencies, { stored }: LiveRelease): ServiceName {
  const name = entityById(snapshot(), 'services', stored.serviceId)?.entity.name ?? null
  return { id: stored.serviceId, name }
}

function stepView({ release, state: { step } }: LiveRelease, holdEndsAtMs: number | null) {
  const found = step === null ? undefined : release.steps[step.index]
  if (step === null || found === undefined) return null
  return {
    index: step.index + 1,
    count: release.steps.length,
    name: found.name,
    kind: found.action.kind,
    hold_ends_at: momentOrNull(holdEndsAtMs),
  }
}

function approvalsView({ release, state: { step, phase } }: LiveRelease) {
  const action = step === null ? undefined : release.steps[step.index]?.action
  // What takes traffic back, or has ended, waits for nobody.
  if (step === null || action?.kind !== 'approval') return null
  if (phase === 'rolling-back' || isEnded(phase)) return null
  return { needed: action.count, given: step.approvals }
}

/** Of the release's own time: what the service did under the one before says nothing of this one. */
function measured(
  { traffic, now }: ReleaseDependencies,
  { id, name }: ServiceName,
  sinceMs: number,
) {
  const nowMs = now()
  const { primary, canary } = traffic.minute(name ?? id, nowMs, sinceMs)
  const requests = primary.requests + canary.requests
  return {
    window_seconds: Math.min(WINDOW_SECONDS, Math.max(1, Math.ceil((nowMs - sinceMs) / 1000))),
    share_percent: requests === 0 ? null : (100 * canary.requests) / requests,
    primary: sideView(primary),
    canary: sideView(canary),
  }
}

function sideView({ requests, errors, p50Ms, p99Ms }: SideReadings) {
  const rate = requests === 0 ? null : errors / requests
  return { requests, errors, error_rate: rate, p50_ms: p50Ms, p99_ms: p99Ms }
}

function momentOrNull(ms: number | null): Moment | null {
  return ms === null ? null : momentAt(ms)
}
