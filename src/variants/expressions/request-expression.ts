import { compileExpression } from './compile-expression.ts'
import { parseExpression } from './parse-expression.ts'
import type { PatternBudget } from './pattern-budget.ts'
import type { RequestFacts } from './request-facts.ts'
import {
  ADDRESS_VARIABLES,
  FORM_PREFIX,
  GROUP_VARIABLES,
  requestVariable,
} from './request-variables.ts'

/** A condition on requests, compiled once per change of the configuration. */
export interface RequestExpression {
  /** Whether the request fulfils it. Never fails. */
  readonly holds: (facts: RequestFacts) => boolean
  /** A field of a form that it asks for, which somebody must read into `RequestFacts.formBody` before; null for none. */
  readonly formVariable: string | null
  /** A variable by which it asks for the consumer group in `RequestFacts`; null for none. */
  readonly groupVariable: string | null
  /** True when it asks for the address of the client or of the peer. */
  readonly needsAddress: boolean
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
    formVariable: names.find((name) => name.startsWith(FORM_PREFIX)) ?? null,
    groupVariable: names.find((name) => GROUP_VARIABLES.has(name)) ?? null,
    needsAddress: names.some((name) => ADDRESS_VARIABLES.has(name)),
  }
}
