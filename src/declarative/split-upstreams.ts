import type { ErrorDetail } from '../model/errors.ts'
import { upstreamsNamedIn, withUpstreamIds } from '../model/plugins/split-references.ts'
import type { TrafficSplitConfig } from '../model/plugins/traffic-split.ts'
import { isUuid } from '../model/uuid.ts'
import type { FileEntity } from './file-entity.ts'
import type { KnownEntities, NamingReference } from './known-entities.ts'

/**
 * The entity with the ids of upstreams in place of the names by which a traffic-split may call them, as it is stored.
 * What leads nowhere is reported and stays. Other entities are given as they are.
 */
export function withSplitUpstreams(
  entity: FileEntity,
  known: KnownEntities,
  report: (field: ErrorDetail['path'], message: string) => void,
): FileEntity {
  const { kind, fields } = entity
  if (kind !== 'plugins' || fields.name !== 'traffic-split') return entity
  const config = fields.config as TrafficSplitConfig
  const ids = new Map<string, string>()
  for (const { path, name } of upstreamsNamedIn(config)) {
    const byName: NamingReference = { by: 'key', key: name }
    const byId: NamingReference | null = isUuid(name) ? { by: 'id', id: name.toLowerCase() } : null
    const id = (byId && known.resolve(byId, 'upstreams')) ?? known.resolve(byName, 'upstreams')
    if (id !== null) ids.set(name, id)
    else report(path, known.leadsNowhere(byId ?? byName, 'upstreams'))
  }
  return { ...entity, fields: { ...fields, config: withUpstreamIds(config, ids) } }
}
