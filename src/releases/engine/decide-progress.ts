import type { StepAction } from '../document/release.ts'
import { elapsedMs, whenShows } from '../state/clock.ts'
import { gateOfStep } from '../state/fold-gates.ts'
import { nextShare } from '../state/ramp.ts'
import type { StepState } from '../state/release-state.ts'
import type { Traffic } from '../state/traffic.ts'
import { gatesOf, nextAnswer } from './ask-gates.ts'
import { decideApproval } from './decide-approval.ts'
import { byItself, happen } from './happen.ts'
import type { Move } from './move.ts'
import { trafficOfStep, withShare } from './next-traffic.ts'
import { obstacle } from './obstacles.ts'
import { append, clockStartMs, type Due, notDue, type Position, waitFor } from './position.ts'
import { raisesNothing, wantedPlugin } from './wanted-plugin.ts'

/** The next move of a release that is on its way through its steps. */
export function decideProgress(position: Position): Due {
  const { release, state, nowMs } = position
  const { step } = state
  if (step !== null && !step.isDone) {
    if (!step.isActed) return act(position, step)
    const { holdMs } = release.steps[step.index] ?? { holdMs: 0 }
    if (elapsedMs(state.clock, nowMs) < holdMs) {
      return notDue(waitFor(null, null, whenShows(state.clock, holdMs)))
    }
    return notDue(append(happen(byItself(nowMs), { type: 'step-done', step: step.index })))
  }
  const next = release.steps[state.nextStep]
  const move = next === undefined ? finish(position) : startStep(position, next.action)
  return { move, dueSinceMs: clockStartMs(position) }
}

/** Somebody resumed after the plugin had been changed by hand: the release's own values are written again. */
export function restore(position: Position): Move {
  const { release, state, surroundings, nowMs } = position
  const wanted = wantedPlugin(release, state.traffic)
  const blocked = raisesNothing(surroundings.plugin, wanted) ? null : increaseObstacle(position)
  return blocked ?? append(happen(byItself(nowMs), { type: 'traffic-set', traffic: state.traffic }))
}

function startStep(position: Position, action: StepAction): Move {
  const { state, nowMs } = position
  const traffic = trafficOfStep(action, state.traffic)
  const started = { type: 'step-started', step: state.nextStep } as const
  if (traffic === state.traffic) {
    return (
      obstacle(position, { isHealthy: false, gates: [] }) ??
      append(happen(byItself(nowMs), started))
    )
  }
  return (
    increaseObstacle(position) ??
    append(happen(byItself(nowMs), started, { type: 'traffic-set', traffic }))
  )
}

/** Behind the last step everybody is on the canary (ADR 0010, rule 6). */
function finish(position: Position): Move {
  const { state, nowMs } = position
  const traffic = withShare(state.traffic, 100)
  if (traffic === state.traffic) return append(happen(byItself(nowMs), { type: 'baking' }))
  return (
    increaseObstacle(position) ??
    append(happen(byItself(nowMs), { type: 'traffic-set', traffic }, { type: 'baking' }))
  )
}

/** How long a gate that is a step waits after a refusal. */
const STEP_GATE_INTERVAL_MS = 10_000

/** What a step does takes time: a ramp, people, a gate. */
function act(position: Position, step: StepState): Due {
  const action = position.release.steps[step.index]?.action
  if (action?.kind === 'ramp') return climb(position, step)
  if (action?.kind === 'approval') return notDue(decideApproval(position, step, action))
  if (action?.kind !== 'gate') throw new Error(`step ${step.index + 1} has nothing left to do`)
  const name = gateOfStep(step.index)
  const gate = { name, address: action.gate, intervalMs: STEP_GATE_INTERVAL_MS }
  const move = nextAnswer(position, [gate])
  if (move === null) throw new Error(`${name} has its yes and did not go on`)
  return { move, dueSinceMs: clockStartMs(position) }
}

/** The next part of a ramp, once its time has come. */
function climb(position: Position, { ramp, index }: StepState): Due {
  const { release, state, nowMs } = position
  const action = release.steps[index]?.action
  if (ramp === null || action?.kind !== 'ramp') throw new Error(`step ${index + 1} is no ramp`)
  if (elapsedMs(state.clock, nowMs) < ramp.intervalMs) {
    return notDue(waitFor(null, null, whenShows(state.clock, ramp.intervalMs)))
  }
  const traffic: Traffic = { ...state.traffic, percentage: nextShare(ramp, action.curve) }
  const move =
    increaseObstacle(position) ?? append(happen(byItself(nowMs), { type: 'traffic-set', traffic }))
  return { move, dueSinceMs: clockStartMs(position) + ramp.intervalMs }
}

function increaseObstacle(position: Position): Move | null {
  const { release, state } = position
  const first = state.hadTraffic ? [] : gatesOf(release, 'pre-rollout')
  const gates = [...first, ...gatesOf(release, 'confirm-traffic-increase')]
  return obstacle(position, { isHealthy: true, gates })
}
