/** A pattern as literal text that begins every match, and what matches after it. */
export interface SplitPattern {
  /** `''` when no literal text is certain. */
  readonly literal: string
  /** Pattern for the text after `literal`; `''` for none, null when the
   * pattern is not to be divided. */
  readonly rest: string | null
}

/**
 * Splits an anchored pattern. Reads RE2 syntax (github.com/google/re2/wiki/Syntax) just far enough:
 * what it does not know ends the literal.
 *
 * @param pattern a valid pattern, matched from the start of the text; a leading `^` is allowed
 */
export function splitPattern(pattern: string): SplitPattern {
  const tokens = tokensOf(pattern.startsWith('^') ? pattern.slice(1) : pattern)
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

/**
 * Escapes (`\d`), classes (`[^/]`) and single characters, in order. Null for text between \Q and \E
 * and for a class inside a class, which follow rules not worth following here.
 */
function tokensOf(pattern: string): readonly string[] | null {
  const tokens: string[] = []
  for (let i = 0; i < pattern.length; ) {
    const end = tokenEnd(pattern, i)
    if (end === null) return null
    tokens.push(pattern.slice(i, end))
    i = end
  }
  return tokens
}

function tokenEnd(pattern: string, start: number): number | null {
  const character = pattern.charAt(start)
  if (character === '\\') return pattern.charAt(start + 1) === 'Q' ? null : start + 2
  if (character !== '[') return start + 1
  let i = pattern.charAt(start + 1) === '^' ? start + 2 : start + 1
  // A `]` in the first place is a member of the class.
  if (pattern.charAt(i) === ']') i += 1
  for (; i < pattern.length; i += 1) {
    const member = pattern.charAt(i)
    if (member === '[' || (member === '\\' && pattern.charAt(i + 1) === 'Q')) return null
    if (member === ']') return i + 1
    if (member === '\\') i += 1
  }
  return null
}

function hasTopLevelAlternation(tokens: readonly string[]): boolean {
  let depth = 0
  for (const token of tokens) {
    if (token === '(') depth += 1
    else if (token === ')') depth -= 1
    else if (token === '|' && depth === 0) return true
  }
  return false
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
