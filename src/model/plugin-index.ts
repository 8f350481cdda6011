import { Map as ImmutableMap } from 'immutable'
import type { ConsumerGroup } from './consumer-group.ts'
import type { Change, StoredEntity } from './entity.ts'
import type { Plugin } from './plugin.ts'
import type { Snapshot } from './snapshot.ts'

export type PluginName = Plugin['name']
export type StoredPlugin<N extends PluginName = PluginName> = Omit<
  StoredEntity<'plugins'>,
  'entity'
> & { readonly entity: Extract<Plugin, { name: N }> }

/** Enabled plugins by name and scope. Persistent, like the snapshot it is built from. */
export type PluginIndex = ImmutableMap<string, StoredEntity<'plugins'>>

/** Where a request is, for choosing among instances of one plugin. */
export interface PluginScope {
  readonly routeId: string | null
  readonly serviceId: string | null
}

/** Where a request is and who sent it. */
export interface ConsumerPluginScope extends PluginScope {
  readonly consumerId: string | null
  /** Consumer groups that the consumer is in, as `groupsByPrecedence` orders them. */
  readonly groups: readonly Pick<ConsumerGroup, 'id'>[]
}

export type PluginScopeName = 'consumer' | 'consumer_group' | 'route' | 'service' | 'global'

export function buildPluginIndex(snapshot: Snapshot): PluginIndex {
  return ImmutableMap<string, StoredEntity<'plugins'>>().withMutations((index) => {
    for (const stored of snapshot.tables.plugins.values()) {
      if (stored.entity.enabled) index.set(scopeKey(stored.entity), stored)
    }
  })
}

/** The index after a transaction; the same object when no plugin changed. */
export function advancePluginIndex(index: PluginIndex, changes: readonly Change[]): PluginIndex {
  return index.withMutations((next) => {
    const plugins = changes.filter((change) => change.kind === 'plugins') as Change<'plugins'>[]
    for (const { before } of plugins) if (before !== null) next.delete(scopeKey(before.entity))
    for (const { after } of plugins) {
      if (after?.entity.enabled) next.set(scopeKey(after.entity), after)
    }
  })
}

/**
 * The one instance of a plugin that runs for a request, for plugins that are not limited to consumers: the most
 * specific configuration wins (route and service, then route, then service, then global). A disabled instance
 * hides nothing. Source: Kong documentation, plugin precedence.
 */
export function effectivePlugin<N extends PluginName>(
  index: PluginIndex,
  name: N,
  scope: PluginScope,
): StoredPlugin<N> | null {
  const { routeId, serviceId } = scope
  const found =
    (routeId !== null && serviceId !== null && index.get(keyOf(name, routeId, serviceId))) ||
    (routeId !== null && index.get(keyOf(name, routeId, null))) ||
    (serviceId !== null && index.get(keyOf(name, null, serviceId))) ||
    index.get(keyOf(name, null, null))
  return found ? (found as StoredPlugin<N>) : null
}

/**
 * The one instance of a plugin that runs for a request, whatever it is limited to: the first of PRECEDENCE that
 * there is; on a level of groups, that of the first group. Source: Kong documentation, plugin precedence (Enterprise).
 */
export function effectivePluginFor<N extends PluginName>(
  index: PluginIndex,
  name: N,
  scope: ConsumerPluginScope,
): StoredPlugin<N> | null {
  for (const level of PRECEDENCE) {
    const found = pluginAtLevel(index, level, { ...scope, name })
    if (found !== undefined) return found as StoredPlugin<N>
  }
  return null
}

/** Groups in the order in which they win: by name, in the order of the code units. */
export function groupsByPrecedence<G extends Pick<ConsumerGroup, 'name'>>(
  groups: readonly G[],
): readonly G[] {
  return groups.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** What a plugin is attached to: to whom, if to anybody, else by its most specific part. */
export function scopeOf(
  plugin: Pick<Plugin, 'consumer' | 'consumer_group' | 'route' | 'service'>,
): PluginScopeName {
  if (plugin.consumer) return 'consumer'
  if (plugin.consumer_group) return 'consumer_group'
  if (plugin.route) return 'route'
  return plugin.service ? 'service' : 'global'
}

/** Which parts of its scope a plugin names, the most specific first. */
interface PrecedenceLevel {
  readonly who: 'consumer' | 'group' | 'anyone'
  readonly hasRoute: boolean
  readonly hasService: boolean
}

const PRECEDENCE: readonly PrecedenceLevel[] = [
  { who: 'consumer', hasRoute: true, hasService: true },
  { who: 'group', hasRoute: true, hasService: true },
  { who: 'consumer', hasRoute: true, hasService: false },
  { who: 'consumer', hasRoute: false, hasService: true },
  { who: 'group', hasRoute: true, hasService: false },
  { who: 'group', hasRoute: false, hasService: true },
  { who: 'anyone', hasRoute: true, hasService: true },
  { who: 'consumer', hasRoute: false, hasService: false },
  { who: 'group', hasRoute: false, hasService: false },
  { who: 'anyone', hasRoute: true, hasService: false },
  { who: 'anyone', hasRoute: false, hasService: true },
  { who: 'anyone', hasRoute: false, hasService: false },
]

function pluginAtLevel(
  index: PluginIndex,
  { who, hasRoute, hasService }: PrecedenceLevel,
  wanted: ConsumerPluginScope & { readonly name: PluginName },
): StoredEntity<'plugins'> | undefined {
  const { name, routeId, serviceId, consumerId, groups } = wanted
  if ((hasRoute && routeId === null) || (hasService && serviceId === null)) return undefined
  const key = keyOf(name, hasRoute ? routeId : null, hasService ? serviceId : null)
  if (who === 'anyone') return index.get(key)
  if (who === 'consumer') {
    return consumerId === null ? undefined : index.get(`${key}${consumerPart(consumerId, null)}`)
  }
  for (const { id } of groups) {
    const found = index.get(`${key}${consumerPart(null, id)}`)
    if (found !== undefined) return found
  }
  return undefined
}

function scopeKey(plugin: Plugin): string {
  const key = keyOf(plugin.name, plugin.route?.id ?? null, plugin.service?.id ?? null)
  const { consumer, consumer_group: group } = plugin
  // Documents stored before a field was there lack it.
  if (!consumer && !group) return key
  return `${key}${consumerPart(consumer?.id ?? null, group?.id ?? null)}`
}

/** Kept short for plugins of anyone, which are looked up most. */
function keyOf(name: string, routeId: string | null, serviceId: string | null): string {
  return `${name}|${routeId ?? ''}|${serviceId ?? ''}`
}

function consumerPart(consumerId: string | null, groupId: string | null): string {
  return `|${consumerId ?? ''}|${groupId ?? ''}`
}
