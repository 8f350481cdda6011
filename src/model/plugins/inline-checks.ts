import { z } from 'zod'
import { sni } from '../address-fields.ts'
import type { DeepReadonly } from '../deep-readonly.ts'
import {
  integer,
  number,
  oneOf,
  optional,
  recordWithDefaults,
  required,
  rule,
  setOf,
  text,
  withDefault,
} from '../fields.ts'
import { path } from '../path-fields.ts'

const statuses = (values: number[], meaning: string) =>
  withDefault(
    setOf(integer(200, 599)),
    values,
    `HTTP statuses that count as ${meaning}, 200 to 599; default ${values.join(', ')}.`,
  )

const interval = (state: string) =>
  withDefault(
    integer(1, 65535),
    1,
    `Seconds between two probes of ${state} nodes, 1 to 65535; default 1.`,
  )

/** Limits of the counters of active and of passive checks. */
const ACTIVE = [1, 254] as const
const PASSIVE = [0, 254] as const

const counter = (
  [minimum, maximum]: readonly [number, number],
  value: number,
  event: string,
): z.ZodDefault<z.ZodInt> =>
  withDefault(
    integer(minimum, maximum),
    value,
    `${event} in a row that change the state of a node, ${minimum} to ${maximum}; default ${value}.`,
  )

const FIELD_LINE = /^([\w-]+):[\t ]*([\t\x20-\x7e\x80-\xff]*)$/

const fieldLine = () =>
  text().check(
    rule((line: string) =>
      FIELD_LINE.test(line) ? null : `invalid value: ${line} (expected 'Name: value')`,
    ),
  )

const ACTIVE_CHECKS = z.strictObject({
  type: withDefault(
    oneOf(['http', 'https', 'tcp']),
    'http',
    'What a probe sends: http, https, or tcp (connects only); default http.',
  ),
  timeout: withDefault(
    number(0.001, 65535),
    1,
    'Seconds a probe waits for an answer, 0.001 to 65535; default 1.',
  ),
  concurrency: withDefault(
    integer(1, 2 ** 31),
    10,
    'Nodes probed at the same time, 1 to 2147483648; default 10.',
  ),
  http_method: withDefault(oneOf(['GET']), 'GET', 'Method of HTTP probes; only GET, the default.'),
  http_path: withDefault(path(), '/', 'Path of HTTP probes; default /.'),
  host: optional(
    sni(),
    'Host field of HTTP probes, and name in the TLS handshake; null (those of the node) by default.',
  ),
  port: optional(
    z.int().check(rule(() => 'must be null: probes go to the port that requests go to')),
    'Always null: probes go to the port that requests go to.',
  ),
  req_headers: optional(
    setOf(fieldLine()),
    "Header fields of HTTP probes, each as 'Name: value'; null (none) by default.",
  ),
  https_verify_certificate: withDefault(
    z.boolean(),
    true,
    'Whether HTTPS probes verify the certificate; default true.',
  ),
  healthy: recordWithDefaults(
    z.strictObject({
      interval: interval('healthy'),
      http_statuses: statuses([200, 302], 'a success'),
      successes: counter(ACTIVE, 2, 'Successful probes'),
    }),
    'When probes make a node healthy.',
  ),
  unhealthy: recordWithDefaults(
    z.strictObject({
      interval: interval('unhealthy'),
      http_statuses: statuses([429, 404, 500, 501, 502, 503, 504, 505], 'a failure'),
      http_failures: counter(ACTIVE, 5, 'Answers to probes that count as a failure'),
      tcp_failures: counter(ACTIVE, 2, 'TCP failures of probes'),
      timeouts: counter(ACTIVE, 3, 'Timeouts of probes'),
    }),
    'When probes make a node unhealthy.',
  ),
})

const PASSIVE_CHECKS = z.strictObject({
  type: withDefault(
    oneOf(['http', 'https', 'tcp']),
    'http',
    'What proxied traffic is judged as: http or https (by status as well), or tcp; default http.',
  ),
  healthy: recordWithDefaults(
    z.strictObject({
      http_statuses: statuses(
        [
          200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 306, 307,
          308,
        ],
        'a success',
      ),
      successes: counter(PASSIVE, 5, 'Successful answers'),
    }),
    'When proxied traffic counts as healthy.',
  ),
  unhealthy: recordWithDefaults(
    z.strictObject({
      http_statuses: statuses([429, 500, 503], 'a failure'),
      http_failures: counter(PASSIVE, 5, 'Answers that count as a failure'),
      tcp_failures: counter(PASSIVE, 2, 'TCP failures'),
      timeouts: counter(PASSIVE, 7, 'Timeouts'),
    }),
    'When proxied traffic makes a node unhealthy.',
  ),
})

const CHECKS = z.strictObject({
  active: required(
    ACTIVE_CHECKS,
    'Probes sent by the gateway; they are what checks need at least.',
  ),
  passive: optional(PASSIVE_CHECKS, 'Judging nodes by their traffic; null (not) by default.'),
})

/** Health checks of an inline upstream. Source: APISIX 3.18, upstream object (reference apisix.md, d4). */
export const inlineChecks = () =>
  optional(CHECKS, 'How nodes are found to be healthy or not; null (not at all) by default.')

export type InlineChecks = DeepReadonly<z.infer<typeof CHECKS>>

/** Name, in lower case, and value of a field line that passed validation. */
export function fieldOfLine(line: string): readonly [name: string, value: string] {
  const [, name = '', value = ''] = FIELD_LINE.exec(line) ?? []
  return [name.toLowerCase(), value]
}
