import { rule, text } from './fields.ts'
import { shouldStartWith } from './kong-messages.ts'
import { compileLinearRegex, LinearRegexError } from './linear-regex.ts'
import { normalizePath } from './normalize-path.ts'

/** A URL path: begins with `/`, no empty segments, characters and escapes of RFC 3986 section 3.3. */
export const path = () => text().check(rule(pathProblem))

/** A prefix in normal form, or `~` and a regular expression that begins with `/`. */
export const routePath = () =>
  text().check(
    rule((value: string) =>
      value.startsWith('~') ? regexPathProblem(value) : prefixProblem(value),
    ),
  )

/** What keeps a pattern from being used, in the words of an error message; null when it compiles. */
export function regexProblem(pattern: string): string | null {
  try {
    compileLinearRegex(pattern)
    return null
  } catch (error) {
    if (!(error instanceof LinearRegexError)) throw error
    return `invalid regex: '${pattern}' (${error.message})`
  }
}

function pathProblem(value: string): string | null {
  if (!value.startsWith('/')) return shouldStartWith('/')
  if (value.includes('//')) return 'must not have empty segments'
  if (!PATH.test(value)) {
    return `invalid path: '${value}' (characters outside of the reserved list of RFC 3986 found)`
  }
  const badEscape = BAD_ESCAPE.exec(value)
  return badEscape === null ? null : `invalid url-encoded value: '${badEscape[0]}'`
}

const PATH = /^\/[\w.~/%:@!$&'()*+,;=-]*$/
const BAD_ESCAPE = /%(?![0-9a-f]{2}).{0,2}/i

function prefixProblem(value: string): string | null {
  if (!value.startsWith('/')) return 'should start with: / (fixed path) or ~/ (regex path)'
  const problem = pathProblem(value)
  if (problem !== null) return problem
  const normal = normalizePath(value)
  if (normal.kind === 'invalid') return `invalid path: '${value}' (${normal.reason})`
  return normal.path === value ? null : `non-normalized path, consider use '${normal.path}' instead`
}

function regexPathProblem(value: string): string | null {
  if (!value.startsWith('~/')) return 'should start with: / (fixed path) or ~/ (regex path)'
  if (value.includes('//')) return 'must not have empty segments'
  return regexProblem(value.slice(1))
}
