import { describe, expect, it } from 'vitest'
import type { Value } from '../../../src/variants/expressions/expression.ts'
import { naiveHolds } from '../../support/naive-expression.ts'
import { holds } from './holds.ts'

type Row = readonly [value: Value, literal: unknown, expected: boolean]

const NIL = undefined
const CIDRS = ['10.0.0.0/8', '2001:db8::/32', '192.0.2.1']

/** What each operator says of the value of a variable and a literal (reference apisix.md, b1). */
const ROWS: Readonly<Record<string, readonly Row[]>> = {
  '==': [
    ['green', 'green', true],
    ['green', 'blue', false],
    ['Green', 'green', false],
    ['', '', true],
    [NIL, 'green', false],
    [NIL, '', false],
    [NIL, null, true],
    ['', null, false],
    ['green', null, false],
    [false, null, false],
    [true, true, true],
    [true, false, false],
    [true, 'true', false],
    ['true', true, false],
    [true, 1, false],
    [NIL, false, false],
    ['10', 10, true],
    ['10.0', 10, true],
    [' 10\t', 10, true],
    ['1e1', 10, true],
    ['0x0A', 10, true],
    ['-0x0A', -10, true],
    ['+10', 10, true],
    ['10.', 10, true],
    ['.5', 0.5, true],
    ['0', -0, true],
    ['', 0, false],
    [' ', 0, false],
    ['0o17', 15, false],
    ['0b11', 3, false],
    ['1_000', 1000, false],
    ['\u00a010', 10, false],
    ['abc', 10, false],
    ['10', '10.0', false],
    [10, 10, true],
    [10, '10', false],
    [NIL, 10, false],
    [['a'], 'a', false],
    [['a'], ['a'], false],
    ['a', ['a'], false],
    ['a', { a: 1 }, false],
    [NIL, [], false],
  ],
  '~=': [
    ['green', 'blue', true],
    ['green', 'green', false],
    [NIL, 'green', true],
    [NIL, null, false],
    ['green', null, true],
    ['', null, true],
    ['18', 18, false],
    ['16', 18, true],
    ['aa', 18, true],
    [NIL, 18, true],
    [true, 1, true],
    ['18', '18', false],
    [['a'], ['a'], true],
  ],
  '>': [
    ['11', 10, true],
    ['10', 10, false],
    ['9', 10, false],
    ['9', '10', false],
    ['11', '10', true],
    ['0x10', 15, true],
    [' 11 ', 10, true],
    [11, 10, true],
    ['abc', 10, false],
    ['11', 'abc', false],
    ['b', 'a', false],
    ['', -1, false],
    [true, 0, false],
    [NIL, -1, false],
    ['1', null, false],
    ['1', [0], false],
    [['11'], 10, false],
    ['1e999', 10, true],
  ],
  '>=': [
    ['2', '2', true],
    ['2', 3, false],
    ['3', 2.5, true],
    ['b', 'a', false],
    [NIL, 0, false],
    [true, true, false],
    [['3'], 2, false],
  ],
  '<': [
    ['9', 10, true],
    ['10', 10, false],
    ['-11', '-10', true],
    ['9', '10', true],
    ['a', 'b', false],
    ['', 1, false],
    [NIL, 1, false],
    [false, 1, false],
  ],
  '<=': [
    ['3', 3, true],
    ['3', '2', false],
    ['1.5', 1.5, true],
    ['a', 'a', false],
    [NIL, 1, false],
    [['1'], 3, false],
  ],
  '~~': [
    ['green', 'ree', true],
    ['green', '^gr', true],
    ['green', '^re', false],
    ['green', 'GREEN', false],
    ['green', '^gr[aeiou]{2}n$', true],
    ['', '^$', true],
    ['a9', '[0-9]', true],
    ['15', 5, true],
    [15, '^15$', true],
    [true, '^true$', true],
    [false, 'false', false],
    [NIL, '.*', false],
    [['green'], 'green', false],
    ['día', '^d.a$', true],
  ],
  '~*': [
    ['green', 'GREEN', true],
    ['A', 'a', true],
    ['b', 'A', false],
    ['', 'A', false],
    ['xGrEeNx', 'green', true],
    ['ÉTÉ', 'été', true],
    [NIL, 'a', false],
    [['a'], 'A', false],
  ],
  in: [
    ['1', ['1', '2'], true],
    ['2', ['1', '2'], true],
    ['4', ['1', '2'], false],
    ['1', [1, 2], false],
    [1, [1, 2], true],
    [1, ['1'], false],
    [true, [true], true],
    [true, ['true', 1], false],
    ['a', [], false],
    ['a', 'a', false],
    ['a', 'abc', false],
    ['a', null, false],
    ['a', { a: 'a' }, false],
    [NIL, ['a'], false],
    [NIL, [null], false],
    [['a'], [['a']], false],
    ['A', ['a'], false],
  ],
  has: [
    [['a', 'b'], 'a', true],
    [['b'], 'a', false],
    [[], 'a', false],
    [[1], 1, true],
    [['1'], 1, false],
    [['true'], true, false],
    [[true], true, true],
    ['abc', 'a', false],
    ['a', 'a', false],
    [NIL, 'a', false],
    [NIL, null, false],
    [['a'], null, false],
    [['a'], ['a'], false],
    [true, true, false],
  ],
  ipmatch: [
    ['127.0.0.1', '127.0.0.1', true],
    ['127.0.0.2', '127.0.0.1', false],
    ['127.0.7.9', '127.0.0.0/16', true],
    ['127.1.0.0', '127.0.0.0/16', false],
    ['10.9.8.7', CIDRS, true],
    ['192.0.2.1', CIDRS, true],
    ['192.0.2.2', CIDRS, false],
    ['2001:db8:7::1', CIDRS, true],
    ['2001:DB8:0:0::1', '2001:db8::1', true],
    ['::ffff:10.0.0.1', CIDRS, true],
    ['fe80::1', CIDRS, false],
    ['203.0.113.9', '0.0.0.0/0', true],
    ['ten', CIDRS, false],
    ['', CIDRS, false],
    ['10.0.0.1 ', CIDRS, false],
    ['10.0.0.1:80', CIDRS, false],
    ['10', '0.0.0.0/0', false],
    [10, '0.0.0.0/0', false],
    [true, CIDRS, false],
    [NIL, CIDRS, false],
    [['10.0.0.1'], CIDRS, false],
  ],
}

const CASES = Object.entries(ROWS).flatMap(([operator, rows]) =>
  rows.map(([value, literal, expected]) => ({ operator, value, literal, expected })),
)

const ALWAYS = ['y', '==', null]
const NEVER = ['y', '~=', null]

/** The same as the test, on the fifth level. */
function fiveDeep(test: unknown): unknown {
  return ['OR', NEVER, ['AND', ALWAYS, ['!OR', NEVER, ['!AND', ALWAYS, [test]]]]]
}

describe('an operator', () => {
  it('has a table of more than 150 rows', () => {
    expect(CASES.length).toBeGreaterThanOrEqual(150)
  })

  it.each(CASES)(
    '$value $operator $literal: $expected',
    ({ operator, value, literal, expected }) => {
      const values = { x: value }
      const test = ['x', operator, literal]
      expect(holds([test], values)).toBe(expected)
      expect(holds([['x', operator.toUpperCase(), literal]], values)).toBe(expected)
      expect(holds([['x', '!', operator, literal]], values)).toBe(!expected)
      expect(holds(fiveDeep(test), values)).toBe(expected)
      expect(naiveHolds([test], (name) => (name === 'x' ? value : undefined))).toBe(expected)
    },
  )
})
