import { compileExpression } from './compile-expression.ts'
import { parseExpression } from './parse-expression.ts'
import type { PatternBudget } from './pattern-budget.ts'
import type { RequestFacts } from './request-facts.ts'
import { FORM_PREFIX, GROUP_VARIABLES, requestVariable } from './request-variables.ts'

/** A condition on requests, compiled once per change of the configuration. */
export interface RequestExpression {
  /** Whether the request fulfils it. Never fails. */
  readonly holds: (facts: RequestFacts) => boolean
  /** True when it asks for fields of a form, which somebody must read into `RequestFacts.formBody` before. */
  readonly needsFormBody: boolean
  /** True when it asks for the consumer group in `RequestFacts`. */
  readonly needsConsumerGroup: boolean
}

/**
 * Compiles the `vars` of APISIX's traffic-split, routes and filters (reference apisix.md, section b). Throws
 * ExpressionError, whose message begins as APISIX's does and says where in the expression it is wrong.
 */
export function compileRequestExpression(
  vars: unknown,
  patterns?: PatternBudget,
): RequestExpression {
  const { holds, variables } = compileExpression(parseExpression(vars), requestVariable, patterns)
  const names = [...variables]
  return {
    holds,
    needsFormBody: names.some((name) => name.startsWith(FORM_PREFIX)),
    needsConsumerGroup: names.some((name) => GROUP_VARIABLES.has(name)),
  }
}
