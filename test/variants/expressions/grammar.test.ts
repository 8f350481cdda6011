import { describe, expect, it } from 'vitest'
import { compiled, holds, type Values } from './holds.ts'

const TRUE = ['t', '==', 'yes']
const FALSE = ['t', '==', 'no']
const VALUES: Values = { t: 'yes', n: '12', list: ['a', 'b'], valueless: true }

describe('the grammar of expressions', () => {
  it.each<[vars: unknown, expected: boolean]>([
    [[], true],
    [[TRUE], true],
    [[FALSE], false],
    [[TRUE, TRUE], true],
    [[TRUE, FALSE], false],
    [[[TRUE]], true],
    [[[FALSE], [TRUE]], false],
    [['AND', TRUE, TRUE], true],
    [['AND', TRUE, FALSE], false],
    [['AND', FALSE, TRUE], false],
    [['AND', TRUE, TRUE, FALSE], false],
    [['OR', FALSE, TRUE], true],
    [['OR', FALSE, FALSE], false],
    [['OR', FALSE, FALSE, TRUE], true],
    [['!AND', TRUE, TRUE], false],
    [['!AND', TRUE, FALSE], true],
    [['!OR', FALSE, FALSE], true],
    [['!OR', FALSE, TRUE], false],
    [['or', FALSE, TRUE], true],
    [['!Or', FALSE, FALSE], true],
    [['OR', [FALSE], [TRUE, TRUE]], true],
    [['OR', [FALSE, TRUE], [TRUE, FALSE]], false],
    [[['OR', FALSE, TRUE], TRUE], true],
    [[TRUE, ['OR', FALSE, ['AND', TRUE, TRUE]]], true],
    [
      [
        ['n', '>', 10],
        ['n', '!', '>', 15],
      ],
      true,
    ],
    [
      [
        ['n', '>', 10],
        ['n', '!', '>', 11],
      ],
      false,
    ],
    [['!AND', ['n', '>', 10], ['OR', ['n', '>', 99], ['n', '!', '>', 15]]], false],
  ])('%j: %s', (vars, expected) => {
    expect(holds(vars, VALUES)).toBe(expected)
  })

  it.each<[vars: unknown, expected: boolean]>([
    [[[[[[TRUE]]]]], true],
    [[[[[[FALSE]]]]], false],
    [['AND', TRUE, ['AND', TRUE, ['AND', TRUE, ['AND', TRUE, ['AND', TRUE, TRUE]]]]], true],
    [['AND', TRUE, ['AND', TRUE, ['AND', TRUE, ['AND', TRUE, ['AND', TRUE, FALSE]]]]], false],
    [['OR', FALSE, ['OR', FALSE, ['OR', FALSE, ['OR', FALSE, ['OR', FALSE, TRUE]]]]], true],
    [['OR', FALSE, ['OR', FALSE, ['OR', FALSE, ['OR', FALSE, ['OR', FALSE, FALSE]]]]], false],
    [['!OR', FALSE, ['!AND', TRUE, ['!OR', FALSE, ['!AND', TRUE, ['!OR', FALSE, FALSE]]]]], true],
    [['!OR', FALSE, ['!AND', TRUE, ['!OR', FALSE, ['!AND', TRUE, ['!OR', FALSE, TRUE]]]]], false],
    [
      ['AND', TRUE, ['OR', FALSE, ['AND', TRUE, [[['list', 'has', 'b']], ['q', '==', null]]]]],
      true,
    ],
  ])('nested five deep, %j: %s', (vars, expected) => {
    expect(holds(vars, VALUES)).toBe(expected)
  })

  it.each<[test: unknown, values: Values, expected: boolean]>([
    // The deprecated form of two elements, whose value becomes lower-case.
    [['x', 'v'], { x: 'v' }, true],
    [['x', 'V'], { x: 'v' }, true],
    [['x', 'V'], { x: 'V' }, false],
    [['x', 'É'], { x: 'É' }, true],
    [['x', 5], { x: '5' }, true],
    [['x', 5], { x: '5.0' }, false],
    [['x', '!'], { x: '!' }, true],
    [['x', ''], {}, false],
    // A known operator without a value compares with nil.
    [['x', '=='], {}, true],
    [['x', '=='], { x: 'a' }, false],
    [['x', '~='], { x: 'a' }, true],
    [['x', 'IN'], { x: 'a' }, false],
    [['x', '>'], { x: '1' }, false],
    // Only a list of four is a negation; what follows the third of five is not looked at.
    [['x', '==', 'a', 'b', 'c'], { x: 'a' }, true],
    [['x', '!', '==', null], {}, false],
    [['x', '!', 'IN', ['a']], { x: 'b' }, true],
  ])('%j where %j: %s', (test, values, expected) => {
    expect(holds([test], values)).toBe(expected)
  })

  it('asks operands from left to right, as far as it takes', () => {
    const asked: string[] = []
    const values: Values = new Proxy({}, { get: (_, name) => void asked.push(String(name)) })
    holds(
      [
        'OR',
        [
          ['a', '~=', null],
          ['b', '==', null],
        ],
        ['c', '==', null],
        ['d', '==', null],
      ],
      values,
    )
    expect(asked).toEqual(['a', 'c'])
  })

  it('reads a costly variable once per request and keeps it no longer', () => {
    const vars = ['OR', ['costly_x', '==', '1'], ['costly_x', '==', '2'], ['costly_x', '==', '3']]
    const asked: string[] = []
    const expression = holdsWithLog(vars, asked)
    expect([expression('3'), expression('4'), expression('2')]).toEqual([true, false, true])
    expect(asked).toEqual(['costly_x', 'costly_x', 'costly_x'])
  })
})

function holdsWithLog(vars: unknown, asked: string[]): (value: string) => boolean {
  const { holds: test } = compiled(vars)
  return (value) => {
    const get = (_: object, name: string | symbol) => {
      asked.push(String(name))
      return value
    }
    return test(new Proxy({}, { get }))
  }
}
