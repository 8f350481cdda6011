import { describe, expect, it } from 'vitest'
import { hasTopLevelAlternation, patternTokens } from '../../src/model/pattern-tokens.ts'

describe('patternTokens', () => {
  it.each([
    ['', []],
    ['/a$', ['/', 'a', '$']],
    ['a\\$', ['a', '\\$']],
    ['\\\\$', ['\\\\', '$']],
    ['[^/|]+', ['[^/|]', '+']],
    ['[]a]b', ['[]a]', 'b']],
    ['[^]a]', ['[^]a]']],
    ['[\\]a]', ['[\\]a]']],
    ['(?i).*', ['(', '?', 'i', ')', '.', '*']],
  ])('of %s are its escapes, classes and single characters', (pattern, tokens) => {
    expect(patternTokens(pattern)).toEqual(tokens)
  })

  it.each(['a\\Q|\\E', '[\\Q]\\E]', '[[:alpha:](]', '[a'])('gives up on %s', (pattern) => {
    expect(patternTokens(pattern)).toBeNull()
  })
})

describe('hasTopLevelAlternation', () => {
  it.each([
    ['a|b', true],
    ['(a)|b', true],
    ['|a', true],
    ['(a|b)', false],
    ['((a)|b)c', false],
    ['[|]', false],
    ['\\|', false],
    ['\\(|b', true],
  ])('of %s is %s', (pattern, expected) => {
    expect(hasTopLevelAlternation(patternTokens(pattern) ?? [])).toBe(expected)
  })
})
