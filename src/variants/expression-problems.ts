import type { ErrorDetail } from '../model/errors.ts'
import type { TrafficSplitConfig } from '../model/plugins/traffic-split.ts'
import { ExpressionError } from './expressions/expression-error.ts'
import { PatternBudget } from './expressions/pattern-budget.ts'
import { compileRequestExpression } from './expressions/request-expression.ts'

/**
 * What is wrong with the expressions of a traffic-split, each with its field; empty when all can be used. Their regular
 * expressions are bounded together.
 */
export function expressionProblems({ rules }: TrafficSplitConfig): readonly ErrorDetail[] {
  const patterns = new PatternBudget()
  return (rules ?? []).flatMap(({ match }, ruleAt) =>
    (match ?? []).flatMap(({ vars }, matchAt) => {
      const problem = problemOf(vars, patterns)
      if (problem === null) return []
      const message = `failed to validate the 'vars' expression: ${problem}`
      return [{ path: ['config', 'rules', ruleAt, 'match', matchAt, 'vars'], message }]
    }),
  )
}

function problemOf(vars: unknown, patterns: PatternBudget): string | null {
  try {
    const { needsFormBody, needsConsumerGroup } = compileRequestExpression(vars, patterns)
    if (needsFormBody) return NO_BODY
    return needsConsumerGroup ? NO_GROUP : null
  } catch (error) {
    if (error instanceof ExpressionError) return error.message
    throw error
  }
}

/** The choice is made when the head of a request is there; bodies are forwarded as they come in. */
const NO_BODY =
  'post_arg_<name> cannot be used here, since bodies are not read before a request is forwarded; match on uri, a header, a cookie or an argument (arg_<name>)'
const NO_GROUP =
  'consumer_group and consumer_group_id cannot be used here, since consumer groups have no effect on requests; match on consumer_name, or limit the plugin to a consumer'
