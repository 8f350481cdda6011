import type { ApisixRouteMatch } from '../../../src/model/apisix/route-match.ts'
import type { ParsedRequest } from '../../../src/model/request.ts'
import type { Route } from '../../../src/model/route.ts'
import type { ApisixRoute } from '../../../src/routing/apisix/apisix-entry.ts'
import { exampleRoute } from '../examples.ts'

/** A route as APISIX's dialect writes it. */
export function apisixRoute({
  apisix,
  ...fields
}: Partial<Omit<Route, 'apisix'>> & { readonly apisix: Partial<ApisixRouteMatch> }): ApisixRoute {
  const asked = { uris: ['/*'], priority: 0, vars: null, remote_addrs: null, ...apisix }
  return { ...exampleRoute({ strip_path: false, ...fields }), apisix: asked }
}

/** Stands in for the expression language, which routing is given: `[[name, "==", value]]` of a header field. */
export function headerEquals(vars: readonly unknown[]): (request: ParsedRequest) => boolean {
  const [[name, , value] = []] = vars as readonly (readonly string[])[]
  return ({ fields }) => fields.values[fields.names.indexOf(name ?? '')] === value
}
