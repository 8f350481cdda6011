import { CANARY_PLUGIN } from '../../model/plugins/canary.ts'
import type { Release } from '../document/release.ts'
import { decideNext } from '../engine/decide-next.ts'
import { type Effect, effectOf } from '../engine/effect.ts'
import type { Move } from '../engine/move.ts'
import type { GateAnswer, PluginView, ServiceView, Surroundings } from '../engine/surroundings.ts'
import type { Schedule } from '../schedule/compile-schedule.ts'
import { scheduleAt } from '../schedule/schedule-at.ts'
import { foldEvents, foldNewEvents } from '../state/fold.ts'
import { isEnded } from '../state/phase.ts'
import type { NewReleaseEvent } from '../state/release-event.ts'
import type { ReleaseState } from '../state/release-state.ts'

/** What would happen to a release, by its own engine under a clock that runs ahead. */
export interface Forecast {
  readonly events: readonly NewReleaseEvent[]
  readonly waits: readonly ForecastWait[]
  /** Null: it comes to its end; else what it would wait for for ever. */
  readonly stuckOn: string | null
}

/** Progress held up by a window or a freeze. */
export interface ForecastWait {
  /** Of the event that comes when it is over, in `events`. */
  readonly before: number
  readonly waitingFor: 'window' | 'freeze'
  readonly reason: string
  readonly fromMs: number
  /** Null: for ever. */
  readonly untilMs: number | null
}

interface World {
  readonly release: Release
  readonly schedule: Schedule
  readonly events: NewReleaseEvent[]
  readonly waits: ForecastWait[]
  readonly answers: Map<string, GateAnswer>
  state: ReleaseState
  plugin: PluginView | null
  service: ServiceView
  nowMs: number
}

/** More than 200 steps of 100 parts each take, with what waits between them. */
const MOST_MOVES = 100_000

/** Each gate and all people say yes at once, all targets are well, and nobody interferes. Pure. */
export function forecast(
  release: Release,
  schedule: Schedule,
  { service, nowMs }: { readonly service: ServiceView; readonly nowMs: number },
): Forecast {
  const world = newWorld(undisturbed(release), schedule, service, nowMs)
  for (let made = 0; made < MOST_MOVES; made++) {
    if (isEnded(world.state.phase)) return { ...resultOf(world), stuckOn: null }
    const move = decideNext(world.release, world.state, surroundings(world), world.nowMs)
    const stuckOn = make(world, move)
    if (stuckOn !== null) return { ...resultOf(world), stuckOn }
  }
  return { ...resultOf(world), stuckOn: `it takes more than ${MOST_MOVES} moves` }
}

function resultOf({ events, waits }: World): Pick<Forecast, 'events' | 'waits'> {
  return { events, waits }
}

/** Gates that are asked again and again change nothing as long as they say what is hoped for. */
function undisturbed(release: Release): Release {
  const gates = release.gates.filter(({ type }) => type !== 'rollout' && type !== 'rollback')
  const start = release.start.kind === 'never' ? ({ kind: 'now' } as const) : release.start
  return { ...release, gates, start }
}

function newWorld(release: Release, schedule: Schedule, service: ServiceView, nowMs: number) {
  const { document, serviceId } = release
  const happening = { type: 'created', document, serviceId } as const
  const created = { atMs: nowMs, actor: 'plan', reason: null, linkId: null, happening }
  const world: World = {
    release,
    schedule,
    events: [created],
    waits: [],
    answers: new Map(),
    state: foldEvents(release, [{ ...created, sequence: 1 }]),
    plugin: null,
    service,
    nowMs,
  }
  return world
}

function surroundings({ schedule, plugin, service, answers, nowMs }: World): Surroundings {
  return {
    schedule: scheduleAt(schedule, nowMs),
    stop: null,
    stopLiftedAtMs: null,
    isCanaryUsable: true,
    plugin,
    service,
    answers,
    asking: new Set(),
  }
}

/** Makes a move; returns what it would wait for for ever, or null. */
function make(world: World, move: Move): string | null {
  switch (move.kind) {
    case 'append':
      append(world, move.events)
      return null
    case 'ask':
      world.answers.set(move.question.key, { isYes: true, atMs: world.nowMs, detail: 'assumed' })
      return null
    case 'wait':
      return wait(world, move)
  }
}

function append(world: World, events: readonly NewReleaseEvent[]): void {
  const effect = effectOf(world.release, world.state, events, surroundings(world))
  world.state = foldNewEvents(world.release, world.state, events)
  world.events.push(...events)
  world.plugin = pluginAfter(world.plugin, effect)
  world.service = { ...world.service, ...effect.service }
}

function pluginAfter(plugin: PluginView | null, { plugin: effect }: Effect): PluginView | null {
  if (effect === null) return plugin
  if (effect.kind === 'delete') return null
  const config = plugin?.config ?? CANARY_PLUGIN.config.parse({})
  return { id: 'plan', isEnabled: true, config: { ...config, ...effect.fields } }
}

function wait(world: World, move: Extract<Move, { readonly kind: 'wait' }>): string | null {
  const { waitingFor, reason, untilMs } = move
  const { events, waits, nowMs } = world
  if (waitingFor === 'approval') {
    approve(world)
    return null
  }
  if (waitingFor === 'window' || waitingFor === 'freeze') {
    const before = events.length
    waits.push({ before, waitingFor, reason: reason ?? waitingFor, fromMs: nowMs, untilMs })
  }
  if (untilMs === null || untilMs <= nowMs) return reason ?? waitingFor ?? 'nothing that comes'
  world.nowMs = untilMs
  return null
}

/** As many people as are asked for. */
function approve(world: World): void {
  const { release, state, nowMs } = world
  const step = state.step?.index ?? 0
  const action = release.steps[step]?.action
  const count = action?.kind === 'approval' ? action.count : 0
  append(
    world,
    Array.from({ length: count }, (_, i) => ({
      atMs: nowMs,
      actor: `approver ${i + 1}`,
      reason: null,
      linkId: null,
      happening: { type: 'approved', step },
    })),
  )
}
