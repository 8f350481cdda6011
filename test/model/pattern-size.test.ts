import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { patternSize } from '../../src/model/pattern-size.ts'
import { compiledOrNull } from '../support/compiled-or-null.ts'

describe('the size of a pattern', () => {
  it.each([
    ['', 0],
    ['/users/\\d+$', 11],
    ['a{3}', 6],
    ['a{3,}', 8],
    ['a{0,5}', 10],
    ['(a{10}){10}', 230],
    ['\\x{1000}a', 2],
    ['[\\x{1000}-]', 1],
    ['[]{9}]', 1],
    ['[[:alpha:]{9}]', 1],
    ['\\p{L}', 36],
    ['\\pL', 36],
    ['\\p{L}{1,64}', 64 * 12 + 25],
    ['(?i)\\p{L}', 191],
    ['(?i)[à-ÿ]', 3],
    ['(?i)[\\x{80}-\\x{1E000}]', 4385],
    ['[\\x{80}-\\x{1E000}]', 1],
    ['a(?i){9}', 18],
    ['\\Q[\\E\\pL{9}', 5 + 1 + 9 * 12 + 25],
  ])('%s: %i', (pattern, size) => {
    expect(patternSize(pattern, false)).toBe(size)
  })

  it('counts every class as one without case where case is ignored', () => {
    expect(patternSize('[a-z]\\pL', true)).toBe(193)
  })

  const usual = fc.constantFrom(
    ...['a', '/', '.', '\\d', '\\.', '[ab]', '[^a-z]', '[]a]', '[[:alpha:]x]', '\\p{Greek}'],
    ...['a{2,7}', '.{5}', '\\d{3,}', 'b*?', 'c{0}', '(?:', '(', '(?P<n>', '(?<m>', ')', '|'],
    ...['{2}', '{1,3}', '{0,4}', '*', '+', '?', '(?i)', '(?s:', '^', '$', '\\b', '\\x{61}'],
    ...['\\Qa{3}\\E', '(|a)', '()', '\\pN', 'é', '🦍', '[🦍-🦎]'],
  )
  const twisted = fc.constantFrom(
    ...['[', ']', '[:', ':]', '[^', '\\', '\\Q', '\\E', '(', '(?', ')', '{9}', '{', '}', 'x{', 'p'],
    ...['a', '-', ':', '^', '|', '*', '\\pL', '(?i)', '\\]', '\\[', '{1,9}', 'a{9}'],
  )

  it.each([
    ['usual', usual],
    ['twisted', twisted],
  ])('is that of the program at least, in %s syntax', (_, piece) => {
    const pattern = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''))
    let validCount = 0
    fc.assert(
      fc.property(pattern, (source) => {
        const program = compiledOrNull(source)
        fc.pre(program !== null)
        validCount += 1
        // Every program begins with a failure, a jump and what finds its start, and ends with the match.
        expect((program?.programSize() ?? 0) - 4).toBeLessThanOrEqual(patternSize(source, false))
      }),
      { numRuns: 10_000 },
    )
    expect(validCount).toBeGreaterThan(300)
  })
})
