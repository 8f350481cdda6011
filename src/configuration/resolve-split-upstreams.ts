import type { StoredEntity } from '../model/entity.ts'
import type { ErrorDetail } from '../model/errors.ts'
import type { Plugin } from '../model/plugin.ts'
import { upstreamsNamedIn, withUpstreamIds } from '../model/plugins/split-references.ts'
import { isUuid } from '../model/uuid.ts'
import type { StoreReader } from '../store/store.ts'
import { foreignKeysUnresolved } from './foreign-keys-unresolved.ts'

/**
 * The plugin with every `upstream_id` that is a name replaced by the id it stands for. Other entities pass as they are.
 * Fails with foreign_keys_unresolved for all that are neither id nor name of an upstream.
 */
export async function resolveSplitUpstreams(
  reader: StoreReader,
  stored: StoredEntity,
): Promise<StoredEntity> {
  if (stored.kind !== 'plugins') return stored
  const plugin = stored.entity as Plugin
  if (plugin.name !== 'traffic-split' || plugin.config.rules === null) return stored
  const unresolved: ErrorDetail[] = []
  const ids = new Map<string, string>()
  for (const { path, name } of upstreamsNamedIn(plugin.config)) {
    const id = ids.get(name) ?? (await idOf(reader, name))
    if (id !== null) ids.set(name, id)
    else unresolved.push({ path, message: unknownUpstream(name) })
  }
  if (unresolved.length > 0) throw foreignKeysUnresolved(unresolved)
  return { ...stored, entity: { ...plugin, config: withUpstreamIds(plugin.config, ids) } }
}

/** A name may look like an id. */
async function idOf(reader: StoreReader, name: string): Promise<string | null> {
  const id = name.toLowerCase()
  const byId = isUuid(name) ? await reader.get('upstreams', id) : null
  const found = byId ?? (await reader.find('upstreams', { name }))
  return found?.entity.id ?? null
}

function unknownUpstream(name: string): string {
  return `the foreign key cannot be resolved with '${name}', which is neither id nor name of an existing 'upstreams' entity; create it first (POST /upstreams)`
}
