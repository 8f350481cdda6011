import { CANARY_PLUGIN } from '../../model/plugins/canary.ts'
import { effectOf } from '../engine/effect.ts'
import type { Surroundings } from '../engine/surroundings.ts'
import { scheduleAt } from '../schedule/schedule-at.ts'
import { applyEvent } from '../state/fold.ts'
import type { NewReleaseEvent } from '../state/release-event.ts'
import { changedPlugin, type SimulatedRelease, type World } from './world.ts'

export const DEFAULT_CONFIG = CANARY_PLUGIN.config.parse({})

/** What the release sees now. */
export function surroundingsOf(
  world: World,
  { schedule, answers, asking }: SimulatedRelease,
): Surroundings {
  const { plugin, service, isCanaryUsable, stop, stopLiftedAtMs } = world
  return {
    schedule: scheduleAt(schedule, world.nowMs),
    plugin,
    service,
    isCanaryUsable,
    stop,
    stopLiftedAtMs,
    answers: new Map(answers),
    asking: new Set(asking),
  }
}

/** Appends events and does what they say, as one transaction. */
export function write(
  world: World,
  simulated: SimulatedRelease,
  events: readonly NewReleaseEvent[],
  isByVerb: boolean,
): void {
  const { release, state: stateBefore, log } = simulated
  const surroundings = surroundingsOf(world, simulated)
  const effect = effectOf(release, stateBefore, events, world)
  const stored = events.map((event, index) => ({ ...event, sequence: log.length + 1 + index }))
  log.push(...stored)
  simulated.state = stored.reduce((state, event) => applyEvent(release, state, event), stateBefore)
  if (effect.plugin?.kind === 'delete') world.plugin = null
  if (effect.plugin?.kind === 'write') {
    world.plugin = changedPlugin(world.plugin, DEFAULT_CONFIG, effect.plugin.fields)
  }
  if (world.service !== null && effect.service !== null) {
    world.service = { ...world.service, ...effect.service }
  }
  world.writes.push({
    atMs: world.nowMs,
    release,
    events: stored,
    isByVerb,
    surroundings,
    stateBefore,
    stateAfter: simulated.state,
    pluginAfter: world.plugin,
  })
}
