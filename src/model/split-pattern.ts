import { hasTopLevelAlternation, patternTokens } from './pattern-tokens.ts'

/** A pattern as literal text that begins every match, and what matches after it. */
export interface SplitPattern {
  /** `''` when no literal text is certain. */
  readonly literal: string
  /** Pattern for the text after `literal`; `''` for none, null when the pattern is not to be divided. */
  readonly rest: string | null
}

/**
 * Splits an anchored pattern. Reads RE2 syntax (github.com/google/re2/wiki/Syntax) just far enough:
 * what it does not know ends the literal.
 *
 * @param pattern a valid pattern, matched from the start of the text; a leading `^` is allowed
 */
export function splitPattern(pattern: string): SplitPattern {
  const tokens = patternTokens(pattern.startsWith('^') ? pattern.slice(1) : pattern)
  if (tokens === null || hasTopLevelAlternation(tokens)) return { literal: '', rest: null }
  let literal = ''
  let count = 0
  for (const token of tokens) {
    const text = literalText(token)
    if (text === null || mayBeAbsent(tokens, count)) break
    literal += text
    count += 1
  }
  const rest = tokens.slice(count)
  return { literal, rest: literal === '' || rest.some(looksBack) ? null : rest.join('') }
}

/** Characters that stand for themselves outside a class. */
const PLAIN = /^[A-Za-z0-9/_~%@:!&'",;=<>#` -]$/
const ESCAPED_PUNCTUATION = /^\\[!-/:-@[-`{-~]$/

function literalText(token: string): string | null {
  if (PLAIN.test(token)) return token
  return ESCAPED_PUNCTUATION.test(token) ? token.charAt(1) : null
}

/**
 * True when what follows the token at `index` may take it away: a quantifier, also behind a flag
 * group or `\E`, which a quantifier looks through (`a(?i)*` is `a*`; so `+` is no safer: `a+(?i)?`).
 */
function mayBeAbsent(tokens: readonly string[], index: number): boolean {
  const next = tokens[index + 1] ?? ''
  if (QUANTIFIER_START.test(next) || next === '\\E') return true
  return next === '(' && tokens[index + 2] === '?' && FLAG.test(tokens[index + 3] ?? '')
}

const QUANTIFIER_START = /^[*?+{]$/
const FLAG = /^[imsU-]$/

/** What depends on the text before it cannot be matched without it. */
function looksBack(token: string): boolean {
  return token === '^' || token === '\\b' || token === '\\B' || token === '\\A'
}
