import type { Release } from '../document/release.ts'
import { clockFrom, resumedClock, stoppedClock } from './clock.ts'
import { withVerdict } from './fold-gates.ts'
import { approvedStep, startedStep, withStepActed, withStepOver, withTraffic } from './fold-step.ts'
import { moved } from './moved.ts'
import { isEnded } from './phase.ts'
import { planRamp } from './ramp.ts'
import type { NewReleaseEvent, PauseCause, ReleaseEvent, ServiceAddress } from './release-event.ts'
import type { ReleaseState, ResumablePhase } from './release-state.ts'
import { NO_TRAFFIC } from './traffic.ts'

/** State after these events, the first of which is `created`. Throws when it is not: such a log is none of ours. */
export function foldEvents(release: Release, events: readonly ReleaseEvent[]): ReleaseState {
  const [first, ...later] = events
  if (first === undefined || first.happening.type !== 'created') {
    throw new Error(`release ${release.id}: its events do not begin with created`)
  }
  return later.reduce((state, event) => applyEvent(release, state, event), createdState(first))
}

function createdState({ atMs, actor, sequence }: ReleaseEvent): ReleaseState {
  return {
    phase: 'scheduled',
    reason: null,
    pause: null,
    traffic: NO_TRAFFIC,
    step: null,
    nextStep: 0,
    clock: clockFrom(atMs),
    fall: null,
    isRestoring: false,
    moves: 0,
    gates: new Map(),
    hadTraffic: false,
    service: null,
    attempt: 1,
    createdAtMs: atMs,
    createdBy: actor,
    startedAtMs: null,
    endedAtMs: null,
    sequence,
    supersededBy: null,
  }
}

/**
 * State after one more event. It says what the event means and judges nothing: whether it may happen is for the
 * engine, and what was written did happen. Throws on a gap in the sequence, since then an event is missing.
 */
export function applyEvent(
  release: Release,
  state: ReleaseState,
  event: ReleaseEvent,
): ReleaseState {
  if (event.sequence !== state.sequence + 1) {
    throw new Error(
      `release ${release.id}: event ${event.sequence} follows on event ${state.sequence}`,
    )
  }
  return { ...happened(release, state, event), sequence: event.sequence }
}

function happened(release: Release, state: ReleaseState, event: ReleaseEvent): ReleaseState {
  const { happening, atMs, reason } = event
  switch (happening.type) {
    case 'created':
    case 'rejected':
      return state
    case 'started':
      return begun(state, happening.service, atMs)
    case 'retried':
      return begun(freshAttempt(state), happening.service, atMs)
    case 'step-started':
      return startedStep(release, state, happening.step, atMs)
    case 'traffic-set':
      return withTraffic(state, happening.traffic, atMs)
    case 'step-done':
    case 'advanced':
      return withStepOver(state, atMs)
    case 'approved':
      return approvedStep(release, state, event)
    case 'approval-expired':
      return withStepActed(state, atMs)
    case 'gate-passed':
    case 'gate-refused':
      return withVerdict(release, state, event, happening)
    case 'paused':
      return paused(state, event, happening.cause)
    case 'resumed':
      return resumed(state, happening.service, atMs)
    case 'jumped':
      return { ...withStepOver(moved(state, atMs), atMs), nextStep: happening.step }
    case 'baking':
    case 'promoting':
      return moved({ ...state, phase: happening.type, pause: null }, atMs)
    case 'rollback-started':
      return moved(falling(release, state, reason), atMs)
    case 'succeeded':
    case 'rolled-back':
    case 'failed':
      return ended(state, happening.type, event)
    case 'superseded': {
      const { by } = happening
      return { ...ended(state, 'superseded', event), supersededBy: by, traffic: NO_TRAFFIC }
    }
  }
}

function begun(state: ReleaseState, service: ServiceAddress, atMs: number): ReleaseState {
  const begins = { ...state, phase: 'progressing', reason: null, pause: null } as const
  return { ...moved(begins, atMs), service, startedAtMs: atMs }
}

function freshAttempt(state: ReleaseState): ReleaseState {
  return {
    ...state,
    attempt: state.attempt + 1,
    traffic: NO_TRAFFIC,
    hadTraffic: false,
    step: null,
    nextStep: 0,
    gates: new Map(),
    endedAtMs: null,
  }
}

/** Rolling back and ended releases cannot be paused: nothing stops what takes traffic back. */
function paused(
  state: ReleaseState,
  { atMs, reason }: ReleaseEvent,
  cause: PauseCause,
): ReleaseState {
  const from = state.phase
  if (from === 'paused' || from === 'rolling-back' || isEnded(from)) return state
  const clock = stoppedClock(state.clock, atMs)
  return {
    ...state,
    phase: 'paused',
    reason,
    pause: { cause, from: from as ResumablePhase },
    clock,
  }
}

/** Whoever resumes after a time limit gives the whole time once more. */
function resumed(state: ReleaseState, service: ServiceAddress, atMs: number): ReleaseState {
  const { pause } = state
  if (pause === null) return state
  const isNewTime = pause.cause === 'approval-timeout' || pause.cause === 'deadline'
  return {
    ...state,
    phase: pause.from,
    reason: null,
    pause: null,
    clock: isNewTime ? clockFrom(atMs) : resumedClock(state.clock, atMs),
    service: state.service === null ? null : service,
    isRestoring: state.isRestoring || pause.cause === 'changed-by-hand',
  }
}

/** Groups and preview go at once, the share by a ramp or with the `traffic-set` that follows. */
function falling(release: Release, state: ReleaseState, reason: string | null): ReleaseState {
  const { percentage } = state.traffic
  return {
    ...state,
    phase: 'rolling-back',
    reason,
    pause: null,
    traffic: { ...NO_TRAFFIC, percentage },
    fall:
      release.rollback.kind === 'ramp' ? planRamp(percentage, 0, release.rollback.overMs) : null,
    isRestoring: false,
  }
}

function ended(
  state: ReleaseState,
  phase: 'succeeded' | 'rolled-back' | 'failed' | 'superseded',
  { atMs, reason }: ReleaseEvent,
): ReleaseState {
  const end = { phase, reason, pause: null, fall: null, isRestoring: false, endedAtMs: atMs }
  return { ...moved(state, atMs), ...end }
}

/** State after events that are not stored yet and get the next numbers. */
export function foldNewEvents(
  release: Release,
  state: ReleaseState,
  events: readonly NewReleaseEvent[],
): ReleaseState {
  return events.reduce(
    (before, event) => applyEvent(release, before, { ...event, sequence: before.sequence + 1 }),
    state,
  )
}
