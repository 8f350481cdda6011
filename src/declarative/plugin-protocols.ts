import type { Plugin } from '../model/plugin.ts'
import type { Route } from '../model/route.ts'
import { problemOf } from './entity-problem.ts'
import type { FileProblem } from './file-problem.ts'
import type { Identified } from './identify.ts'
import type { PlannedWrite } from './plan.ts'

/**
 * Plugins of the file that no request would ever meet: without a protocol in common with their route, or with any route
 * of their service. Looks at what is in the file only, and at plugins that are new or have another place or protocols;
 * the writing judges the rest. Source: Kong Gateway 3.9, DAO of the Plugin object.
 */
export function unmetPlugins(
  identified: readonly Identified[],
  writes: readonly PlannedWrite[],
): FileProblem[] {
  const plugins = writes.filter((write) => write.entity.kind === 'plugins' && isPlacedAnew(write))
  if (plugins.length === 0) return []
  const protocols = new Map<string, ReadonlySet<string>>()
  for (const { entity, id, references } of identified) {
    if (entity.kind !== 'routes') continue
    const own = (entity.fields as unknown as Route).protocols
    protocols.set(`routes ${id}`, new Set(own))
    const service = `services ${references.service?.id}`
    // Few protocols, but perhaps thousands of routes of one service.
    const ofService = protocols.get(service)
    protocols.set(service, new Set([...(ofService ?? []), ...own]))
  }
  return plugins.flatMap(({ entity, fields }) => {
    const { route, service, protocols: own } = fields as unknown as Plugin
    const met = route ? `routes ${route.id}` : service ? `services ${service.id}` : null
    const offered = met === null ? undefined : protocols.get(met)
    if (offered === undefined || own.some((protocol) => offered.has(protocol))) return []
    return [problemOf(entity, ['protocols'], route ? UNLIKE_ROUTE : UNLIKE_SERVICE)]
  })
}

const UNLIKE_ROUTE = "must match the associated route's protocols"
const UNLIKE_SERVICE =
  "must match the protocols of at least one route pointing to this Plugin's service"

function isPlacedAnew({ action, changes }: PlannedWrite): boolean {
  return (
    action === 'create' ||
    changes.some(({ field }) => ['route', 'service', 'protocols'].includes(field))
  )
}
