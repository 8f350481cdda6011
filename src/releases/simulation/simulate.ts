import { type Act, act } from './act.ts'
import { settle } from './settle.ts'
import type { World } from './world.ts'

export interface TimedAct {
  /** Epoch milliseconds. */
  readonly atMs: number
  readonly act: Act
}

/** `when-due`: a perfect timer; `at-acts`: the controller is late, and looks only when something happens. */
export type Looks = 'when-due' | 'at-acts'

/**
 * Lets a script, in the order of its times, happen to a world, and the releases of it do what they do. The world ends up
 * at the time of the last act. The same input has the same outcome. Throws what bad documents throw, and when the engine
 * does not come to rest.
 */
export function simulate(
  world: World,
  script: readonly TimedAct[],
  looks: Looks = 'when-due',
): void {
  for (const { atMs, act: done } of script) {
    if (looks === 'when-due') runUntil(world, atMs)
    world.nowMs = Math.max(world.nowMs, atMs)
    act(world, done)
    settle(world)
  }
}

/** Everything that comes by itself up to a moment, which it is then. */
export function runUntil(world: World, atMs: number): void {
  for (;;) {
    const nextMs = settle(world)
    if (nextMs === null || nextMs > atMs) break
    if (nextMs <= world.nowMs) throw new Error(`something was due at ${nextMs} and is not done`)
    world.nowMs = Math.ceil(nextMs)
  }
  world.nowMs = Math.max(world.nowMs, atMs)
  settle(world)
}
