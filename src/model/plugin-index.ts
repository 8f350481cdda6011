import { Map as ImmutableMap } from 'immutable'
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

export type PluginScopeName = 'route' | 'service' | 'global'

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
 * The one instance of a plugin that runs for a request: the most specific configuration wins
 * (route and service, then route, then service, then global). A disabled instance hides nothing.
 * Source: Kong, plugin precedence (reference kong.md section 2.6); none of our plugins has a consumer scope.
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

/** What a plugin is attached to, by its most specific part. */
export function scopeOf(plugin: Pick<Plugin, 'route' | 'service'>): PluginScopeName {
  if (plugin.route) return 'route'
  return plugin.service ? 'service' : 'global'
}

function scopeKey(plugin: Plugin): string {
  return keyOf(plugin.name, plugin.route?.id ?? null, plugin.service?.id ?? null)
}

function keyOf(name: string, routeId: string | null, serviceId: string | null): string {
  return `${name}|${routeId ?? ''}|${serviceId ?? ''}`
}
