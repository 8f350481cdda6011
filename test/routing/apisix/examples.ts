import type { ApisixRouteMatch } from '../../../src/model/apisix/route-match.ts'
import type { ParsedRequest } from '../../../src/model/request.ts'
import type { Route } from '../../../src/model/route.ts'
import type { ApisixRoute } from '../../../src/routing/apisix/apisix-entry.ts'
import { parse } from '../../model/entity-input.ts'
import { exampleRoute } from '../examples.ts'

const { apisix } = parse('routes', { apisix: { uris: ['/*'] } })
if (!apisix) throw new Error('a route with apisix has it')
const DEFAULTS = apisix

/** A route as APISIX's dialect writes it. */
export function apisixRoute({
  apisix,
  ...fields
}: Partial<Omit<Route, 'apisix'>> & { readonly apisix: Partial<ApisixRouteMatch> }): ApisixRoute {
  return { ...exampleRoute({ strip_path: false, ...fields }), apisix: { ...DEFAULTS, ...apisix } }
}

/** Stands in for the expression language, which routing is given: `[[name, "==", value]]` of a header field. */
export function headerEquals(vars: readonly unknown[]): (request: ParsedRequest) => boolean {
  const [[name, , value] = []] = vars as readonly (readonly string[])[]
  return ({ fields }) => fields.values[fields.names.indexOf(name ?? '')] === value
}
