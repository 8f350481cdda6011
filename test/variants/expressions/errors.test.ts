import { describe, expect, it } from 'vitest'
import { ExpressionError } from '../../../src/variants/expressions/expression-error.ts'
import { compileRequestExpression } from '../../../src/variants/expressions/request-expression.ts'

const A = ['arg_a', '==', '1']

function errorOf(vars: unknown): ExpressionError {
  try {
    compileRequestExpression(vars)
  } catch (error) {
    if (error instanceof ExpressionError) return error
    throw error
  }
  throw new Error('the expression was accepted')
}

function nested(depth: number): unknown {
  let vars: unknown = A
  for (let i = 1; i < depth; i++) vars = [vars]
  return vars
}

describe('an expression that cannot be used', () => {
  it.each<[vars: unknown, reason: string, position: readonly number[]]>([
    [undefined, 'missing argument rule', []],
    [null, 'missing argument rule', []],
    ['arg_a', 'rule should be wrapped inside brackets', []],
    [{}, 'rule should be wrapped inside brackets', []],
    [7, 'rule should be wrapped inside brackets', []],
    [['arg_a', '==', 'b'], 'rule should be wrapped inside brackets', [0]],
    [['XOR', A, A], 'rule should be wrapped inside brackets', [0]],
    [[null], 'rule should be wrapped inside brackets', [0]],
    [[true, A], 'rule should be wrapped inside brackets', [0]],
    [[{}, A], 'rule should be wrapped inside brackets', [0]],
    [[[]], 'rule too short', [0]],
    [[A, []], 'rule too short', [1]],
    [['OR'], 'rule too short', []],
    [['OR', A], 'rule too short', []],
    [['OR', A, ['AND']], 'rule too short', [2]],
    [['OR', A, [[A, ['!or', A]]]], 'rule too short', [2, 0, 1]],
    [[['arg_a']], 'invalid expression', [0]],
    [[A, 'OR', A], 'invalid expression', [1]],
    [['OR', A, 'arg_a'], 'invalid expression', [2]],
    [[A, { arg_a: 1 }], 'invalid expression', [1]],
    [[A, null], 'invalid expression', [1]],
    [[[true, '==', '1']], 'invalid expression', [0, 0]],
    [[[5, '==', '1']], 'invalid expression', [0, 0]],
    [[[null, '==', '1']], 'invalid expression', [0, 0]],
    [[['arg_a', null, '1']], 'invalid expression', [0, 1]],
    [[['arg_a', ['=='], '1']], 'invalid expression', [0, 1]],
    [[['arg_a', true]], 'invalid expression', [0, 1]],
    [[['arg_a', '!', null, '1']], 'invalid expression', [0, 2]],
    [[['arg_a', '=', '1']], "invalid operator '='", [0, 1]],
    [[['arg_a', 'LIKE', '1']], "invalid operator 'like'", [0, 1]],
    [[['arg_a', '!', '<']], "invalid operator '!'", [0, 1]],
    [[['arg_a', '!', 'Like', '1']], "invalid operator 'like'", [0, 2]],
    [[['arg_a', 5, '1']], "invalid operator '5'", [0, 1]],
    [[['arg_a', 'constructor', '1']], "invalid operator 'constructor'", [0, 1]],
    [[['arg_a', 'not in', null]], "invalid operator 'not in'", [0, 1]],
    [[A, ['XOR', '1', A]], "invalid operator '1'", [1, 1]],
    [[['!', 'arg_a', '==', '1']], "bad 'not' expression", [0, 1]],
    [[A, ['OR', A, ['arg_a', '==', '1', '2']]], "bad 'not' expression", [1, 2, 1]],
    [[['remote_addr', 'ipmatch']], 'invalid ip address', [0, 2]],
    [[['remote_addr', 'ipmatch', null]], 'invalid ip address', [0, 2]],
    [[['remote_addr', 'ipmatch', '']], 'invalid ip address', [0, 2]],
    [[['remote_addr', 'ipmatch', []]], 'invalid ip address', [0, 2]],
    [[['remote_addr', '!', 'ipmatch', []]], 'invalid ip address', [0, 3]],
    [[['remote_addr', 'ipmatch', 'ten']], 'invalid ip address: ten', [0, 2]],
    [[['remote_addr', 'ipmatch', '10.0.0.0/33']], 'invalid ip address: 10.0.0.0/33', [0, 2]],
    [[['remote_addr', 'ipmatch', ['::1', '']]], 'invalid ip address: ', [0, 2, 1]],
    [[['remote_addr', 'ipmatch', ['::1', null]]], 'invalid ip address: null', [0, 2, 1]],
    [[['remote_addr', 'ipmatch', 10]], 'invalid ip address: 10', [0, 2]],
    [[['uri', '~~', '(a']], "invalid regular expression '(a'", [0, 2]],
    [[['uri', '!', '~*', 'a(?=b)']], "invalid regular expression 'a(?=b)'", [0, 3]],
    [[['uri', '~~', null]], 'invalid regular expression', [0, 2]],
    [[['uri', '~~', ['a']]], 'invalid regular expression', [0, 2]],
    [[['uri', '~~']], 'invalid regular expression', [0, 2]],
    [[['graphql_name', '==', 'q']], "unsupported variable 'graphql_name'", [0, 0]],
    [
      ['OR', A, ['graphql_root_fields', 'has', 'q']],
      "unsupported variable 'graphql_root_fields'",
      [2, 0],
    ],
    [[['post_arg.model', '==', 'm']], "unsupported variable 'post_arg.model'", [0, 0]],
  ])('%j: %s', (vars, reason, position) => {
    const error = errorOf(vars)
    expect(error.reason).toBe(reason)
    expect(error.position).toEqual(position)
    expect(error.message.startsWith(`${reason} at `)).toBe(true)
  })

  it('is told where it is wrong and what is allowed there', () => {
    expect(errorOf([A, ['OR', A, ['arg_a', '=', '1']]]).message).toBe(
      "invalid operator '=' at [1][2][1]; it must be one of ==, ~=, >, >=, <, <=, ~~, ~*, in, has, ipmatch",
    )
    expect(errorOf(['OR', A]).message).toBe(
      'rule too short at the root; a logic word takes at least 2 operands',
    )
    expect(errorOf([['uri', '~~', 'a(?=b)']]).message).toBe(
      "invalid regular expression 'a(?=b)' at [0][2]; look-ahead not supported, because a pattern must match in linear time",
    )
    expect(errorOf([['graphql_name', '==', 'q']]).message).toContain('does not read GraphQL')
  })

  it('may be 32 lists deep and no deeper', () => {
    expect(() => compileRequestExpression(nested(32))).not.toThrow()
    const error = errorOf(nested(33))
    expect(error.reason).toBe('expression too deep')
    expect(error.message).toContain('at most 32')
    expect(errorOf(nested(200_000)).reason).toBe('expression too deep')
  })

  it('may have 1000 rules and no more', () => {
    const ofLength = (count: number) => Array.from({ length: count }, () => A)
    expect(() => compileRequestExpression(ofLength(999))).not.toThrow()
    expect(errorOf(ofLength(1000))).toMatchObject({
      reason: 'expression too long',
      position: [999],
    })
    expect(errorOf(ofLength(3_000_000)).reason).toBe('expression too long')
  })

  it.each<[value: unknown, given: string, position: readonly number[]]>([
    ['a'.repeat(8193), '8193 characters, at most 8192', [0, 2]],
    [['b', 'a'.repeat(8193)], '8193 characters, at most 8192', [0, 2, 1]],
    [Array(1001).fill('a'), '1001 elements, at most 1000', [0, 2]],
  ])('may not have a value that no request can have (%#)', (value, given, position) => {
    const error = errorOf([['arg_a', 'in', value]])
    expect(error).toMatchObject({ reason: 'value too long', position })
    expect(error.message).toContain(given)
  })

  it('may not have a name that no request can have', () => {
    const error = errorOf([[`arg_${'a'.repeat(300)}`, '==', '1']])
    expect(error).toMatchObject({ reason: 'variable name too long', position: [0, 0] })
  })

  it.each<[what: string, patterns: readonly string[], reason: string, hint: string]>([
    ['long', ['a'.repeat(1025)], 'invalid regular expression', 'at most 1024'],
    ['large', ['[a-z]{1000}{9}'], 'invalid regular expression', 'at most 2000'],
    ['numerous', Array(101).fill('a'), 'too many regular expressions', 'at most 100'],
    [
      'large together',
      Array(6).fill('[a-z]{900}'),
      'too many regular expressions',
      'at most 10000',
    ],
  ])('may not have patterns that are too %s', (_, patterns, reason, hint) => {
    const error = errorOf(patterns.map((pattern) => ['uri', '~~', pattern]))
    expect(error.reason.startsWith(reason)).toBe(true)
    expect(error.message).toContain(hint)
    expect(error.position).toEqual([patterns.length - 1, 2])
  })

  it('does not fill the message with what was given', () => {
    expect(errorOf([['arg_a', 'x'.repeat(9000), '1']]).message.length).toBeLessThan(300)
    expect(errorOf([['arg_a', 'ipmatch', 'x'.repeat(8000)]]).message.length).toBeLessThan(300)
  })
})
