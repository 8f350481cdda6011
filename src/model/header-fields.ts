import { z } from 'zod'
import { rule, text } from './fields.ts'
import { regexProblem } from './path-fields.ts'

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

/** Header names of a route with the values that match; a single value `~*…` is a regular expression. */
export const routeHeaders = () =>
  z.record(
    headerName().check(
      rule((value: string) =>
        value.toLowerCase() === 'host'
          ? "cannot contain 'host' header, which must be specified in the 'hosts' attribute"
          : null,
      ),
    ),
    z
      .array(text())
      .min(1)
      .check(
        rule(([first, ...others]: string[]) =>
          first?.startsWith(REGEX_VALUE_PREFIX) && others.length === 0
            ? regexProblem(first.slice(REGEX_VALUE_PREFIX.length))
            : null,
        ),
      ),
  )

/** Header names with the values to send. */
export const headerValues = () => z.record(headerName(), z.array(text()).min(1))
