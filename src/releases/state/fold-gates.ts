import type { Release } from '../document/release.ts'
import { withStepActed } from './fold-step.ts'
import type { GateVerdict, ReleaseEvent } from './release-event.ts'
import type { GateState, ReleaseState } from './release-state.ts'

const UNASKED: GateState = {
  hasPassed: false,
  hasRefused: false,
  refusals: 0,
  answeredAtMs: Number.NEGATIVE_INFINITY,
}

/** What is known of a gate. */
export function gateState(state: ReleaseState, name: string): GateState {
  return state.gates.get(name) ?? UNASKED
}

/** Name of the gate that is a step, whose index counts from 0. */
export function gateOfStep(index: number): string {
  return `step ${index + 1}`
}

/** An answer of a gate. The yes to a gate that is a step is what the step waits for. */
export function withVerdict(
  release: Release,
  state: ReleaseState,
  { atMs, happening: { type } }: ReleaseEvent,
  { gate, answeredAtMs }: GateVerdict,
): ReleaseState {
  const before = gateState(state, gate)
  const isYes = type === 'gate-passed'
  const after = {
    hasPassed: before.hasPassed || isYes,
    hasRefused: before.hasRefused || !isYes,
    refusals: before.refusals + (isYes ? 0 : 1),
    answeredAtMs,
  }
  const next = { ...state, gates: new Map([...state.gates, [gate, after]]) }
  const { step } = state
  if (!isYes || step === null || step.isActed || gate !== gateOfStep(step.index)) return next
  return release.steps[step.index]?.action.kind === 'gate' ? withStepActed(next, atMs) : next
}
