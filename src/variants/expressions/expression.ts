import type { Position } from './expression-error.ts'
import type { OperatorName } from './operator-names.ts'

/** What a variable can be. Undefined is Lua's nil: there is no such variable, or the request does not have it. */
export type Value = string | number | boolean | undefined | readonly Value[]

/**
 * What a variable is compared with, as JSON; undefined for null and for none. Objects are like lists without elements,
 * as in Lua.
 */
export type Literal = unknown

/** An expression whose shape is right. */
export type Expression = Junction | Test

/** Operands of which all or any must hold; of none, all do. */
export interface Junction {
  readonly kind: 'all' | 'any'
  readonly isNegated: boolean
  readonly operands: readonly Expression[]
}

/** A comparison of one variable. */
export interface Test {
  readonly kind: 'test'
  readonly variable: string
  readonly operator: OperatorName
  readonly isNegated: boolean
  readonly literal: Literal
  readonly variableAt: Position
  readonly literalAt: Position
}
