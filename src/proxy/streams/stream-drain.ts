import { entityById } from '../../model/snapshot.ts'
import type { Clock } from '../clock.ts'
import { splitFor } from '../consumer-plugins.ts'
import { planOf } from '../plans.ts'
import type { Runtime } from '../runtime.ts'
import { hasLostTraffic, type PresentPlans } from './lost-traffic.ts'
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
      const plan = planOf(runtime, served)
      const split = splitFor(runtime, plan, stream.consumer)
      nextMs = Math.min(nextMs, this.#judge(stream, { plan, split }))
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
  #judge(stream: OpenStream, present: PresentPlans): number {
    const { plan } = present
    const state = this.#stateOf(stream)
    if (plan.canary !== null) state.closesAfterMs = plan.canary.closesStreamsAfterMs
    const nowMs = this.#clock.monotonicMs()
    if (!hasLostTraffic(stream, present, this.#clock.now())) state.drainingSinceMs = null
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
