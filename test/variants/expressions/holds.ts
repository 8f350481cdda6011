import { compileExpression } from '../../../src/variants/expressions/compile-expression.ts'
import type { Value } from '../../../src/variants/expressions/expression.ts'
import { parseExpression } from '../../../src/variants/expressions/parse-expression.ts'

export type Values = Readonly<Record<string, Value>>

/** What an expression says where variables have these values. */
export function holds(vars: unknown, values: Values): boolean {
  return compiled(vars).holds(values)
}

/** An expression over plain values. */
export function compiled(vars: unknown) {
  return compileExpression<Values>(parseExpression(vars), (name) => ({
    kind: 'variable',
    read: (values) => values[name],
    isCostly: name.startsWith('costly_'),
  }))
}
