import type { Gate } from '../document/gate.ts'
import type { Release, ReleaseGate } from '../document/release.ts'
import { gateState } from '../state/fold-gates.ts'
import type { ReleaseState } from '../state/release-state.ts'
import { byItself, happen } from './happen.ts'
import type { Move } from './move.ts'
import { type AskedGate, append, type Position, waitFor } from './position.ts'
import type { GateAnswer } from './surroundings.ts'

/** A yes that is older was for a moment that has passed, as when a window closed in between. */
const YES_LASTS_MS = 60_000

/** Gates of a type, in their order. */
export function gatesOf(release: Release, type: Gate['type']): ReleaseGate[] {
  return release.gates.filter((gate) => gate.type === type)
}

/** Asks gate after gate until all have said yes to the present move; null when they have. */
export function nextAnswer(position: Position, gates: readonly AskedGate[]): Move | null {
  for (const gate of gates) {
    const move = moveFor(position, gate)
    if (move !== null) return move
  }
  return null
}

function moveFor(position: Position, gate: AskedGate): Move | null {
  const { state, surroundings, nowMs } = position
  const known = gateState(state, gate.name)
  if (known.hasPassed) return null
  const key = keyOf(position, gate, `move ${state.moves}`)
  const answer = surroundings.answers.get(key)
  if (answer === undefined || isStale(answer, gate, nowMs)) return ask(position, gate, key)
  if (answer.isYes) return verdict('gate-passed', gate, answer, nowMs)
  if (!known.hasRefused) return verdict('gate-refused', gate, answer, nowMs)
  return waitFor('gate', `${gate.name}: ${answer.detail}`, answer.atMs + gate.intervalMs)
}

function isStale({ isYes, atMs }: GateAnswer, { intervalMs }: AskedGate, nowMs: number): boolean {
  return nowMs >= atMs + (isYes ? YES_LASTS_MS : intervalMs)
}

export function keyOf(
  { release, state }: Pick<Position, 'release' | 'state'>,
  { name }: AskedGate,
  occasion: string,
): string {
  return `${release.id} attempt ${state.attempt} ${occasion} ${name}`
}

function ask({ state, surroundings }: Position, gate: AskedGate, key: string): Move {
  if (surroundings.asking.has(key)) {
    return waitFor('gate', `${gate.name} is being asked`, null)
  }
  return question(state, gate, key)
}

export function question(state: ReleaseState, gate: AskedGate, key: string): Move {
  const { name, address } = gate
  return { kind: 'ask', question: { key, gate: address, name, phase: flaggerPhase(state) } }
}

export function verdict(
  type: 'gate-passed' | 'gate-refused',
  { name }: AskedGate,
  { detail, atMs }: GateAnswer,
  nowMs: number,
): Move {
  const happening = { type, gate: name, detail, answeredAtMs: atMs }
  return append(happen(byItself(nowMs, detail), happening))
}

/** Flagger's word for where a release stands (reference: Flagger 1.44, canary status). */
function flaggerPhase({ phase }: ReleaseState): string {
  switch (phase) {
    case 'scheduled':
      return 'Waiting'
    case 'promoting':
      return 'WaitingPromotion'
    case 'succeeded':
      return 'Succeeded'
    case 'rolled-back':
    case 'failed':
    case 'superseded':
      return 'Failed'
    case 'progressing':
    case 'paused':
    case 'baking':
    case 'rolling-back':
      return 'Progressing'
  }
}
