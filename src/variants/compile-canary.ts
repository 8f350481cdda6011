import type { StoredPlugin } from '../model/plugin-index.ts'
import type { CanaryConfig } from '../model/plugins/canary.ts'
import { type Cycle, compileCycle } from './cycle.ts'
import { compileSchedule, type ShareSchedule } from './share.ts'

/** A canary plugin ready to decide requests: nothing in it needs to be parsed or computed again. */
export interface CompiledCanary {
  readonly pluginId: string
  /** Lower-case name of the request header whose `always` or `never` decides alone. */
  readonly overrideHeader: string | null
  readonly neverGroups: readonly string[]
  readonly alwaysGroups: readonly string[]
  readonly assignment: CanaryAssignment
  /** What takes the place of the service's host, port and path for requests on the canary. */
  readonly upstream: CanaryUpstream
  /** Whether the primary takes over while the canary upstream has no eligible target. */
  readonly isFallbackOn: boolean
  /** Statuses of the canary in whose place the client gets the primary's answer; null without a safety net. */
  readonly safetyNetStatuses: ReadonlySet<number> | null
  /** How long the streams of a side outlive its traffic, in ms; null: as long as they will. */
  readonly closesStreamsAfterMs: number | null
  /** Header that tells client and upstream the variant, as configured; null when turned off. */
  readonly variantHeader: string | null
}

/** What decides when neither header nor always/never groups do. */
export type CanaryAssignment =
  | { readonly kind: 'allow' | 'deny'; readonly groups: readonly string[] }
  | HashAssignment

export interface HashAssignment {
  readonly kind: 'hash'
  readonly stickyOn: StickyOn
  /** Null: the id of the service. */
  readonly salt: string | null
  readonly schedule: ShareSchedule
  /** For requests that have no sticky key. */
  readonly cycle: Cycle
}

/** Where the sticky key comes from; header names are lower-case. */
export type StickyOn =
  | { readonly source: 'consumer' | 'ip' | 'none' }
  | { readonly source: 'header' | 'cookie'; readonly name: string }

/** Null leaves the part of the service as it is. */
export interface CanaryUpstream {
  readonly host: string | null
  readonly port: number | null
  /** Plays the part of `service.path`. */
  readonly uri: string | null
}

/** Compiles a stored canary plugin; total for every configuration that passed validation. */
export function compileCanary(stored: StoredPlugin<'canary'>): CompiledCanary {
  const { id, config } = stored.entity
  return {
    pluginId: id,
    overrideHeader: config.canary_by_header_name?.toLowerCase() ?? null,
    neverGroups: config.never_groups ?? [],
    alwaysGroups: config.always_groups ?? [],
    assignment: assignmentOf(config, stored.internals.timedSince ?? null),
    upstream: {
      host: config.upstream_host,
      port: config.upstream_port,
      uri: config.upstream_uri,
    },
    isFallbackOn: config.upstream_fallback,
    safetyNetStatuses: config.safety_net ? new Set(config.safety_net_statuses) : null,
    closesStreamsAfterMs:
      config.drain === 'close_after' ? Math.round(config.drain_after * 1000) : null,
    variantHeader: config.variant_header,
  }
}

function assignmentOf(config: CanaryConfig, timedSinceMs: number | null): CanaryAssignment {
  switch (config.hash) {
    case 'allow':
    case 'whitelist':
      return { kind: 'allow', groups: config.groups ?? [] }
    case 'deny':
    case 'blacklist':
      return { kind: 'deny', groups: config.groups ?? [] }
    default:
      return {
        kind: 'hash',
        stickyOn: stickyOn(config),
        salt: config.salt,
        schedule: compileSchedule(config, timedSinceMs),
        cycle: compileCycle(config.steps),
      }
  }
}

/** Validation demands the name with `header` and `cookie`; without one there is no key to read. */
function stickyOn(config: CanaryConfig): StickyOn {
  const { hash, hash_header: header, hash_cookie: cookie } = config
  if (hash === 'header' && header !== null) return { source: 'header', name: header.toLowerCase() }
  if (hash === 'cookie' && cookie !== null) return { source: 'cookie', name: cookie }
  return { source: hash === 'ip' || hash === 'none' ? hash : 'consumer' }
}
