import type { Expression, Junction } from './expression.ts'
import { ExpressionError, type Position } from './expression-error.ts'
import { parseTest } from './parse-test.ts'

/** Most lists within each other. */
export const MAX_DEPTH = 32
/** Most comparisons and lists of them together. */
export const MAX_RULES = 1000

/**
 * Reads an expression from JSON (the grammar of lua-resty-expr 1.3.2; reference apisix.md, b1). `[]` holds always.
 * Throws ExpressionError, and nothing else, for any other JSON: with APISIX's reasons (b2) where it has some; where it
 * would answer 500, and for what is too deep or too long, with our own.
 */
export function parseExpression(input: unknown): Expression {
  if (input === null || input === undefined) throw new ExpressionError('missing argument rule', [])
  if (!Array.isArray(input)) throw unwrapped([], 'it must be a list')
  if (input.length === 0) return { kind: 'all', isNegated: false, operands: [] }
  const [first] = input
  if (!Array.isArray(first) && junctionNamed(first) === null) {
    throw unwrapped([0], `here must be a list or one of ${LOGIC_WORDS.join(', ')}`)
  }
  return new Parser().parseRule(input, [])
}

type JunctionWord = Pick<Junction, 'kind' | 'isNegated'>

const JUNCTIONS: ReadonlyMap<string, JunctionWord> = new Map([
  ['AND', { kind: 'all', isNegated: false }],
  ['OR', { kind: 'any', isNegated: false }],
  ['!AND', { kind: 'all', isNegated: true }],
  ['!OR', { kind: 'any', isNegated: true }],
])
const LOGIC_WORDS = [...JUNCTIONS.keys()]
const IMPLICIT_AND: JunctionWord = { kind: 'all', isNegated: false }

function junctionNamed(word: unknown): JunctionWord | null {
  return typeof word === 'string' ? (JUNCTIONS.get(word.toUpperCase()) ?? null) : null
}

function unwrapped(position: Position, hint: string): ExpressionError {
  return new ExpressionError('rule should be wrapped inside brackets', position, hint)
}

/** Counts what it has read: a list of a million rules is refused at the first that is too much. */
class Parser {
  #ruleCount = 0

  parseRule(rule: unknown, position: Position): Expression {
    this.#refuseTooMuch(position)
    if (!Array.isArray(rule)) {
      const hint = 'here must be a list; a logic word goes before all of its operands'
      throw new ExpressionError('invalid expression', position, hint)
    }
    if (rule.length === 0) throw new ExpressionError('rule too short', position)
    const [first] = rule
    if (Array.isArray(first)) return this.#junction(IMPLICIT_AND, rule, { position, from: 0 })
    const word = junctionNamed(first)
    if (word === null) return parseTest(rule, position)
    if (rule.length < 3) {
      throw new ExpressionError(
        'rule too short',
        position,
        'a logic word takes at least 2 operands',
      )
    }
    return this.#junction(word, rule, { position, from: 1 })
  }

  #junction(
    word: JunctionWord,
    rule: readonly unknown[],
    { position, from }: { readonly position: Position; readonly from: number },
  ): Junction {
    const operands: Expression[] = []
    for (let i = from; i < rule.length; i++) {
      operands.push(this.parseRule(rule[i], [...position, i]))
    }
    return { ...word, operands }
  }

  #refuseTooMuch(position: Position): void {
    this.#ruleCount++
    if (this.#ruleCount > MAX_RULES) {
      const hint = `at most ${MAX_RULES} comparisons and lists of them are allowed`
      throw new ExpressionError('expression too long', position, hint)
    }
    if (position.length >= MAX_DEPTH) {
      const hint = `at most ${MAX_DEPTH} lists within each other are allowed`
      throw new ExpressionError('expression too deep', position, hint)
    }
  }
}
