import { z } from 'zod'
import { sni } from './address-fields.ts'
import type { DeepReadonly } from './deep-readonly.ts'
import {
  integer,
  listOf,
  nullableRecordWithDefaults,
  nullableWithDefault,
  number,
  oneOf,
  optional,
} from './fields.ts'
import { headerValues } from './header-fields.ts'
import { path } from './path-fields.ts'
import { isPlainObject } from './plain-object.ts'

const PROBE_TYPES = ['tcp', 'http', 'https', 'grpc', 'grpcs'] as const

const probeType = (effect: string) =>
  nullableWithDefault(
    oneOf(PROBE_TYPES),
    'http',
    `${effect}: ${PROBE_TYPES.join(', ')}; default http.`,
  )

const counter = (event: string, state: string) =>
  nullableWithDefault(
    integer(0, 255),
    0,
    `${event} in a row that make a target ${state}, 0 to 255; default 0 (never).`,
  )

const interval = (state: string) =>
  nullableWithDefault(
    number(0, 65535),
    0,
    `Seconds between two probes of ${state} targets, 0 to 65535; default 0 (no probes).`,
  )

const statuses = (values: number[], meaning: string) =>
  nullableWithDefault(
    listOf(integer(100, 999)),
    values,
    `HTTP statuses that count as ${meaning}, 100 to 999; default ${values.join(', ')}.`,
  )

const failureCounters = {
  tcp_failures: counter('TCP failures', 'unhealthy'),
  timeouts: counter('Timeouts', 'unhealthy'),
  http_failures: counter('Answers that count as a failure', 'unhealthy'),
}

const ACTIVE = z.strictObject({
  type: probeType('What a probe sends'),
  timeout: nullableWithDefault(
    number(0, 65535),
    1,
    'Seconds a probe waits for an answer, 0 to 65535; default 1.',
  ),
  concurrency: nullableWithDefault(
    integer(1, 2 ** 31),
    10,
    'Targets probed at the same time, 1 to 2147483648; default 10.',
  ),
  http_path: nullableWithDefault(path(), '/', 'Path of HTTP probes; default /.'),
  https_sni: optional(
    sni(),
    'Host name of the TLS handshake of HTTPS probes; null (that of the target) by default.',
  ),
  https_verify_certificate: nullableWithDefault(
    z.boolean(),
    true,
    'Whether HTTPS probes verify the certificate; default true.',
  ),
  headers: optional(headerValues(), 'Header fields of HTTP probes; null (none) by default.'),
  healthy: nullableRecordWithDefaults(
    z.strictObject({
      interval: interval('healthy'),
      http_statuses: statuses([200, 302], 'a success'),
      successes: counter('Successful probes', 'healthy'),
    }),
    'When probes make a target healthy.',
  ),
  unhealthy: nullableRecordWithDefaults(
    z.strictObject({
      interval: interval('unhealthy'),
      http_statuses: statuses([429, 404, 500, 501, 502, 503, 504, 505], 'a failure'),
      ...failureCounters,
    }),
    'When probes make a target unhealthy.',
  ),
})

const PASSIVE = z.strictObject({
  type: probeType('What proxied traffic is judged as'),
  healthy: nullableRecordWithDefaults(
    z.strictObject({
      http_statuses: statuses(
        [
          200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 306, 307,
          308,
        ],
        'a success',
      ),
      successes: counter('Successful answers', 'healthy'),
    }),
    'When proxied traffic counts as healthy.',
  ),
  unhealthy: nullableRecordWithDefaults(
    z.strictObject({ http_statuses: statuses([429, 500, 503], 'a failure'), ...failureCounters }),
    'When proxied traffic makes a target unhealthy.',
  ),
  recovery: nullableWithDefault(
    number(0, 300),
    30,
    'Seconds after which a target that proxied traffic made unhealthy gets one request on trial, doubling with each failure up to 300, 0 to 300; default 30. With 0 only a probe or an operator brings it back, as in Kong.',
  ),
  max_ejected_percent: nullableWithDefault(
    number(0, 100),
    50,
    'Percent of the weight that proxied traffic may take out; above it all of that is used again, 0 to 100; default 50. With 100 there is no such limit, as in Kong.',
  ),
})

/** Health checks of an upstream; all off by default, and null means the default everywhere. Source: Kong Gateway 3.9, Upstream object. */
export const healthchecks = () =>
  nullableRecordWithDefaults(
    z.strictObject({
      active: nullableRecordWithDefaults(ACTIVE, 'Probes sent by the gateway.'),
      passive: nullableRecordWithDefaults(PASSIVE, 'Judging targets by the traffic they serve.'),
      threshold: nullableWithDefault(
        number(0, 100),
        0,
        'Percent of the weight that must be healthy for the upstream to serve at all, 0 to 100; default 0.',
      ),
    }),
    'How targets are found to be healthy or not; all checks are off by default.',
  )

type StoredHealthchecks = DeepReadonly<z.infer<ReturnType<typeof healthchecks>>>

/** Health checks in which every null has given way to its default. */
export type Healthchecks = Filled<NonNullable<StoredHealthchecks>>

type Filled<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? {
        readonly [K in keyof T]: K extends 'https_sni' | 'headers'
          ? T[K]
          : Filled<NonNullable<T[K]>>
      }
    : T

/** The health checks that are meant by what is stored. */
export function filledHealthchecks(stored: StoredHealthchecks): Healthchecks {
  return filled(stored, DEFAULTS) as Healthchecks
}

const DEFAULTS: unknown = healthchecks().parse(undefined)

function filled(stored: unknown, defaults: unknown): unknown {
  if (stored === null || stored === undefined) return defaults
  if (!isPlainObject(stored) || !isPlainObject(defaults)) return stored
  return Object.fromEntries(
    Object.keys(defaults).map((name) => [name, filled(stored[name], defaults[name])]),
  )
}
