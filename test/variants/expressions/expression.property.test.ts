import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Value } from '../../../src/variants/expressions/expression.ts'
import { ExpressionError } from '../../../src/variants/expressions/expression-error.ts'
import { compileRequestExpression } from '../../../src/variants/expressions/request-expression.ts'
import { naiveHolds } from '../../support/naive-expression.ts'
import { naiveVariable } from '../../support/naive-variable.ts'
import { anyValue, expressionOf } from './arbitrary-expression.ts'
import { anyFacts, REQUEST_VARIABLES } from './arbitrary-facts.ts'
import { holds } from './holds.ts'

const NAMES = ['x', 'y', 'costly_z']
const anyValues: fc.Arbitrary<Readonly<Record<string, Value>>> = fc.record({
  x: anyValue,
  y: anyValue,
  costly_z: anyValue,
})

describe('a compiled expression', () => {
  it('says what the naive interpreter says, of any values', () => {
    fc.assert(
      fc.property(expressionOf(NAMES), anyValues, (vars, values) => {
        expect(holds(vars, values)).toBe(naiveHolds(vars, (name) => values[name]))
      }),
      { numRuns: 3000 },
    )
  })

  it('says what the naive interpreter says, of any requests one after the other', () => {
    const anyRequests = fc.array(anyFacts, { minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(expressionOf(REQUEST_VARIABLES), anyRequests, (vars, requests) => {
        const expression = compileRequestExpression(vars)
        for (const facts of requests) {
          const expected = naiveHolds(vars, (name) => naiveVariable(name, facts))
          expect(expression.holds(facts)).toBe(expected)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('obeys the laws of De Morgan', () => {
    const anyOperands = fc.array(expressionOf(NAMES), { minLength: 2, maxLength: 4 })
    const not = (rule: unknown) => ['!AND', rule, rule]
    fc.assert(
      fc.property(anyOperands, anyValues, (found, values) => {
        // An empty list holds at the root only.
        const operands = found.map((rule) => (rule.length === 0 ? ['x', '>', 10] : rule))
        const said = (word: string, rules: readonly unknown[]) => holds([word, ...rules], values)
        expect(said('!AND', operands)).toBe(said('OR', operands.map(not)))
        expect(said('!OR', operands)).toBe(said('AND', operands.map(not)))
        expect(said('!AND', operands)).toBe(!said('AND', operands))
        expect(said('!OR', operands)).toBe(!said('OR', operands))
      }),
      { numRuns: 1000 },
    )
  })
})

describe('compiling', () => {
  const anyWord = fc.constantFrom(
    'AND',
    'or',
    '!AND',
    '!',
    '==',
    'in',
    '~~',
    'ipmatch',
    'http_x',
    '(',
  )
  const { anything } = fc.letrec<{ anything: unknown }>((tie) => ({
    anything: fc.oneof(
      { maxDepth: 5 },
      fc.oneof(anyWord, fc.constant(null), fc.jsonValue({ maxDepth: 1 })),
      fc.array(tie('anything'), { maxLength: 5 }),
    ),
  }))

  it.each<[what: string, vars: fc.Arbitrary<unknown>]>([
    ['any JSON', fc.jsonValue()],
    ['lists of the words of the grammar', anything],
  ])('accepts %s or says why not, and where', (_, anyVars) => {
    fc.assert(
      fc.property(anyVars, anyFacts, (vars, facts) => {
        const error = refusalOf(vars, (expression) => {
          expect(typeof expression.holds(facts)).toBe('boolean')
        })
        if (error === null) return
        expect(error.reason).not.toBe('')
        expect(leadsSomewhere(vars, error.position)).toBe(true)
      }),
      { numRuns: 3000 },
    )
  })
})

/** Why an expression is refused, null when it is not; anything else that is thrown is a failure. */
function refusalOf(
  vars: unknown,
  use: (expression: ReturnType<typeof compileRequestExpression>) => void,
): ExpressionError | null {
  let expression: ReturnType<typeof compileRequestExpression>
  try {
    expression = compileRequestExpression(vars)
  } catch (error) {
    if (error instanceof ExpressionError) return error
    throw error
  }
  use(expression)
  return null
}

/** True when there is a list at every step; the last may be where something is missing. */
function leadsSomewhere(vars: unknown, position: readonly number[]): boolean {
  let at = vars
  for (const index of position) {
    if (!Array.isArray(at) || index > at.length) return false
    at = at[index]
  }
  return true
}
