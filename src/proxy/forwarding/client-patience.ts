import type { LeastPace } from './body-pace.ts'

/** How long a client is waited for. */
export interface ClientPatience {
  /** How long it may neither send what is awaited from it nor take what is sent to it. */
  readonly silenceMs: number
  /** Null for any pace. */
  readonly leastPace: LeastPace | null
  /** How long nothing may pass on an upgraded connection. */
  readonly upgradedIdleMs: number
  /** How long an upgraded connection may last; null for ever. */
  readonly upgradedTotalMs: number | null
  /** How long nothing may come on an event stream; null for as long as on any other answer. */
  readonly eventStreamIdleMs: number | null
}
