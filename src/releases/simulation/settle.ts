import { decideNext } from '../engine/decide-next.ts'
import type { GateQuestion } from '../engine/move.ts'
import type { SimulatedRelease, World } from './world.ts'
import { surroundingsOf, write } from './write.ts'

/** More moves without time passing are a fault of the engine: each step makes a few. */
const MOST_MOVES = 5_000

/**
 * One tick of the controller: all moves that are due now. Returns when something is due next, epoch milliseconds, or null
 * when nothing comes by itself. Throws when the engine does not come to rest.
 */
export function settle(world: World): number | null {
  const times = world.releases.flatMap((simulated) => settleOne(world, simulated) ?? [])
  return times.length === 0 ? null : Math.min(...times)
}

function settleOne(world: World, simulated: SimulatedRelease): number | null {
  for (let moves = 0; moves < MOST_MOVES; moves++) {
    const surroundings = surroundingsOf(world, simulated)
    const move = decideNext(simulated.release, simulated.state, surroundings, world.nowMs)
    if (move.kind === 'wait') return move.untilMs
    if (move.kind === 'append') write(world, simulated, move.events, false)
    else answer(world, simulated, move.question)
  }
  throw new Error(`release ${simulated.release.name} does not come to rest at ${world.nowMs}`)
}

function answer(world: World, { answers, asking }: SimulatedRelease, question: GateQuestion): void {
  const { key, name } = question
  if (world.gates === 'silence') {
    asking.add(key)
    return
  }
  const isYes = world.gates === 'yes'
  answers.set(key, { isYes, atMs: world.nowMs, detail: `${name} says ${world.gates}` })
}
