import { z } from 'zod'
import { listOf, rule, text } from './fields.ts'
import type { LinearRegexFlags } from './linear-regex.ts'
import { isPlainObject } from './plain-object.ts'
import { type RouteRegex, regexRule } from './route-regexes.ts'

const TOKEN = /^[\w-]+$/

/** Name of a header field: letters, digits, `_` and `-`. */
export const headerName = () => text().check(rule(tokenProblem('header')))

/** Name of a cookie: letters, digits, `_` and `-`. */
export const cookieName = () => text().check(rule(tokenProblem('cookie')))

function tokenProblem(kind: 'header' | 'cookie'): (value: string) => string | null {
  return (value) =>
    TOKEN.test(value)
      ? null
      : `bad ${kind} name '${value}', allowed characters are A-Z, a-z, 0-9, '_', and '-'`
}

/** Prefix of a header value that is a regular expression. */
export const REGEX_VALUE_PREFIX = '~*'

/** How such an expression is compiled. */
export const HEADER_REGEX_FLAGS: LinearRegexFlags = { ignoreCase: true }

/** Header names of a route with the values that match; a single value `~*…` is a regular expression. */
export const routeHeaders = () =>
  z
    .record(
      headerName().check(
        rule((value: string) =>
          value.toLowerCase() === 'host'
            ? "cannot contain 'host' header, which must be specified in the 'hosts' attribute"
            : null,
        ),
      ),
      listOf(text()).min(1),
    )
    .check(regexRule(headerRegexes))

function headerRegexes(headers: unknown): readonly RouteRegex[] {
  if (!isPlainObject(headers)) return []
  return Object.entries(headers).flatMap(([header, values]) => {
    const [first, ...others] = Array.isArray(values) ? values : []
    const isRegex = typeof first === 'string' && first.startsWith(REGEX_VALUE_PREFIX)
    if (!isRegex || others.length > 0) return []
    const source = first.slice(REGEX_VALUE_PREFIX.length)
    return [{ path: [header], source, compiled: source, flags: HEADER_REGEX_FLAGS }]
  })
}

/** Header names with the values to send. */
export const headerValues = () =>
  z.record(headerName(), listOf(text().check(rule(headerValueProblem))).min(1))

/** RFC 9110 section 5.5; Node throws when anything else is sent. */
function headerValueProblem(value: string): string | null {
  return HEADER_VALUE.test(value)
    ? null
    : 'must have only characters that a header field may hold: no line breaks, no other control characters, nothing beyond U+00FF'
}

const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/
