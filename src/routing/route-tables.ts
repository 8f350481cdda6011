import type { ParsedRequest } from '../model/request.ts'
import type { Route } from '../model/route.ts'
import { type CompileVars, isApisixRoute } from './apisix/apisix-entry.ts'
import {
  type ApisixRouter,
  apisixRouterWith,
  apisixRouterWithout,
  EMPTY_APISIX_ROUTER,
  matchApisixRoute,
} from './apisix/apisix-router.ts'
import type { RouteMatch } from './route-entry.ts'
import { emptyRouter, matchRoute, type Router, routerWith, routerWithout } from './router.ts'

/** All routes, each in the table of the dialect whose rules match it. Immutable like both tables. */
export interface RouteTables {
  readonly kong: Router
  /** Null without a route in it. */
  readonly apisix: ApisixRouter | null
}

export const NO_ROUTES: RouteTables = { kong: emptyRouter(), apisix: null }

/** The tables with this route, in place of one with the same id in either of them. Throws as they do. */
export function tablesWith(
  tables: RouteTables,
  route: Route,
  compileVars: CompileVars,
): RouteTables {
  if (!isApisixRoute(route)) {
    return { kong: routerWith(tables.kong, route), apisix: withoutRoute(tables.apisix, route.id) }
  }
  return {
    kong: routerWithout(tables.kong, route.id),
    apisix: apisixRouterWith(tables.apisix ?? EMPTY_APISIX_ROUTER, route, compileVars),
  }
}

/** The tables without this route. */
export function tablesWithout({ kong, apisix }: RouteTables, routeId: string): RouteTables {
  return { kong: routerWithout(kong, routeId), apisix: withoutRoute(apisix, routeId) }
}

/** The route for a request, or null: Kong's rules are asked first, and APISIX's when they have none. */
export function matchTables(
  { kong, apisix }: RouteTables,
  request: ParsedRequest,
): RouteMatch | null {
  const match = matchRoute(kong, request)
  return match === null && apisix !== null ? matchApisixRoute(apisix, request) : match
}

function withoutRoute(router: ApisixRouter | null, routeId: string): ApisixRouter | null {
  if (router === null) return null
  const rest = apisixRouterWithout(router, routeId)
  return rest.placedByRoute.size === 0 ? null : rest
}
