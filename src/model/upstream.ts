import { z } from 'zod'
import { host, upstreamName } from './address-fields.ts'
import { UPSTREAM_EXTENSION } from './apisix/upstream-extension.ts'
import { circuitBreaker } from './circuit-breaker.ts'
import type { DeepReadonly } from './deep-readonly.ts'
import type { EntityDefinition } from './entity.ts'
import { withEntityChecks } from './entity-checks.ts'
import {
  absentWhenNull,
  extension,
  foreignKey,
  id,
  integer,
  nullableWithDefault,
  number,
  oneOf,
  optional,
  required,
  tags,
  text,
  timestampSeconds,
} from './fields.ts'
import { cookieName, headerName } from './header-fields.ts'
import { healthchecks } from './healthchecks.ts'
import { path } from './path-fields.ts'
import { retryBudget } from './retry-budget.ts'
import { HASH_INPUTS, HASHING_CHECKS } from './upstream-hashing.ts'

const ALGORITHMS = ['round-robin', 'consistent-hashing', 'least-connections', 'latency'] as const

/** Defaults of the fields that may be null, which means the same as the default. */
export const UPSTREAM_DEFAULTS = {
  algorithm: 'round-robin',
  hashInput: 'none',
  slots: 10000,
} as const

const UPSTREAM_SCHEMA = withEntityChecks(
  z
    .strictObject({
      id: id(),
      created_at: timestampSeconds('created'),
      updated_at: timestampSeconds('last changed'),
      name: required(
        upstreamName(),
        'Unique virtual host name; services whose host has this name are balanced over its targets.',
      ),
      algorithm: nullableWithDefault(
        oneOf(ALGORITHMS),
        UPSTREAM_DEFAULTS.algorithm,
        `How a target is chosen: ${ALGORITHMS.join(', ')}; default round-robin. Setting hash_on alone sets it too.`,
      ),
      hash_on: nullableWithDefault(
        oneOf(HASH_INPUTS),
        UPSTREAM_DEFAULTS.hashInput,
        `What of a request picks the target: ${HASH_INPUTS.join(', ')}; default none.`,
      ),
      hash_fallback: nullableWithDefault(
        oneOf(HASH_INPUTS),
        UPSTREAM_DEFAULTS.hashInput,
        'What is hashed when hash_on finds nothing; same values, default none.',
      ),
      hash_on_header: optional(
        headerName(),
        'Header field hashed by hash_on header; null by default, required then.',
      ),
      hash_fallback_header: optional(
        headerName(),
        'Header field hashed by hash_fallback header; null by default, required then.',
      ),
      hash_on_cookie: optional(
        cookieName(),
        'Cookie hashed by cookie, and issued when a request has none; null by default, required then.',
      ),
      hash_on_cookie_path: nullableWithDefault(
        path(),
        '/',
        'Path attribute of the issued cookie; default /.',
      ),
      hash_on_query_arg: optional(
        text(),
        'Query argument hashed by hash_on query_arg; null by default, required then.',
      ),
      hash_fallback_query_arg: optional(
        text(),
        'Query argument hashed by hash_fallback query_arg; null by default, required then.',
      ),
      hash_on_uri_capture: optional(
        text(),
        'Name of a group of the route path regex hashed by hash_on uri_capture; null by default, required then.',
      ),
      hash_fallback_uri_capture: optional(
        text(),
        'Name of a group of the route path regex hashed by hash_fallback uri_capture; null by default, required then.',
      ),
      slots: nullableWithDefault(
        integer(10, 65536),
        UPSTREAM_DEFAULTS.slots,
        'Number of points of the hash ring, 10 to 65536; default 10000. More points spread more evenly.',
      ),
      healthchecks: healthchecks(),
      circuit_breaker: circuitBreaker(),
      retry_budget: retryBudget(),
      slow_start: nullableWithDefault(
        number(0, 3600),
        0,
        'Seconds in which a target that comes into rotation, or back, rises from a tenth of its weight to all of it, 0 to 3600; default 0 (at once). Without effect on consistent hashing.',
      ),
      tags: tags(),
      host_header: optional(
        host(),
        'Host sent to the targets in place of their own; null (their own) by default.',
      ),
      client_certificate: optional(
        foreignKey('certificates'),
        'Certificate to show to the targets in TLS; null (none) by default.',
      ),
      use_srv_name: nullableWithDefault(
        z.boolean(),
        false,
        'Whether the host name of an SRV answer is sent as Host; default false.',
      ),
      apisix: extension(
        UPSTREAM_EXTENSION,
        "What Kong's fields have no words for of an upstream that was written in APISIX's dialect; absent by default.",
      ),
    })
    .overwrite(absentWhenNull('apisix')),
  HASHING_CHECKS,
)

/** A virtual host name balanced over targets. Source: Kong Gateway 3.9, Upstream object. */
export type Upstream = DeepReadonly<z.infer<typeof UPSTREAM_SCHEMA>>

const OWNER_FIELD = 'apisix.owner'

export const UPSTREAM_DEFINITION: EntityDefinition<'upstreams'> = {
  kind: 'upstreams',
  schema: UPSTREAM_SCHEMA,
  endpointKey: 'name',
  unique: [['name']],
  foreignKeys: {
    client_certificate: { kind: 'certificates', isRequired: false, onParentDelete: 'refuse' },
  },
  references: ({ apisix }) => (apisix?.owner ? [{ field: OWNER_FIELD, ...apisix.owner }] : []),
  cascadingReferences: [OWNER_FIELD],
  hasUpdatedAt: true,
  hasFractionalTimestamps: false,
  expandShorthands: expandHashing,
}

/**
 * `hash_on` alone sets the algorithm that heeds it, an algorithm that does not hash alone resets
 * `hash_on`. What is given together stays as it is.
 * Source: Kong Gateway 3.9, shorthands of the Upstream object.
 */
function expandHashing(input: Record<string, unknown>): Record<string, unknown> {
  const { hash_on: hashOn, algorithm } = input
  if (hashOn !== undefined && hashOn !== null && algorithm === undefined) {
    return { ...input, algorithm: hashOn === 'none' ? 'round-robin' : 'consistent-hashing' }
  }
  if ((algorithm === 'least-connections' || algorithm === 'latency') && hashOn === undefined) {
    return { hash_fallback: 'none', ...input, hash_on: 'none' }
  }
  return input
}
