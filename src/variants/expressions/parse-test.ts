import type { Literal, Test } from './expression.ts'
import { ExpressionError, type Position, shown } from './expression-error.ts'
import { isOperatorName, OPERATOR_NAMES } from './operator-names.ts'

/** Longest variable name, in UTF-16 units. */
const MAX_NAME_LENGTH = 256
/** Longest text to compare with, in UTF-16 units: no part of a request head is longer. */
const MAX_TEXT_LENGTH = 8192
/** Most elements of a list to compare with. */
const MAX_ELEMENTS = 1000

/**
 * Reads `[variable, operator, value]`, `[variable, "!", operator, value]` and the deprecated `[variable, value]`, whose
 * value is compared in lower case. A list of more than four goes by its first three elements, as in APISIX.
 * `rule` is not empty. Throws ExpressionError.
 */
export function parseTest(rule: readonly unknown[], position: Position): Test {
  const variableAt = [...position, 0]
  const variable = variableName(rule[0], variableAt)
  if (rule.length === 1) {
    const hint = 'a comparison is [variable, operator, value]'
    throw new ExpressionError('invalid expression', position, hint)
  }
  const isNegated = rule.length === 4
  if (isNegated && rule[1] !== '!') {
    const hint = 'the second of four elements must be "!"'
    throw new ExpressionError("bad 'not' expression", [...position, 1], hint)
  }
  const wordIndex = isNegated ? 2 : 1
  const wordAt = [...position, wordIndex]
  const word = operatorWord(rule[wordIndex], wordAt)
  if (isOperatorName(word)) {
    const literalAt = [...position, wordIndex + 1]
    const literal = literalOf(rule[wordIndex + 1], literalAt)
    return { kind: 'test', variable, operator: word, isNegated, literal, variableAt, literalAt }
  }
  if (rule.length === 2) {
    const literal = literalOf(word, wordAt)
    return {
      kind: 'test',
      variable,
      operator: '==',
      isNegated,
      literal,
      variableAt,
      literalAt: wordAt,
    }
  }
  const hint = `it must be one of ${OPERATOR_NAMES.join(', ')}`
  throw new ExpressionError(`invalid operator '${shown(word)}'`, wordAt, hint)
}

function variableName(name: unknown, position: Position): string {
  if (typeof name !== 'string') {
    const hint = 'here must be the name of a variable, a string'
    throw new ExpressionError('invalid expression', position, hint)
  }
  if (name.length > MAX_NAME_LENGTH) {
    const hint = `at most ${MAX_NAME_LENGTH} characters are allowed`
    throw new ExpressionError('variable name too long', position, hint)
  }
  return name
}

/** Lower-case, of the letters of ASCII only, as in Lua. A number becomes text, as in Lua. */
function operatorWord(word: unknown, position: Position): string {
  if (typeof word === 'number') return String(word)
  if (typeof word === 'string') return word.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
  const hint = 'here must be an operator, a string'
  throw new ExpressionError('invalid expression', position, hint)
}

function literalOf(literal: unknown, position: Position): Literal {
  if (Array.isArray(literal)) {
    if (literal.length > MAX_ELEMENTS) {
      const hint = `${literal.length} elements, at most ${MAX_ELEMENTS} are allowed`
      throw new ExpressionError('value too long', position, hint)
    }
    for (let i = 0; i < literal.length; i++) refuseLongText(literal[i], [...position, i])
  }
  refuseLongText(literal, position)
  return literal ?? undefined
}

function refuseLongText(value: unknown, position: Position): void {
  if (typeof value !== 'string' || value.length <= MAX_TEXT_LENGTH) return
  const hint = `${value.length} characters, at most ${MAX_TEXT_LENGTH} are allowed`
  throw new ExpressionError('value too long', position, hint)
}
