import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileLinearRegex, LinearRegexError } from '../../src/model/linear-regex.ts'
import {
  compilePathPattern,
  patternCaptures,
  patternLength,
} from '../../src/routing/path-pattern.ts'
import { splitPattern } from '../../src/routing/split-pattern.ts'

describe('splitPattern', () => {
  it.each([
    ['/users/\\d+$', '/users/', '\\d+$'],
    ['^/users/\\d+$', '/users/', '\\d+$'],
    ['/users$', '/users', '$'],
    ['/users', '/users', ''],
    ['/v1\\.2/x-y_z~', '/v1.2/x-y_z~', ''],
    ['/a\\/b', '/a/b', ''],
    ['/ab*c', '/a', 'b*c'],
    ['/ab?c', '/a', 'b?c'],
    ['/ab{2}c', '/a', 'b{2}c'],
    ['/ab{0,1}c', '/a', 'b{0,1}c'],
    ['/ab+c', '/a', 'b+c'],
    ['/ab+(?i)?', '/a', 'b+(?i)?'],
    ['/a\\.?b', '/a', '\\.?b'],
    ['/a(/b)?/c', '/a', '(/b)?/c'],
    ['/(a|b)/c', '/', '(a|b)/c'],
    ['/a[^/|]+/b', '/a', '[^/|]+/b'],
    ['/a\\|b', '/a|b', ''],
    ['/a[]|]b', '/a', '[]|]b'],
    ['/a[^]|]b', '/a', '[^]|]b'],
    ['/a(?i)b', '/', 'a(?i)b'],
    ['/a(?i)?', '/', 'a(?i)?'],
    ['/a\\E?', '/', 'a\\E?'],
    ['/users/(?<id>\\d+)/(?:cart|orders)', '/users/', '(?<id>\\d+)/(?:cart|orders)'],
    ['/.well', '/', '.well'],
    ['/a\\x2fb', '/a', '\\x2fb'],
    ['/a\\pLb', '/a', '\\pLb'],
    ['/é', '/', 'é'],
  ])('divides %s into "%s" and "%s"', (pattern, literal, rest) => {
    expect(splitPattern(pattern)).toEqual({ literal, rest })
  })

  it.each([
    ['/a\\bx', '/a'],
    ['/a\\B/', '/a'],
    ['/a(^|/)b', '/a'],
    ['/a\\A', '/a'],
    ['/a|/b', ''],
    ['/a(b)|c', ''],
    ['/a[\\]|(]|/b', ''],
    ['/a[[:alpha:](]|/b', ''],
    ['/a\\Q|\\E', ''],
    ['|/a', ''],
    ['(?i)/users', ''],
    ['(?:/a)', ''],
    ['^?/a', ''],
    ['.*', ''],
    ['', ''],
  ])('leaves %s whole, with the literal "%s"', (pattern, literal) => {
    expect(splitPattern(pattern)).toEqual({ literal, rest: null })
  })
})

describe('a path pattern', () => {
  it('offers the groups and the length of the whole match', () => {
    const pattern = compilePathPattern('/users/(?<id>\\d+)/(cart)?', compileLinearRegex)
    const captures = patternCaptures(pattern, '/users/42/cart/1')
    expect(captures?.length).toBe(14)
    expect(captures?.numbered).toEqual(['42', 'cart'])
    expect(captures?.named.get('id')).toBe('42')
    expect(
      patternCaptures(compilePathPattern('/users', compileLinearRegex), '/users/42'),
    ).toBeNull()
  })

  it('matches, behind its literal, what the pattern as a whole matches', () => {
    const piece = fc.constantFrom(
      ...['a', 'b', '/', '\\.', '\\d', '.', '[ab]', '[^a]', '[]a]', '[|(]', '(a)', '(a|b)'],
      ...['(', ')', '*', '+', '?', '{2}', '{0,1}', '|', '^', '$', '(?i)', '(?:a', '\\Qa|', '\\E'],
      ...['\\|', '[[:alpha:](]', '\\b', '\\B', '\\A', '(?:^|b)', '(?:$|a)'],
    )
    const pattern = fc.array(piece, { maxLength: 7 }).map((pieces) => pieces.join(''))
    const text = fc.string({ unit: fc.constantFrom(...'abA/.1|'), maxLength: 6 })
    let matchCount = 0
    fc.assert(
      fc.property(pattern, fc.array(text, { minLength: 8, maxLength: 8 }), (source, texts) => {
        const whole = compiledOrNull(source)
        fc.pre(whole !== null)
        const divided = compilePathPattern(source, compileLinearRegex)
        for (const candidate of texts) {
          const length = whole?.matchStart(candidate)
          if (length !== -1) matchCount += 1
          expect(
            candidate.startsWith(divided.literal) ? patternLength(divided, candidate) : -1,
          ).toBe(length)
        }
      }),
      { numRuns: 3000 },
    )
    expect(matchCount).toBeGreaterThan(1000)
  })
})

function compiledOrNull(source: string) {
  try {
    return compileLinearRegex(source)
  } catch (error) {
    if (error instanceof LinearRegexError) return null
    throw error
  }
}
