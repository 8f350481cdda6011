/**
 * Escapes (`\d`), classes (`[^/]`) and single characters of a valid pattern, in order (RE2 syntax,
 * github.com/google/re2/wiki/Syntax). Null for text between \Q and \E and for a class inside a
 * class, which follow rules not worth following here.
 */
export function patternTokens(pattern: string): readonly string[] | null {
  const tokens: string[] = []
  for (let i = 0; i < pattern.length; ) {
    const end = tokenEnd(pattern, i)
    if (end === null) return null
    tokens.push(pattern.slice(i, end))
    i = end
  }
  return tokens
}

/** True when the pattern is several patterns with `|` between them. */
export function hasTopLevelAlternation(tokens: readonly string[]): boolean {
  let depth = 0
  for (const token of tokens) {
    if (token === '(') depth += 1
    else if (token === ')') depth -= 1
    else if (token === '|' && depth === 0) return true
  }
  return false
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
