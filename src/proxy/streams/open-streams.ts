import type { Consumer } from '../../model/consumer.ts'
import type { Decision, Variant } from '../../model/decision.ts'
import type { LongStream } from '../forwarder.ts'
import type { RoutePlan, ServicePlan } from '../route-plan.ts'
import type { VariantPlan } from '../variant-plan.ts'

/** Why the gateway ended a stream by itself: the code for the access log. */
export type StreamEndReason = 'side-drained' | 'stopping' | 'stream-idle' | 'stream-expired'

/** A WebSocket or an event stream that is open, with all that decides how long it may be. */
export interface OpenStream {
  readonly kind: LongStream['kind']
  /** Plan, decision and destination as they were when it began: it stays with them. */
  readonly plan: RoutePlan
  readonly service: ServicePlan
  readonly decision: Decision
  readonly variant: VariantPlan
  /** Who began it. */
  readonly consumer: Consumer | null
  readonly openedMs: number
  /** Ends it in the way of its protocol, and says why in the access log. */
  end(reason: StreamEndReason): void
}

/** A WebSocket or an event stream, for those who count them. */
export interface OpenConnection {
  readonly kind: OpenStream['kind']
  /** The side where it began. */
  readonly variant: Variant
  readonly ageMs: number
}

/** The long connections of this process that are open, in the order in which they were opened. */
export class OpenStreams {
  readonly #streams = new Set<OpenStream>()
  readonly #stopping = new Set<OpenStream['kind']>()

  add(stream: OpenStream): void {
    this.#streams.add(stream)
    if (this.#stopping.has(stream.kind)) stream.end('stopping')
  }

  remove(stream: OpenStream): void {
    this.#streams.delete(stream)
  }

  /** The process stops: ends all streams of a kind, and those that are still to come. */
  stop(kind: OpenStream['kind']): void {
    this.#stopping.add(kind)
    for (const stream of this.#streams) if (stream.kind === kind) stream.end('stopping')
  }

  /** Those to a service; `nowMs` is monotonic. */
  *connectionsOf(serviceId: string, nowMs: number): Generator<OpenConnection> {
    for (const { service, kind, decision, openedMs } of this.#streams) {
      if (service.service.id !== serviceId) continue
      yield { kind, variant: decision.variant, ageMs: nowMs - openedMs }
    }
  }

  [Symbol.iterator](): Iterator<OpenStream> {
    return this.#streams.values()
  }
}
