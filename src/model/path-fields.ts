import { listOf, rule, text } from './fields.ts'
import { shouldStartWith } from './kong-messages.ts'
import { normalizePath } from './normalize-path.ts'
import { type RouteRegex, regexRule } from './route-regexes.ts'
import { splitPattern } from './split-pattern.ts'

/** A URL path: begins with `/`, no empty segments, characters and escapes of RFC 3986 section 3.3. */
export const path = () => text().check(rule(pathProblem))

/** Prefixes in normal form, and regular expressions that begin with `/`, with `~` before them. */
export const routePaths = () =>
  listOf(
    text().check(
      rule((value: string) =>
        value.startsWith('~') ? regexPathProblem(value) : prefixProblem(value),
      ),
    ),
  ).check(regexRule(pathRegexes))

/** Behind its literal, a path is compiled for routing: what is compiled here is found again there. */
function pathRegexes(paths: unknown): readonly RouteRegex[] {
  if (!Array.isArray(paths)) return []
  return paths.flatMap((path: unknown, index) => {
    if (typeof path !== 'string' || regexPathProblem(path) !== null) return []
    const source = path.slice(1)
    return [{ path: [index], source, compiled: splitPattern(source).rest ?? source, flags: {} }]
  })
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
  return value.includes('//') ? 'must not have empty segments' : null
}
