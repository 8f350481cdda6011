/** What one client and its connection may take up. */
export interface ClientLimits {
  /** A whole request head, in bytes. */
  readonly headBytes: number
  readonly fields: number
  /** A whole head must have come in by then. */
  readonly headTimeoutMs: number
  /** How often heads, and streams of a side without traffic, are checked for their deadline. */
  readonly deadlineCheckMs: number
  /** How long a client may neither send the body that is awaited from it nor take the answer. */
  readonly silenceMs: number
  /** Bytes that a body must bring in each window of `bodyWindowMs`, unless the upstream holds it up. */
  readonly bodyBytes: number
  readonly bodyWindowMs: number
  /** How long nothing may pass on an upgraded connection, either way. */
  readonly upgradedIdleMs: number
  /** How long a connection is kept between two requests. */
  readonly idleMs: number
  readonly requestsPerConnection: number
  readonly connections: number
}

/** Values and their reasons: reliability.md section 3. */
export const CLIENT_LIMITS: ClientLimits = {
  headBytes: 32 * 1024,
  fields: 100,
  headTimeoutMs: 10_000,
  deadlineCheckMs: 1_000,
  silenceMs: 60_000,
  bodyBytes: 3_000,
  bodyWindowMs: 30_000,
  upgradedIdleMs: 300_000,
  idleMs: 65_000,
  requestsPerConnection: 10_000,
  connections: 10_000,
}

/**
 * Connections of clients when the process may have `openFiles` files and connections open (null: no limit): at most
 * half of them, since each may need one to an upstream, and the database and the Admin API need some at any time.
 */
export function connectionsWithin(openFiles: number | null): number {
  return openFiles === null
    ? CLIENT_LIMITS.connections
    : Math.min(CLIENT_LIMITS.connections, Math.floor(openFiles / 2))
}
