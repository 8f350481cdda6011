import { z } from 'zod'
import { destinationHost } from '../address-fields.ts'
import type { DeepReadonly } from '../deep-readonly.ts'
import { atLeastOneOf, conditional } from '../entity-rules.ts'
import { hasOwnMeaning } from '../field-families.ts'
import {
  integer,
  listOf,
  number,
  oneOf,
  optional,
  port,
  rule,
  setOf,
  text,
  withDefault,
} from '../fields.ts'
import { cookieName, headerName } from '../header-fields.ts'
import { path } from '../path-fields.ts'
import type { PluginDefinition } from './plugin-definition.ts'

const HASHES = [
  'consumer',
  'ip',
  'header',
  'cookie',
  'none',
  'allow',
  'deny',
  'whitelist',
  'blacklist',
] as const

/** Values of `hash` that decide by group; `whitelist` and `blacklist` are the old names of the other two. */
const GROUP_HASHES: readonly unknown[] = ['allow', 'deny', 'whitelist', 'blacklist']

/** End of the year 9999; a start beyond it is most likely in milliseconds. */
const LAST_START_SECONDS = 253402300799

/** A hundred years. */
const MAX_DURATION_SECONDS = 3153600000

/** A week. */
const MAX_DRAIN_SECONDS = 604800

const groups = (description: string) => optional(listOf(text()), description)

const CONFIG = z.strictObject({
  percentage: optional(
    number(0, 100),
    'Fixed share of the canary in percent, 0 to 100, as fine as steps allow; null (timed by start and duration) by default.',
  ),
  start: optional(
    number(0, LAST_START_SECONDS),
    'When the timed rollout begins, in seconds since 1970-01-01 UTC, 0 to 253402300799; null (when the plugin was stored) by default. Not used with percentage, allow or deny.',
  ),
  duration: withDefault(
    number(0, MAX_DURATION_SECONDS),
    3600,
    'Seconds the timed rollout takes from none to all, 0 to 3153600000; default 3600. Not used with percentage, allow or deny.',
  ),
  steps: withDefault(
    integer(1, 2 ** 32),
    1000,
    'Number of equal parts the share moves in, 1 to 4294967296; default 1000, which is 0.1 percent each.',
  ),
  hash: withDefault(
    oneOf(HASHES),
    'consumer',
    'What keeps a client on its side: consumer, ip, header, cookie, none (spread evenly), or allow and deny (by groups; whitelist and blacklist are deprecated names of them); default consumer.',
  ),
  hash_header: optional(
    headerName(),
    'Header field hashed by hash header; null by default, required then.',
  ),
  hash_cookie: optional(
    cookieName(),
    'Cookie hashed by hash cookie, issued by the gateway when absent; null by default, required then.',
  ),
  groups: groups(
    'Groups that go to the canary (hash allow) or stay on the primary (hash deny); null by default, required then. Without effect otherwise.',
  ),
  always_groups: groups(
    'Groups that go to the canary whatever the hash says; null (none) by default.',
  ),
  never_groups: groups(
    'Groups that stay on the primary whatever the hash says, also when in always_groups; null (none) by default.',
  ),
  salt: optional(
    text(),
    'Text mixed into the hash, so that two releases pick different clients; null (the id of the service) by default.',
  ),
  upstream_host: optional(
    destinationHost(),
    'Host of the canary, as in a service; null (that of the service) by default.',
  ),
  upstream_port: optional(
    port(),
    'Port of the canary, 0 to 65535; null (that of the service) by default.',
  ),
  upstream_uri: optional(
    path(),
    'Path that takes the part of the path of the service; null (that of the service) by default.',
  ),
  upstream_fallback: withDefault(
    z.boolean(),
    false,
    'Whether the primary takes over while the canary upstream has no healthy target; default false.',
  ),
  safety_net: withDefault(
    z.boolean(),
    false,
    'Whether the primary serves a GET, HEAD or OPTIONS request once more that the canary failed or answered with one of safety_net_statuses; default false.',
  ),
  safety_net_statuses: withDefault(
    setOf(integer(400, 599)),
    [502, 503, 504],
    'Statuses of the canary that the client does not get to see with safety_net, 400 to 599 each; default 502, 503, 504.',
  ),
  drain: withDefault(
    oneOf(['keep', 'close_after']),
    'keep',
    'What happens to WebSockets and event streams of a side that loses all its traffic (share 0 or 100, plugin disabled or deleted, no weight left in a traffic-split): keep, or close_after drain_after seconds; default keep.',
  ),
  drain_after: withDefault(
    number(0, MAX_DRAIN_SECONDS),
    60,
    'Seconds from the loss of all traffic to the end of the streams of that side, 0 to 604800; default 60. Not used with drain keep.',
  ),
  canary_by_header_name: optional(
    headerName(),
    'Request header field that decides alone: always (canary) or never (primary); null (none) by default.',
  ),
  variant_header: z
    .nullable(
      headerName().check(
        rule((name: string) =>
          hasOwnMeaning(name)
            ? `invalid value: ${name} (the header has a meaning of its own; use Canary-Variant or another X-… name)`
            : null,
        ),
      ),
    )
    .default('Canary-Variant')
    .describe(
      'Header field that tells client and upstream the variant, primary or canary; default Canary-Variant, null turns it off.',
    ),
})

/**
 * Configuration of the canary plugin. `hash` may be `whitelist` or `blacklist`: stored as given, to be
 * treated as `allow` and `deny`. Source: Kong, documentation of the Canary Release plugin; `salt`,
 * `cookie`, `always_groups`, `never_groups`, `safety_net`, `safety_net_statuses`, `drain`, `drain_after` and `variant_header` are our own.
 */
export type CanaryConfig = DeepReadonly<z.infer<typeof CONFIG>>

export const CANARY_PLUGIN = {
  priority: 20,
  config: CONFIG,
  scopes: [],
  checks: [
    atLeastOneOf(['config.upstream_host', 'config.upstream_port', 'config.upstream_uri']),
    ...(
      [
        [['header'], 'config.hash_header'],
        [['cookie'], 'config.hash_cookie'],
        [GROUP_HASHES, 'config.groups'],
      ] as const
    ).map(([hashes, field]) =>
      conditional({
        when: 'config.hash',
        is: { oneOf: hashes },
        field,
        must: { isGiven: true },
      }),
    ),
  ],
} as const satisfies PluginDefinition

/** True when groups decide, not the hash: percentage and time are then without effect. */
export function isGroupHash(hash: CanaryConfig['hash']): boolean {
  return GROUP_HASHES.includes(hash)
}
