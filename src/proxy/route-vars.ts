import { NOBODY } from '../model/identity.ts'
import type { CompileVars } from '../routing/apisix/apisix-entry.ts'
import { compileRequestExpression } from '../variants/expressions/request-expression.ts'

/**
 * Compiles `vars` of a route. When they are asked there is neither route nor service nor consumer yet, so that their
 * variables are nil (reference apisix.md, b3). Throws ExpressionError for those that were not checked on write.
 */
export const compileRouteVars: CompileVars = (vars) => {
  const { holds } = compileRequestExpression(vars)
  return (request) => holds({ request, ...NOTHING_KNOWN })
}

const NOTHING_KNOWN = {
  identity: NOBODY,
  consumerGroup: null,
  route: null,
  service: null,
  formBody: null,
} as const
