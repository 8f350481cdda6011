import { CIRCUIT_BREAKER_DEFAULTS } from '../model/circuit-breaker.ts'
import type { Upstream } from '../model/upstream.ts'
import type { PeerLoad } from './peer-load.ts'

/** How much one peer is asked to bear at a time. */
export interface CircuitLimits {
  readonly maxConnections: number
  /** Requests that wait for a connection to be opened. */
  readonly maxPendingRequests: number
  /** Tries between their begin and their end. */
  readonly maxRequests: number
}

/** The limits of an upstream's peers in the form that traffic needs. */
export function compileCircuitLimits(stored: Upstream['circuit_breaker']): CircuitLimits {
  const defaults = CIRCUIT_BREAKER_DEFAULTS
  return {
    maxConnections: stored?.max_connections ?? defaults.max_connections,
    maxPendingRequests: stored?.max_pending_requests ?? defaults.max_pending_requests,
    maxRequests: stored?.max_requests ?? defaults.max_requests,
  }
}

/** Of a host that names no upstream. */
export const DEFAULT_CIRCUIT_LIMITS = compileCircuitLimits(null)

/**
 * Whether a peer can take one more request (reliability.md section 8, after Envoy's circuit breakers, without their
 * queue: nobody waits for room). Who may need a connection of its own (`mayOpen`) must find room to wait for it. An
 * idle connection that nobody is about to take counts as room: it is reused, or closed for a new one.
 */
export function hasRoom(
  { openRequests, connections }: PeerLoad,
  limits: CircuitLimits,
  mayOpen: boolean,
): boolean {
  if (openRequests >= limits.maxRequests) return false
  if (connections.spareIdle > 0 && !mayOpen) return true
  if (connections.pending >= limits.maxPendingRequests) return false
  return connections.spareIdle > 0 || connections.promised < limits.maxConnections
}
