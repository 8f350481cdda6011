import { type Change, isOf } from '../model/entity.ts'
import type { Route } from '../model/route.ts'
import { entityById, type Snapshot } from '../model/snapshot.ts'
import { type RouteTables, tablesWith, tablesWithout } from '../routing/route-tables.ts'
import { compileRouteVars } from './route-vars.ts'

/** The tables of routes after a transaction. Throws as they do for what does not compile. */
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
    } else if (isOf(change, 'services') && isEnabledToggled(change)) {
      for (const { entity } of next.tables.routes.values()) {
        if (entity.service?.id === change.id) advanced = placed(advanced, entity, next)
      }
    }
  }
  return advanced
}

/** Routes of a disabled service are left out. */
function placed(tables: RouteTables, route: Route, snapshot: Snapshot): RouteTables {
  return isServed(route, snapshot)
    ? tablesWith(tables, route, compileRouteVars)
    : tablesWithout(tables, route.id)
}

function isServed(route: Route, snapshot: Snapshot): boolean {
  if (route.service === null) return true
  return entityById(snapshot, 'services', route.service.id)?.entity.enabled ?? true
}

function isEnabledToggled(change: Change<'services'>): boolean {
  return (
    change.before !== null &&
    change.after !== null &&
    change.before.entity.enabled !== change.after.entity.enabled
  )
}
