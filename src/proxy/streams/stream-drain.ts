import { entityById } from '../../model/snapshot.ts'
import { sideWithoutTraffic } from '../../variants/side-without-traffic.ts'
import type { Clock } from '../clock.ts'
import { planOf } from '../plans.ts'
import type { RoutePlan } from '../route-plan.ts'
import type { Runtime } from '../runtime.ts'
import { destinationKey, type VariantPlan } from '../variant-plan.ts'
import type { OpenStream, OpenStreams } from './open-streams.ts'

/** What is known of a stream beside what it began with. */
interface DrainState {
  /** Of the canary plugin that was last in force: a plugin that is deleted still says what comes of its streams. */
  closesAfterMs: number | null
  /** Since when its side gets no new requests, in monotonic milliseconds; null while it does. */
  drainingSinceMs: number | null
}

/** A timer never waits longer: one of more than 2^31 ms fires at once. */
const LONGEST_WAIT_MS = 60_000

/**
 * Ends the streams of a side that has lost all its traffic, when the canary plugin says so (`drain`) and its time is
 * over. A side that gets traffic again before that keeps its streams.
 */
export class StreamDrain {
  readonly #streams: OpenStreams
  readonly #runtime: () => Runtime
  readonly #clock: Clock
  readonly #states = new WeakMap<OpenStream, DrainState>()
  /** Runs until the next stream is due. */
  #nextDue: NodeJS.Timeout | undefined

  constructor(streams: OpenStreams, runtime: () => Runtime, clock: Clock) {
    this.#streams = streams
    this.#runtime = runtime
    this.#clock = clock
  }

  /** To be called after each change of the configuration, and again and again, since a share may rise by itself. */
  check(): void {
    const runtime = this.#runtime()
    let nextMs = Number.POSITIVE_INFINITY
    for (const stream of this.#streams) {
      const { route } = stream.plan
      const served = entityById(runtime.snapshot, 'routes', route.id)?.entity
      // A route that is gone has taken traffic from both sides alike.
      if (served === undefined) continue
      nextMs = Math.min(nextMs, this.#judge(stream, planOf(runtime, served)))
    }
    this.stop()
    if (nextMs === Number.POSITIVE_INFINITY) return
    this.#nextDue = setTimeout(() => this.check(), Math.min(nextMs, LONGEST_WAIT_MS)).unref()
  }

  /** Nothing is ended after it, unless `check` is called again. */
  stop(): void {
    clearTimeout(this.#nextDue)
  }

  /** Ends the stream when its time is over; returns in how many ms that will be, infinite when it is not to come. */
  #judge(stream: OpenStream, plan: RoutePlan): number {
    const state = this.#stateOf(stream)
    if (plan.canary !== null) state.closesAfterMs = plan.canary.closesStreamsAfterMs
    const nowMs = this.#clock.monotonicMs()
    if (!hasLostTraffic(stream, plan, this.#clock.now())) state.drainingSinceMs = null
    else state.drainingSinceMs ??= nowMs
    const { drainingSinceMs, closesAfterMs } = state
    if (drainingSinceMs === null || closesAfterMs === null) return Number.POSITIVE_INFINITY
    const leftMs = drainingSinceMs + closesAfterMs - nowMs
    if (leftMs > 0) return leftMs
    stream.end('side-drained')
    return Number.POSITIVE_INFINITY
  }

  #stateOf(stream: OpenStream): DrainState {
    let state = this.#states.get(stream)
    if (state === undefined) {
      const closesAfterMs = stream.plan.canary?.closesStreamsAfterMs ?? null
      state = { closesAfterMs, drainingSinceMs: null }
      this.#states.set(stream, state)
    }
    return state
  }
}

/** A canary that was made the primary of its service serves on, under the other name. */
function hasLostTraffic({ decision, variant }: OpenStream, plan: RoutePlan, now: number): boolean {
  if (sideWithoutTraffic(plan.canary, decision.rule, now) !== decision.variant) return false
  if (plan.service === null) return false
  const { primary, canary } = plan.service
  const other = decision.variant === 'canary' ? primary : canary
  return destinationOf(variant) !== destinationOf(other)
}

function destinationOf({ path, balancing }: VariantPlan): string {
  return `${destinationKey(balancing)} ${path ?? ''}`
}
