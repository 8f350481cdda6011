import { RE2JS, RE2JSException } from 're2js'
import { patternSize } from './pattern-size.ts'
import { hasTopLevelAlternation, patternTokens } from './pattern-tokens.ts'

/** Longest pattern that is accepted, in UTF-16 units. */
export const MAX_PATTERN_LENGTH = 1024

/** Largest pattern that is accepted, by `patternSize`: it takes three milliseconds to compile. */
export const MAX_PATTERN_SIZE = 2000

/** A compiled pattern whose matching time grows linearly with the text, whatever the pattern. */
export interface LinearRegex {
  readonly source: string
  /** Length of the match that starts at the start of the text, or -1. Not anchored at the end. */
  matchStart(text: string): number
  /** True when the pattern matches anywhere in the text. */
  test(text: string): boolean
  /** Groups of the match at the start of the text, or null without one. */
  captures(text: string): Captures | null
}

export interface Captures {
  /** Length of the whole match. */
  readonly length: number
  /** Group 1, 2, … ; null for a group that took no part. */
  readonly numbered: readonly (string | null)[]
  readonly named: ReadonlyMap<string, string | null>
}

export interface LinearRegexFlags {
  readonly ignoreCase?: boolean
}

/** Why a pattern cannot be used, in words for the person who wrote it. */
export class LinearRegexError extends Error {
  override readonly name = 'LinearRegexError'
}

/**
 * A pattern with RE2's syntax and matching semantics (leftmost-first, no backtracking), compiled once however many use
 * it. Throws LinearRegexError for what such an engine cannot do (look-around, back-references, possessive and atomic
 * groups), for syntax errors and for patterns that are too long or too large.
 * Source: https://github.com/google/re2/wiki/Syntax.
 */
export function compileLinearRegex(source: string, flags: LinearRegexFlags = {}): LinearRegex {
  const key = `${flags.ignoreCase === true ? 'i' : '-'}${source}`
  const known = compiled.get(key)?.deref()
  if (known !== undefined) return known
  refuseCostlyPattern(source, flags)
  const regex = compileEngines(source, flags)
  compiled.set(key, new WeakRef(regex))
  unused.register(regex, key)
  return regex
}

/** Throws LinearRegexError for a pattern that would take long to compile. The engine is not asked. */
export function refuseCostlyPattern(source: string, flags: LinearRegexFlags = {}): void {
  if (source.length > MAX_PATTERN_LENGTH) {
    throw new LinearRegexError(
      `the pattern has ${source.length} characters, at most ${MAX_PATTERN_LENGTH} are allowed`,
    )
  }
  const size = patternSize(source, flags.ignoreCase === true)
  if (size > MAX_PATTERN_SIZE) {
    throw new LinearRegexError(
      `the pattern comes to some ${size} instructions, at most ${MAX_PATTERN_SIZE} are allowed; repeat less, or fewer character classes`,
    )
  }
}

/**
 * What is in use, by flags and source: validation and routing meet here, and so do the many routes that have the same
 * pattern behind their literals (`\d+$`), whose one engine then stays in the processor's cache. Held weakly, since an
 * engine grows with what it has matched.
 */
const compiled = new Map<string, WeakRef<LinearRegex>>()

const unused = new FinalizationRegistry<string>((key) => {
  if (compiled.get(key)?.deref() === undefined) compiled.delete(key)
})

function compileEngines(source: string, flags: LinearRegexFlags): LinearRegex {
  const bits = flags.ignoreCase === true ? RE2JS.CASE_INSENSITIVE : 0
  const pattern = compile(source, bits)
  // The DFA answers "no" several times faster than the matcher that knows positions, and for a
  // router "no" is the common answer.
  const anchored = compile(
    `^(?:${source})`,
    bits,
    () => 'missing \\E: a quotation with \\Q must end',
  )
  const groupNames = Object.entries(pattern.namedGroups())
  const isToLineEnd = runsToLineEnd(source)
  return {
    source,
    matchStart(text) {
      if (!anchored.test(text)) return -1
      if (isToLineEnd && !text.includes('\n')) return text.length
      const matcher = pattern.matcher(text)
      return matcher.lookingAt() ? matcher.end() : -1
    },
    test: (text) => pattern.test(text),
    captures(text) {
      const matcher = pattern.matcher(text)
      if (!matcher.lookingAt()) return null
      const numbered: (string | null)[] = []
      for (let group = 1; group <= matcher.groupCount(); group++) {
        numbered.push(matcher.group(group))
      }
      const named = new Map(groupNames.map(([name, group]) => [name, numbered[group - 1] ?? null]))
      return { length: matcher.end(), numbered, named }
    },
  }
}

function compile(source: string, bits: number, reason = explain): RE2JS {
  try {
    return RE2JS.compile(source, bits)
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error
    throw new LinearRegexError(reason(source, error), { cause: error })
  }
}

/**
 * True when every match in a text of one line goes to its end, so that the DFA, which knows no
 * positions, is enough: the pattern as a whole ends in `$`, `.*` or `.+`.
 */
function runsToLineEnd(source: string): boolean {
  const tokens = patternTokens(source)
  if (tokens === null || hasTopLevelAlternation(tokens)) return false
  if (tokens.at(-1) === '$') return true
  const isRepeated = tokens.at(-1) === '*' || tokens.at(-1) === '+'
  return isRepeated && tokens.at(-2) === '.' && !UNGREEDY.test(source)
}

/** The flag that makes `.*` take as little as it can. */
const UNGREEDY = /\(\?[a-zA-Z]*U/

/** Constructs that need backtracking, by the text they start with. */
const NOT_LINEAR: readonly (readonly [start: RegExp, name: string])[] = [
  [/\(\?[=!]/, 'look-ahead'],
  [/\(\?<[=!]/, 'look-behind'],
  [/\(\?>/, 'atomic groups'],
  [/\\(?:[1-9]|k[<{'])/, 'back-references'],
  [/[*+?}]\+/, 'possessive quantifiers'],
]

function explain(source: string, error: RE2JSException): string {
  const construct = NOT_LINEAR.find(([start]) => start.test(source))
  if (construct === undefined) return error.message.replace('error parsing regexp: ', '')
  return `${construct[1]} not supported, because a pattern must match in linear time`
}
