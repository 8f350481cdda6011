import { type PluginScopeName, type StoredPlugin, scopeOf } from '../../model/plugin-index.ts'
import type { Snapshot } from '../../model/snapshot.ts'

export type StoredCanary = StoredPlugin<'canary'>

/** Where a plugin that is in force comes from, for the answer. */
export interface PluginSource {
  readonly scope: PluginScopeName
  readonly plugin_id: string
  readonly enabled: boolean
}

/** The disabled canary plugin of the service itself, which would be in force if it were enabled. */
export function disabledCanary(snapshot: Snapshot, serviceId: string): StoredCanary | null {
  for (const stored of canaries(snapshot)) {
    const { service, route, enabled } = stored.entity
    if (service?.id === serviceId && route === null && !enabled) return stored
  }
  return null
}

/** Canary plugins on routes of the service, each with its route; they go before that of the service. */
export function* canariesOnRoutes(snapshot: Snapshot, serviceId: string) {
  for (const stored of canaries(snapshot)) {
    if (stored.entity.route === null) continue
    const route = snapshot.tables.routes.get(stored.entity.route.id)?.entity
    if (route?.service?.id === serviceId) yield { stored, route }
  }
}

export function pluginSource({ entity }: StoredPlugin): PluginSource {
  return { scope: scopeOf(entity), plugin_id: entity.id, enabled: entity.enabled }
}

function* canaries(snapshot: Snapshot): Generator<StoredCanary> {
  for (const stored of snapshot.tables.plugins.values()) {
    if (stored.entity.name === 'canary') yield stored as StoredCanary
  }
}
