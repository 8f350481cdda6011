import { isDeepStrictEqual } from 'node:util'
import { countingHosts } from '../model/apisix/hosts.ts'
import { type Change, isOf } from '../model/entity.ts'
import type { Route } from '../model/route.ts'
import { MAX_PAIRS } from '../model/route-checks.ts'
import { schemaViolation } from '../model/schema-violation.ts'
import type { Service } from '../model/service.ts'
import { entityById, type Snapshot } from '../model/snapshot.ts'
import { type RouteTables, tablesWith, tablesWithout } from '../routing/route-tables.ts'
import { compileRouteVars } from './route-vars.ts'

/**
 * The tables of routes after a transaction. Throws as they do for what does not compile, and schema_violation for a route
 * that has too many hosts of its service.
 */
export function advanceRoutes(
  tables: RouteTables,
  next: Snapshot,
  changes: readonly Change[],
): RouteTables {
  let advanced = tables
  for (const change of changes) {
    if (isOf(change, 'routes')) {
      const route = change.after?.entity
      advanced =
        route === undefined ? tablesWithout(advanced, change.id) : placed(advanced, route, next)
    } else if (isOf(change, 'services') && concernsRoutes(change)) {
      for (const { entity } of next.tables.routes.values()) {
        if (entity.service?.id === change.id) advanced = placed(advanced, entity, next)
      }
    }
  }
  return advanced
}

/** Routes of a disabled service are left out. */
function placed(tables: RouteTables, route: Route, snapshot: Snapshot): RouteTables {
  const service =
    route.service === null ? undefined : entityById(snapshot, 'services', route.service.id)?.entity
  return (service?.enabled ?? true)
    ? tablesWith(tables, withHostsOf(service, route), compileRouteVars)
    : tablesWithout(tables, route.id)
}

/** A route of APISIX without hosts has those of its service (reference apisix.md, d1). */
function withHostsOf(service: Service | undefined, route: Route): Route {
  const inherits = route.apisix && route.hosts === null && route.apisix.any_host === null
  const hosts = inherits ? countingHosts(service?.apisix?.hosts ?? null) : null
  if (hosts === null) return route
  refuseTooManyPairs(route, hosts)
  return { ...route, hosts }
}

/** The same limit as for hosts of the route itself, which neither entity can judge alone. */
function refuseTooManyPairs({ id, name, apisix }: Route, hosts: readonly string[]): void {
  const pairs = hosts.length * (apisix?.uris.length ?? 0)
  if (pairs <= MAX_PAIRS) return
  const message = `'hosts' of the service times 'uris' of its route ${apisix?.id ?? name ?? id} must be at most ${MAX_PAIRS}, these are ${pairs}; divide the route, or give it hosts of its own`
  throw schemaViolation([{ path: ['hosts'], message }])
}

function concernsRoutes({ before, after }: Change<'services'>): boolean {
  if (before === null || after === null) return false
  return (
    before.entity.enabled !== after.entity.enabled ||
    !isDeepStrictEqual(before.entity.apisix?.hosts, after.entity.apisix?.hosts)
  )
}
