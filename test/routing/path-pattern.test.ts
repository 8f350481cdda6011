import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileLinearRegex, LinearRegexError } from '../../src/model/linear-regex.ts'
import {
  compilePathPattern,
  patternCaptures,
  patternLength,
} from '../../src/routing/path-pattern.ts'

describe('a path pattern', () => {
  it('offers the groups and the length of the whole match', () => {
    const pattern = compilePathPattern('/users/(?<id>\\d+)/(cart)?')
    const captures = patternCaptures(pattern, '/users/42/cart/1')
    expect(captures?.length).toBe(14)
    expect(captures?.numbered).toEqual(['42', 'cart'])
    expect(captures?.named.get('id')).toBe('42')
    expect(patternCaptures(compilePathPattern('/users'), '/users/42')).toBeNull()
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
        const divided = compilePathPattern(source)
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
