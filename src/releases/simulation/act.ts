import type { CanaryConfig } from '../../model/plugins/canary.ts'
import { compileRelease } from '../document/compile-release.ts'
import { parseRelease } from '../document/parse-release.ts'
import type { Release } from '../document/release.ts'
import type { Freeze } from '../document/window.ts'
import { applyVerb } from '../engine/apply-verb.ts'
import { supersede } from '../engine/supersede.ts'
import type { Verb, VerbArguments } from '../engine/verb.ts'
import { compileSchedule, type Schedule } from '../schedule/compile-schedule.ts'
import { foldEvents } from '../state/fold.ts'
import { isEnded } from '../state/phase.ts'
import type { ReleaseEvent, ServiceAddress } from '../state/release-event.ts'
import { changedPlugin, type GateMood, type SimulatedRelease, type World } from './world.ts'
import { DEFAULT_CONFIG, surroundingsOf, write } from './write.ts'

/** Something that happens to a simulated world. */
export type Act =
  /** Throws schema_violation for a bad document. Nothing happens while another release is live, unless it supersedes. */
  | {
      readonly kind: 'create'
      readonly document: unknown
      readonly actor: string
      readonly isSuperseding: boolean
    }
  /** On the release that was created last, `back` before it. */
  | {
      readonly kind: 'verb'
      readonly verb: Verb
      readonly given: VerbArguments
      readonly back: number
    }
  /** Somebody changes the plugin: fields, or null to delete it. */
  | { readonly kind: 'hand'; readonly fields: Partial<CanaryConfig> | null }
  | { readonly kind: 'disable' }
  | { readonly kind: 'service'; readonly address: Partial<ServiceAddress> | null }
  | { readonly kind: 'health'; readonly isCanaryUsable: boolean }
  | { readonly kind: 'stop'; readonly reason: string }
  | { readonly kind: 'lift' }
  | { readonly kind: 'freezes'; readonly freezes: readonly Freeze[] }
  | { readonly kind: 'gates'; readonly mood: GateMood }
  /** The node dies and comes back: only logs, plugin and service are left. */
  | { readonly kind: 'crash' }
  /** Time has passed. */
  | { readonly kind: 'tick' }

/** Does it to the world, now. */
export function act(world: World, done: Act): void {
  switch (done.kind) {
    case 'create':
      create(world, done)
      return
    case 'verb':
      applyTo(world, done)
      return
    case 'hand':
      world.plugin = done.fields && changedPlugin(world.plugin, DEFAULT_CONFIG, done.fields)
      return
    case 'disable':
      world.plugin = world.plugin && { ...world.plugin, isEnabled: false }
      return
    case 'service':
      world.service = done.address && world.service && { ...world.service, ...done.address }
      if (world.service === null) world.plugin = null
      return
    case 'health':
      world.isCanaryUsable = done.isCanaryUsable
      return
    case 'stop':
      world.stop = { reason: done.reason, actor: 'operator' }
      return
    case 'lift':
      if (world.stop !== null) world.stopLiftedAtMs = world.nowMs
      world.stop = null
      return
    case 'freezes':
      world.freezes = done.freezes
      for (const simulated of world.releases) {
        simulated.schedule = scheduleOf(world, simulated.release)
      }
      return
    case 'gates':
      world.gates = done.mood
      for (const { asking } of world.releases) asking.clear()
      return
    case 'crash':
      crash(world)
      return
    case 'tick':
      return
  }
}

function create(
  world: World,
  { document, actor, isSuperseding }: Extract<Act, { kind: 'create' }>,
): void {
  const id = `release-${world.releases.length + 1}`
  const { nowMs: atMs, service } = world
  const live = liveRelease(world)
  if (service === null || (live !== undefined && !isSuperseding)) return
  const author = { actor, reason: null, linkId: null, atMs }
  if (live !== undefined) write(world, live, supersede(live.state, id, author), true)
  const release = compileRelease(id, service.id, parseRelease(document, actor))
  const happening = { type: 'created', document: release.document, serviceId: service.id } as const
  const log: ReleaseEvent[] = [{ ...author, sequence: 1, happening }]
  const state = foldEvents(release, log)
  const schedule = scheduleOf(world, release)
  world.releases.push({ release, log, state, schedule, answers: new Map(), asking: new Set() })
}

function scheduleOf(world: World, { document }: Release): Schedule {
  return compileSchedule(document.windows, [...document.freezes, ...world.freezes])
}

function liveRelease(world: World): SimulatedRelease | undefined {
  return world.releases.find(({ state }) => !isEnded(state.phase))
}

function applyTo(world: World, { verb, given, back }: Extract<Act, { kind: 'verb' }>): void {
  const simulated = world.releases.at(-1 - back)
  if (simulated === undefined) return
  const { release, state } = simulated
  const live = liveRelease(world)
  const otherLive = live === undefined || live === simulated ? null : live.release.name
  const surroundings = surroundingsOf(world, simulated)
  const outcome = applyVerb(
    verb,
    { ...given, otherLive },
    release,
    state,
    surroundings,
    world.nowMs,
  )
  world.outcomes.push(outcome)
  if (outcome.kind === 'events') write(world, simulated, outcome.events, true)
}

function crash(world: World): void {
  for (const simulated of world.releases) {
    simulated.state = foldEvents(simulated.release, simulated.log)
    simulated.answers.clear()
    simulated.asking.clear()
  }
}
