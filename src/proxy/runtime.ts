import { Map as ImmutableMap } from 'immutable'
import type { CompiledUpstream } from '../balancing/compile-upstream.ts'
import type { ConsumerDirectory } from '../identity/consumer-directory.ts'
import { advanceDirectory, emptyDirectory } from '../identity/directory.ts'
import type { Certificate } from '../model/certificate.ts'
import type { Change, EntityKind } from '../model/entity.ts'
import {
  advancePluginIndex,
  buildPluginIndex,
  type PluginIndex,
  type StoredPlugin,
} from '../model/plugin-index.ts'
import { advancePluginOwners, NO_PLUGIN_OWNERS, type PluginOwners } from '../model/plugin-owners.ts'
import { EMPTY_SNAPSHOT, entityById, type Snapshot } from '../model/snapshot.ts'
import { normalServerName } from '../model/sni.ts'
import { NO_ROUTES, type RouteTables } from '../routing/route-tables.ts'
import type { CompiledSplit } from '../variants/compile-split.ts'
import { advanceRoutes } from './advance-routes.ts'
import type { CallerGroups } from './caller-groups.ts'
import { advanceNameUses, type NameUses, NO_NAME_USES } from './names/name-uses.ts'
import type { RoutePlan } from './route-plan.ts'
import { advanceUpstreams, type UpstreamsByName, upstreamsWithNames } from './runtime-upstreams.ts'
import type { SplitPlan } from './split-plan.ts'
import {
  advanceServerNames,
  certificateIdOf,
  NO_SERVER_NAMES,
  type ServerNames,
} from './tls/server-names.ts'

/** A snapshot and the addresses of its names, compiled for serving: each request runs on exactly one, from start to end. */
export interface Runtime {
  readonly snapshot: Snapshot
  readonly routes: RouteTables
  readonly plugins: PluginIndex
  readonly pluginOwners: PluginOwners
  readonly directory: ConsumerDirectory
  readonly upstreamsByName: UpstreamsByName
  readonly nameUses: NameUses
  /** Addresses of the names in use, as far as any are known. */
  readonly addresses: ImmutableMap<string, readonly string[]>
  readonly serverNames: ServerNames
  /** Plans made so far, by route id: a plan depends on nothing but the snapshot, so it is made when first asked for. */
  readonly plans: Map<string, RoutePlan>
  /** Plans of traffic-splits of consumers and groups, by plugin and route: made like the others. */
  readonly splits: Map<string, SplitPlan>
  /** Consumer groups of consumers that were asked for so far, by consumer id. */
  readonly callerGroups: Map<string, CallerGroups>
  /** Shared by all runtimes: a version of a plugin never changes. */
  readonly compiledSplits: WeakMap<StoredPlugin<'traffic-split'>, CompiledSplit>
  /** Hosts that are no upstreams, by host and port: made like the plans, and shared by them. */
  readonly hosts: Map<string, CompiledUpstream>
}

export const EMPTY_RUNTIME: Runtime = {
  snapshot: EMPTY_SNAPSHOT,
  routes: NO_ROUTES,
  plugins: buildPluginIndex(EMPTY_SNAPSHOT),
  pluginOwners: NO_PLUGIN_OWNERS,
  directory: emptyDirectory(),
  upstreamsByName: ImmutableMap(),
  nameUses: NO_NAME_USES,
  addresses: ImmutableMap(),
  serverNames: NO_SERVER_NAMES,
  plans: new Map(),
  splits: new Map(),
  callerGroups: new Map(),
  compiledSplits: new WeakMap(),
  hosts: new Map(),
}

/**
 * The runtime after a transaction. Costs in proportion to the changes; what did not change is shared.
 * Throws GatewayError when the next snapshot cannot be served; the present runtime is not touched.
 */
export function advanceRuntime(
  runtime: Runtime,
  next: Snapshot,
  changes: readonly Change[],
): Runtime {
  const concernsPlans = changes.some((change) => !INDEPENDENT_KINDS.has(change.kind))
  const concernsGroups = changes.some((change) => GROUP_KINDS.has(change.kind))
  return {
    snapshot: next,
    routes: advanceRoutes(runtime.routes, next, changes),
    plugins: advancePluginIndex(runtime.plugins, changes),
    pluginOwners: advancePluginOwners(runtime.pluginOwners, changes),
    directory: advanceDirectory(runtime.directory, changes),
    upstreamsByName: advanceUpstreams(runtime, next, changes),
    nameUses: advanceNameUses(runtime.nameUses, changes),
    addresses: runtime.addresses,
    serverNames: advanceServerNames(runtime.serverNames, next, changes),
    plans: concernsPlans ? new Map() : runtime.plans,
    splits: concernsPlans ? new Map() : runtime.splits,
    callerGroups: concernsGroups ? new Map() : runtime.callerGroups,
    compiledSplits: runtime.compiledSplits,
    hosts: concernsPlans ? new Map() : runtime.hosts,
  }
}

/**
 * The same configuration once other addresses of some names are known; null: none any more. What does not use those
 * names is shared. `recompiled` has the upstreams that do.
 */
export function withAddresses(
  runtime: Runtime,
  found: ReadonlyMap<string, readonly string[] | null>,
): { readonly runtime: Runtime; readonly recompiled: readonly CompiledUpstream[] } {
  const addresses = runtime.addresses.withMutations((known) => {
    for (const [name, its] of found) {
      if (its === null) known.delete(name)
      else known.set(name, its)
    }
  })
  const { upstreamsByName, recompiled } = upstreamsWithNames({ ...runtime, addresses }, found)
  return {
    runtime: {
      ...runtime,
      addresses,
      upstreamsByName,
      plans: new Map(),
      splits: new Map(),
      hosts: new Map(),
    },
    recompiled,
  }
}

/** The certificate to show to clients that ask for this server name, in any spelling; undefined when there is none. */
export function certificateFor(
  { snapshot, serverNames }: Runtime,
  serverName: string,
): Certificate | undefined {
  const id = certificateIdOf(serverNames, normalServerName(serverName))
  return id === null ? undefined : entityById(snapshot, 'certificates', id)?.entity
}

/** Kinds that no route plan depends on. */
const INDEPENDENT_KINDS: ReadonlySet<EntityKind> = new Set<EntityKind>([
  'consumers',
  'acls',
  'keyauth_credentials',
  'basicauth_credentials',
  'jwt_secrets',
  'consumer_groups',
  'consumer_group_consumers',
  'snis',
])

/** Kinds that the groups of callers depend on. */
const GROUP_KINDS: ReadonlySet<EntityKind> = new Set<EntityKind>([
  'consumer_groups',
  'consumer_group_consumers',
  'plugins',
])
