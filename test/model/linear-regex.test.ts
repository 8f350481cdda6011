import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileLinearRegex, LinearRegexError } from '../../src/model/linear-regex.ts'
import { compiledOrNull } from '../support/compiled-or-null.ts'

describe('compileLinearRegex', () => {
  test.each([
    ['/a', '/abc', 2],
    ['/a', '/b', -1],
    ['/a', 'x/a', -1],
    ['/users/\\d+', '/users/12/x', 9],
    ['/a|/ab', '/abc', 2],
    ['/ab|/a', '/abc', 3],
    ['/a$', '/ab', -1],
    ['/a*?', '/aaa', 1],
    ['', '/a', 0],
    ['/(?i)ABC', '/abc', 4],
  ])('%s matches the start of %s over %i characters', (source, text, length) => {
    expect(compileLinearRegex(source).matchStart(text)).toBe(length)
  })

  test('ignores case when asked to', () => {
    expect(compileLinearRegex('/abc', { ignoreCase: true }).matchStart('/ABC')).toBe(4)
    expect(compileLinearRegex('/abc').matchStart('/ABC')).toBe(-1)
  })

  test('test finds a match anywhere', () => {
    expect(compileLinearRegex('b+').test('abbc')).toBe(true)
    expect(compileLinearRegex('^b').test('abbc')).toBe(false)
  })

  test('captures gives numbered and named groups, null for those that took no part', () => {
    const regex = compileLinearRegex('/users/(?<id>\\d+)(/x)?(?P<rest>.*)')
    const found = regex.captures('/users/12/y')
    expect(found?.length).toBe(11)
    expect(found?.numbered).toEqual(['12', null, '/y'])
    expect([...(found?.named ?? [])]).toEqual([
      ['id', '12'],
      ['rest', '/y'],
    ])
    expect(regex.captures('/other')).toBeNull()
  })

  test('a group called __proto__ is an ordinary name', () => {
    expect(compileLinearRegex('(?<__proto__>a)').captures('a')?.named.get('__proto__')).toBe('a')
  })

  test.each([
    ['(?=a)', 'look-ahead'],
    ['(?!a)', 'look-ahead'],
    ['(?<=a)b', 'look-behind'],
    ['(?<!a)b', 'look-behind'],
    ['(?>a)b', 'atomic groups'],
    ['(a)\\1', 'back-references'],
    ['(?<x>a)\\k<x>', 'back-references'],
    ['a++', 'possessive quantifiers'],
  ])('%s is refused and %s named as the reason', (source, construct) => {
    expect(() => compileLinearRegex(source)).toThrow(
      new LinearRegexError(
        `${construct} not supported, because a pattern must match in linear time`,
      ),
    )
  })

  test.each(['(', 'a)(b', '[', 'a{1001}', '(a{1000}){1000}', '\\'])('%s is refused', (source) => {
    expect(() => compileLinearRegex(source)).toThrow(LinearRegexError)
  })

  test('a quotation must end, since the pattern is put into another one', () => {
    expect(compileLinearRegex('/a\\Q.+\\E').matchStart('/a.+')).toBe(4)
    expect(() => compileLinearRegex('/a\\Q.+')).toThrow(/missing \\E/)
  })

  test('a pattern may have 1024 characters and no more', () => {
    expect(compileLinearRegex('a'.repeat(1024)).matchStart('a'.repeat(1024))).toBe(1024)
    expect(() => compileLinearRegex('a'.repeat(1025))).toThrow(/1025 characters, at most 1024/)
  })

  test('a pattern that stalls a backtracking engine does not stall', () => {
    expect(compileLinearRegex('/(a+)+$').matchStart(`/${'a'.repeat(5000)}!`)).toBe(-1)
    expect(compileLinearRegex('/(a|a)*b').matchStart(`/${'a'.repeat(5000)}!`)).toBe(-1)
  })

  test('agrees with a backtracking engine on simple patterns', () => {
    const piece = fc.constantFrom('a', 'b', '.', '[ab]', '(?:a|bb)', 'a?', 'b*', '(a)+')
    const pattern = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''))
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 10 })
    fc.assert(
      fc.property(pattern, text, (source, input) => {
        const expected = new RegExp(source, 'y').exec(input)
        expect(compileLinearRegex(source).matchStart(input)).toBe(expected?.[0].length ?? -1)
      }),
    )
  })

  test('knows how far a match goes as the engine that tells positions does', () => {
    const piece = fc.constantFrom(
      ...[
        'a',
        'b',
        '.',
        '[ab]',
        '[^a]',
        '\\.',
        '\\$',
        '[$]',
        '[|$]',
        '(a|b)',
        '(?:a|ab)',
        '|',
        '^',
      ],
      ...['a*', 'b+?', '.*?', '.+?', '(?i)', '(?U)', '(?m)', '(?s)', '(?U:', '(?im-s:', ')', '\n'],
    )
    const end = fc.constantFrom('$', '$', '.*', '.+', '.*$', '.*)', '$)', '.*?', '\\$', '')
    const pattern = fc
      .tuple(fc.array(piece, { maxLength: 5 }), end)
      .map(([pieces, last]) => pieces.join('') + last)
    const text = fc.string({ unit: fc.constantFrom(...'abAB.$\n\r\u2028é'), maxLength: 7 })
    let matchCount = 0
    fc.assert(
      fc.property(pattern, fc.array(text, { minLength: 8, maxLength: 8 }), (source, texts) => {
        const positions = compiledOrNull(source)
        fc.pre(positions !== null)
        const regex = compileLinearRegex(source)
        for (const candidate of texts) {
          const matcher = positions?.matcher(candidate)
          const length = matcher?.lookingAt() ? matcher.end() : -1
          if (length !== -1) matchCount += 1
          expect(regex.matchStart(candidate)).toBe(length)
          expect(regex.captures(candidate)?.length ?? -1).toBe(length)
        }
      }),
      { numRuns: 3000 },
    )
    expect(matchCount).toBeGreaterThan(1000)
  })
})
