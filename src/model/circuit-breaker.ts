import { z } from 'zod'
import { integer, nullableRecordWithDefaults, nullableWithDefault } from './fields.ts'

/** Envoy's defaults for each threshold (reliability.md section 8). */
const LIMIT = 1024
/** What the gateway counts with anywhere; nobody has so many. */
const NO_LIMIT = 2 ** 31

/** How much one target is asked to bear when nothing is configured, as for a host that names no upstream. */
export const CIRCUIT_BREAKER_DEFAULTS = {
  max_connections: LIMIT,
  max_pending_requests: LIMIT,
  max_requests: LIMIT,
} as const

const limit = (what: string) =>
  nullableWithDefault(
    integer(1, NO_LIMIT),
    LIMIT,
    `${what} for each target, 1 to ${NO_LIMIT}; default ${LIMIT}.`,
  )

/** Limits of each target of an upstream; not in Kong, named as the thresholds of Envoy's circuit breakers. */
export const circuitBreaker = () =>
  nullableRecordWithDefaults(
    z.strictObject({
      max_connections: limit('Open connections, idle ones and those of long streams among them,'),
      max_pending_requests: limit('Requests that wait for a connection to be opened'),
      max_requests: limit('Requests under way, WebSockets and event streams among them,'),
    }),
    'How much each target is asked to bear; a request that no target can take is answered 503 at once.',
  )
