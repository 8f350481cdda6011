import type { Settings } from '../model/settings.ts'
import type { LeastPace } from './forwarding/body-pace.ts'

import type { OverloadBounds } from './overload/overload-state.ts'

/** What clients, their connections and those to targets may take up. */
export interface Limits extends HeadLimits, PoolLimits {
  readonly overload: OverloadBounds
  /** A whole head must have come in by then. */
  readonly headTimeoutMs: number
  /** How often heads, event streams, and streams of a side without traffic, are checked for their deadline. */
  readonly deadlineCheckMs: number
  /** How long a client may neither send the body that is awaited from it nor take the answer. */
  readonly silenceMs: number
  /** What a body must bring, unless the upstream holds it up; null for no such limit. */
  readonly leastPace: LeastPace | null
  /** How long nothing may pass on an upgraded connection, either way. */
  readonly upgradedIdleMs: number
  /** How long an upgraded connection may last; null for ever. */
  readonly upgradedTotalMs: number | null
  /** How long nothing may come on an event stream at least, whatever its read timeout; null for as long as on any other answer. */
  readonly eventStreamIdleMs: number | null
  /** How long an event stream may last; null for ever. */
  readonly eventStreamTotalMs: number | null
  /** How long a connection is kept between two requests. */
  readonly idleMs: number
  readonly idleUnderLoadMs: number
  readonly requestsPerConnection: number
  readonly connections: number
  /** Null for no such limit. */
  readonly connectionsPerAddress: number | null
  /** Requests of one connection that are read while others before them are served. */
  readonly readAhead: number
}

/** Of heads, in characters, which are bytes there (Node decodes them as latin1). */
export interface HeadLimits {
  readonly targetBytes: number
  /** Name, `: ` and value. */
  readonly fieldLineBytes: number
  /** All of it; of the answers of upstreams too. */
  readonly headBytes: number
  readonly fields: number
}

/** Of the idle connections to one target. */
export interface PoolLimits {
  readonly headBytes: number
  readonly upstreamIdleMs: number
  /** The longest that an upstream's `Keep-Alive: timeout=n` may stretch it. */
  readonly upstreamIdleCeilingMs: number
  readonly upstreamIdleConnections: number
  readonly upstreamRequestsPerConnection: number
}

/** The limits that the settings set; their values and reasons: reliability.md section 3. */
export function limitsOf(settings: Settings): Limits {
  const rate = settings.limits_body_rate
  const windowMs = settings.limits_body_rate_window
  return {
    targetBytes: settings.limits_target,
    fieldLineBytes: settings.limits_field_line,
    headBytes: settings.limits_head,
    fields: settings.limits_fields,
    headTimeoutMs: settings.limits_head_timeout,
    deadlineCheckMs: Math.min(
      settings.limits_head_timeout,
      settings.limits_event_stream_total ?? DEADLINE_CHECK_MS,
      DEADLINE_CHECK_MS,
    ),
    silenceMs: settings.limits_body_silence,
    leastPace: rate === null ? null : { bytes: (rate * windowMs) / 1_000, windowMs },
    upgradedIdleMs: settings.limits_upgraded_idle,
    upgradedTotalMs: settings.limits_upgraded_total,
    eventStreamIdleMs: settings.limits_event_stream_idle,
    eventStreamTotalMs: settings.limits_event_stream_total,
    idleMs: settings.limits_idle,
    idleUnderLoadMs: Math.min(settings.limits_idle, settings.limits_idle_under_load),
    requestsPerConnection: settings.limits_requests_per_connection,
    connections: settings.limits_connections,
    connectionsPerAddress: settings.limits_connections_per_address,
    readAhead: settings.limits_read_ahead,
    overload: {
      delayMs: settings.limits_event_loop_delay,
      heapSheds: settings.limits_heap / 100,
      heapEndsKeepAlive: settings.limits_heap_keep_alive / 100,
    },
    upstreamIdleMs: settings.limits_upstream_idle,
    upstreamIdleCeilingMs: settings.limits_upstream_idle_ceiling,
    upstreamIdleConnections: settings.limits_upstream_idle_connections,
    upstreamRequestsPerConnection: settings.limits_upstream_requests_per_connection,
  }
}

/**
 * Connections of clients when the process may have `openFiles` files and connections open (null: no limit): at most
 * half of them, since each may need one to an upstream, and the database and the Admin API need some at any time.
 */
export function connectionsWithin(connections: number, openFiles: number | null): number {
  return openFiles === null ? connections : Math.min(connections, Math.floor(openFiles / 2))
}

const DEADLINE_CHECK_MS = 1_000
