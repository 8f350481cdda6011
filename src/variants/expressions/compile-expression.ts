import type { Expression, Junction, Test, Value } from './expression.ts'
import { ExpressionError } from './expression-error.ts'
import { compileOperator } from './operators.ts'
import { PatternBudget } from './pattern-budget.ts'

/** A variable as far as an expression can use it. */
export type Variable<Facts> =
  | {
      readonly kind: 'variable'
      readonly read: (facts: Facts) => Value
      /** True when reading it twice for one request costs more than keeping it. */
      readonly isCostly: boolean
    }
  | { readonly kind: 'refused'; readonly reason: string; readonly hint: string }

export interface CompiledExpression<Facts> {
  /** Whether the expression holds. Never fails. */
  readonly holds: (facts: Facts) => boolean
  /** Names of the variables it may read. */
  readonly variables: ReadonlySet<string>
}

/**
 * Compiles an expression to closures: nothing of it is looked at again. Operands are asked from left to right, as far
 * as it takes. A costly variable that stands in it more than once is read once per request.
 * `lookUp` knows the variables, `patterns` bounds what regular expressions may cost. Throws ExpressionError for a literal or a variable that cannot be used.
 */
export function compileExpression<Facts>(
  expression: Expression,
  lookUp: (name: string) => Variable<Facts>,
  patterns: PatternBudget = new PatternBudget(),
): CompiledExpression<Facts> {
  const compiler = new Compiler(lookUp, patterns)
  compiler.count(expression)
  const holds = compiler.compile(expression)
  const { kept } = compiler
  const variables = new Set(compiler.uses.keys())
  return { holds: kept.length === 0 ? holds : forgetting(holds, kept), variables }
}

type Holds<Facts> = (facts: Facts) => boolean
type Read<Facts> = (facts: Facts) => Value

/** The value of a variable during one evaluation. Evaluations do not overlap: none of them waits. */
interface Kept {
  isKnown: boolean
  value: Value
}

/** Values of one request are neither left for the next one nor held on to. */
function forgetting<Facts>(holds: Holds<Facts>, kept: readonly Kept[]): Holds<Facts> {
  return (facts) => {
    try {
      return holds(facts)
    } finally {
      for (const cell of kept) {
        cell.isKnown = false
        cell.value = undefined
      }
    }
  }
}

class Compiler<Facts> {
  /** How often each variable stands in the expression. */
  readonly uses = new Map<string, number>()
  readonly kept: Kept[] = []
  readonly #lookUp: (name: string) => Variable<Facts>
  readonly #readers = new Map<string, Read<Facts>>()
  readonly #patterns: PatternBudget

  constructor(lookUp: (name: string) => Variable<Facts>, patterns: PatternBudget) {
    this.#lookUp = lookUp
    this.#patterns = patterns
  }

  count(expression: Expression): void {
    if (expression.kind === 'test') {
      this.uses.set(expression.variable, (this.uses.get(expression.variable) ?? 0) + 1)
    } else for (const operand of expression.operands) this.count(operand)
  }

  compile(expression: Expression): Holds<Facts> {
    return expression.kind === 'test' ? this.#test(expression) : this.#junction(expression)
  }

  #junction({ kind, isNegated, operands }: Junction): Holds<Facts> {
    const parts = operands.map((operand) => this.compile(operand))
    const [only] = parts
    const holds = parts.length === 1 && only ? only : kind === 'all' ? allOf(parts) : anyOf(parts)
    return isNegated ? (facts) => !holds(facts) : holds
  }

  #test(test: Test): Holds<Facts> {
    const read = this.#reader(test)
    const place = { position: test.literalAt, patterns: this.#patterns }
    const check = compileOperator(test.operator, test.literal, place)
    return test.isNegated ? (facts) => !check(read(facts)) : (facts) => check(read(facts))
  }

  #reader({ variable: name, variableAt }: Test): Read<Facts> {
    const known = this.#readers.get(name)
    if (known !== undefined) return known
    const variable = this.#lookUp(name)
    if (variable.kind === 'refused') {
      throw new ExpressionError(variable.reason, variableAt, variable.hint)
    }
    const isShared = variable.isCostly && (this.uses.get(name) ?? 0) > 1
    const read = isShared ? this.#keeping(variable.read) : variable.read
    this.#readers.set(name, read)
    return read
  }

  #keeping(read: Read<Facts>): Read<Facts> {
    const cell: Kept = { isKnown: false, value: undefined }
    this.kept.push(cell)
    return (facts) => {
      if (!cell.isKnown) {
        cell.value = read(facts)
        cell.isKnown = true
      }
      return cell.value
    }
  }
}

function allOf<Facts>(parts: readonly Holds<Facts>[]): Holds<Facts> {
  return (facts) => {
    for (const part of parts) if (!part(facts)) return false
    return true
  }
}

function anyOf<Facts>(parts: readonly Holds<Facts>[]): Holds<Facts> {
  return (facts) => {
    for (const part of parts) if (part(facts)) return true
    return false
  }
}
