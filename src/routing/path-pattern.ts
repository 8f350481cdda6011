import { type Captures, compileLinearRegex, type LinearRegex } from '../model/linear-regex.ts'
import { splitPattern } from '../model/split-pattern.ts'

/**
 * A compiled regex path. What the index has compared already is not matched again: `literal` finds
 * the pattern, and only the text from `restStart` on runs through the engine.
 */
export interface PathPattern {
  /** Text with which every path begins that the pattern matches. */
  readonly literal: string
  /** Length of `literal`, or 0 when the pattern has to see the text from its start. */
  readonly restStart: number
  /** null: the literal is the whole pattern. */
  readonly rest: LinearRegex | null
}

/** Compiles a pattern that is anchored at the start of a path. Throws LinearRegexError. */
export function compilePathPattern(source: string): PathPattern {
  const { literal, rest } = splitPattern(source)
  if (rest === null) return { literal, restStart: 0, rest: compileLinearRegex(source) }
  const regex = rest === '' ? null : compileLinearRegex(rest)
  return { literal, restStart: literal.length, rest: regex }
}

/** Length of what the pattern matches of a path that begins with its literal, or -1. */
export function patternLength(pattern: PathPattern, path: string): number {
  const { rest, restStart } = pattern
  if (rest === null) return restStart
  const length = rest.matchStart(path.slice(restStart))
  return length === -1 ? -1 : restStart + length
}

/** Groups of the pattern for a path that it matches; null when it has only a literal. */
export function patternCaptures(pattern: PathPattern, path: string): Captures | null {
  const { rest, restStart } = pattern
  const captures = rest?.captures(path.slice(restStart)) ?? null
  return captures === null ? null : { ...captures, length: restStart + captures.length }
}
