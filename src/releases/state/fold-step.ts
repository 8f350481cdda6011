import type { Release } from '../document/release.ts'
import { moved, restarted, withNewMove } from './moved.ts'
import { planRamp } from './ramp.ts'
import type { ReleaseEvent } from './release-event.ts'
import { hasTraffic, type Ramp, type ReleaseState } from './release-state.ts'
import type { Traffic } from './traffic.ts'

/** A step begins. What needs no time is done with it; its `traffic-set` stands behind it in the log. */
export function startedStep(
  release: Release,
  state: ReleaseState,
  index: number,
  atMs: number,
): ReleaseState {
  const action = release.steps[index]?.action
  const isRising = action?.kind === 'ramp' && action.to > state.traffic.percentage
  const ramp = isRising ? planRamp(state.traffic.percentage, action.to, action.overMs) : null
  const isActed = ramp === null && action?.kind !== 'approval' && action?.kind !== 'gate'
  const step = { index, isActed, isDone: false, approvals: [], ramp }
  return { ...moved(state, atMs), step, nextStep: index + 1 }
}

/** The plugin asks for this now: one part of a ramp, the values that a hand had changed, or all that a step does. */
export function withTraffic(state: ReleaseState, traffic: Traffic, atMs: number): ReleaseState {
  const hadTraffic = state.hadTraffic || hasTraffic(traffic)
  const set = { ...withNewMove(state), traffic, hadTraffic }
  if (state.isRestoring) return { ...set, isRestoring: false }
  if (state.fall !== null) {
    return { ...set, fall: withPart(state.fall), clock: restarted(state, atMs) }
  }
  const { step } = state
  if (step === null || step.isActed || step.ramp === null) return set
  const ramp = withPart(step.ramp)
  const isActed = ramp.written === ramp.parts
  return { ...set, step: { ...step, ramp, isActed }, clock: restarted(state, atMs) }
}

function withPart(ramp: Ramp): Ramp {
  return { ...ramp, written: ramp.written + 1 }
}

/** One more approval; with the last that is needed the hold begins. */
export function approvedStep(
  release: Release,
  state: ReleaseState,
  { actor, atMs }: ReleaseEvent,
): ReleaseState {
  const { step } = state
  const action = step === null ? undefined : release.steps[step.index]?.action
  if (step === null || action?.kind !== 'approval' || step.approvals.includes(actor)) return state
  const approvals = [...step.approvals, actor]
  const next = { ...state, step: { ...step, approvals } }
  return approvals.length < action.count ? next : withStepActed(next, atMs)
}

/** What the step does is done; its hold begins. */
export function withStepActed(state: ReleaseState, atMs: number): ReleaseState {
  const { step } = state
  if (step === null) return state
  return { ...state, step: { ...step, isActed: true }, clock: restarted(state, atMs) }
}

/** The step is over; the next is due. */
export function withStepOver(state: ReleaseState, atMs: number): ReleaseState {
  const { step } = state
  if (step === null) return state
  const over = { ...step, isActed: true, isDone: true }
  return { ...state, step: over, clock: restarted(state, atMs) }
}
