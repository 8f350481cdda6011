import { z } from 'zod'
import {
  compileLinearRegex,
  LinearRegexError,
  type LinearRegexFlags,
  refuseCostlyPattern,
} from './linear-regex.ts'
import { patternSize } from './pattern-size.ts'

/** A regular expression in a field of a route. */
export interface RouteRegex {
  /** Where it stands in the field. */
  readonly path: readonly (string | number)[]
  readonly source: string
  /** What of it has to be compiled: it is valid when that is. */
  readonly compiled: string
  readonly flags: LinearRegexFlags
}

/** Most regular expressions in one field. */
export const MAX_REGEXES = 100

/** Most that those of one field come to together, by `patternSize`: some twenty milliseconds. */
export const MAX_TOTAL_SIZE = 10_000

/** The rule of a field that holds regular expressions. It also runs when other parts of the field are wrong. */
export function regexRule(regexesOf: (value: unknown) => readonly RouteRegex[]) {
  return z.core._check<unknown>(
    ({ value, issues }) => {
      for (const { path, message } of regexProblems(regexesOf(value))) {
        issues.push({ code: 'custom', input: value, path: [...path], message })
      }
    },
    { when: () => true },
  )
}

/** What is wrong with them; how many and how large they are is seen before any is compiled. */
function regexProblems(
  regexes: readonly RouteRegex[],
): readonly { readonly path: RouteRegex['path']; readonly message: string }[] {
  if (regexes.length > MAX_REGEXES) {
    const message = `${regexes.length} regular expressions, at most ${MAX_REGEXES} are allowed`
    return [{ path: [], message }]
  }
  const costly = regexes.flatMap((regex) =>
    problemOf(regex, () => refuseCostlyPattern(regex.source, regex.flags)),
  )
  if (costly.length > 0) return costly
  const total = regexes.reduce((sum, { source, flags }) => {
    return sum + patternSize(source, flags.ignoreCase === true)
  }, 0)
  if (total > MAX_TOTAL_SIZE) {
    const message = `the regular expressions come to some ${total} instructions together, at most ${MAX_TOTAL_SIZE} are allowed`
    return [{ path: [], message }]
  }
  return regexes.flatMap((regex) => problemOf(regex, () => compileRegex(regex)))
}

function compileRegex({ source, compiled, flags }: RouteRegex): void {
  try {
    compileLinearRegex(compiled, flags)
  } catch (error) {
    // What is wrong is said of the pattern as it was written.
    compileLinearRegex(source, flags)
    throw error
  }
}

function problemOf({ path, source }: RouteRegex, attempt: () => void) {
  try {
    attempt()
    return []
  } catch (error) {
    if (!(error instanceof LinearRegexError)) throw error
    return [{ path, message: `invalid regex: '${source}' (${error.message})` }]
  }
}
