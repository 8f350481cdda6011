import type { StoredPlugin } from '../../model/plugin-index.ts'
import type { Snapshot } from '../../model/snapshot.ts'

type StoredCanary = StoredPlugin<'canary'>
type PluginTable = Snapshot['tables']['plugins']

/** Of each table that was asked about: a table never changes. */
const FOUND = new WeakMap<PluginTable, ReadonlyMap<string, StoredCanary>>()

/** The canary plugin of the service itself, not of one of its routes; null without one. */
export function canaryOfService({ tables }: Snapshot, serviceId: string): StoredCanary | null {
  const found = FOUND.get(tables.plugins) ?? ownCanaries(tables.plugins)
  FOUND.set(tables.plugins, found)
  return found.get(serviceId) ?? null
}

function ownCanaries(plugins: PluginTable): ReadonlyMap<string, StoredCanary> {
  const own = new Map<string, StoredCanary>()
  for (const stored of plugins.values()) {
    const { name, service, route } = stored.entity
    if (name !== 'canary' || service === null || route !== null) continue
    own.set(service.id, stored as StoredCanary)
  }
  return own
}
