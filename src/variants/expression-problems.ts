import type { Entity, EntityKind } from '../model/entity.ts'
import type { ErrorDetail } from '../model/errors.ts'
import type { Plugin } from '../model/plugin.ts'
import type { TrafficSplitConfig } from '../model/plugins/traffic-split.ts'
import type { Route } from '../model/route.ts'
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
    (match ?? []).flatMap(({ vars }, matchAt) =>
      problemsOf(vars, {
        path: ['config', 'rules', ruleAt, 'match', matchAt, 'vars'],
        patterns,
        isOfRoute: false,
      }),
    ),
  )
}

/** The same for the expression of a route. */
export function routeVarsProblems({ apisix }: Route): readonly ErrorDetail[] {
  return varsProblems(apisix?.vars ?? null, ['apisix', 'vars'])
}

/** The same for the expression of a route by itself, which stands at `path`; null is none. */
export function varsProblems(
  vars: readonly unknown[] | null,
  path: ErrorDetail['path'],
): readonly ErrorDetail[] {
  if (vars === null) return []
  return problemsOf(vars, { path, patterns: new PatternBudget(), isOfRoute: true })
}

/** The same for an entity of any kind. */
export function expressionProblemsOf(kind: EntityKind, entity: Entity): readonly ErrorDetail[] {
  if (kind === 'routes') return routeVarsProblems(entity as Route)
  if (kind !== 'plugins') return []
  const plugin = entity as Plugin
  return plugin.name === 'traffic-split' ? expressionProblems(plugin.config) : []
}

interface Place {
  readonly path: ErrorDetail['path']
  readonly patterns: PatternBudget
  /** It chooses the route, before more is known of the request than its head. */
  readonly isOfRoute: boolean
}

function problemsOf(vars: unknown, { path, patterns, isOfRoute }: Place): readonly ErrorDetail[] {
  const problem = problemOf(vars, patterns, isOfRoute)
  if (problem === null) return []
  return [{ path, message: `failed to validate the 'vars' expression: ${problem}` }]
}

function problemOf(vars: unknown, patterns: PatternBudget, isOfRoute: boolean): string | null {
  try {
    const { formVariable, groupVariable } = compileRequestExpression(vars, patterns)
    if (!isOfRoute) return null
    if (formVariable !== null) return `unsupported variable '${formVariable}': ${NO_BODY}`
    return groupVariable === null ? null : `unsupported variable '${groupVariable}': ${NO_CONSUMER}`
  } catch (error) {
    if (error instanceof ExpressionError) return error.message
    throw error
  }
}

const NO_BODY =
  'post_arg_<name> cannot be used here, since bodies are read only once a route is found; match on uri, a header, a cookie or an argument (arg_<name>)'
const NO_CONSUMER =
  'consumer_group and consumer_group_id cannot be used here, since a consumer is known only once a route is found'
