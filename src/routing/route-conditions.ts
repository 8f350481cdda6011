import { compileLinearRegex, type LinearRegex } from '../model/linear-regex.ts'
import type { ParsedRequest } from '../model/request.ts'
import type { Route } from '../model/route.ts'

/** What a route asks of a request beside host and path. Every condition must hold; null asks nothing. */
export interface RouteConditions {
  readonly methods: readonly string[] | null
  readonly headers: readonly HeaderCondition[] | null
  readonly snis: readonly string[] | null
}

export interface HeaderCondition {
  /** Lower-case. */
  readonly name: string
  readonly test:
    | { readonly kind: 'values'; readonly values: readonly string[] }
    | { readonly kind: 'regex'; readonly regex: LinearRegex }
}

/** One object for the many routes without conditions: it stays in the processor's cache. */
const NO_CONDITIONS: RouteConditions = { methods: null, headers: null, snis: null }

/** Compiles the conditions of a route. Throws LinearRegexError. */
export function compileConditions(route: Route): RouteConditions {
  const headers = Object.entries(route.headers ?? {}).map(([name, values]) =>
    compileHeader(name.toLowerCase(), values),
  )
  const methods = nonEmpty(route.methods)
  const snis = nonEmpty((route.snis ?? []).map(normalServerName))
  const asksNothing = methods === null && snis === null && headers.length === 0
  return asksNothing ? NO_CONDITIONS : { methods, headers: nonEmpty(headers), snis }
}

/**
 * True when the request fulfils all conditions. Server names are asked only of https requests;
 * one that came without TLS to this gateway has none and fulfils no such condition.
 */
export function fulfilsConditions(conditions: RouteConditions, request: ParsedRequest): boolean {
  const { methods, headers, snis } = conditions
  if (methods !== null && !methods.includes(request.method)) return false
  if (snis !== null && request.scheme === 'https') {
    if (request.sni === undefined || !snis.includes(request.sni)) return false
  }
  if (headers === null) return true
  for (const header of headers) if (!fulfilsHeader(header, request)) return false
  return true
}

function fulfilsHeader(condition: HeaderCondition, request: ParsedRequest): boolean {
  const { names, values } = request.fields
  const { name, test } = condition
  for (let i = names.indexOf(name); i !== -1; i = names.indexOf(name, i + 1)) {
    const value = values[i] ?? ''
    if (
      test.kind === 'regex' ? test.regex.test(value) : test.values.includes(value.toLowerCase())
    ) {
      return true
    }
  }
  return false
}

/** A single value that begins with `~*` is a pattern, found anywhere in the value, in any case. */
function compileHeader(name: string, values: readonly string[]): HeaderCondition {
  const [first] = values
  if (values.length === 1 && first?.startsWith('~*')) {
    const regex = compileLinearRegex(first.slice(2), { ignoreCase: true })
    return { name, test: { kind: 'regex', regex } }
  }
  return { name, test: { kind: 'values', values: values.map((value) => value.toLowerCase()) } }
}

/** Lower-case, without the dot that ends a fully qualified name. */
function normalServerName(name: string): string {
  const lower = name.toLowerCase()
  return lower.endsWith('.') ? lower.slice(0, -1) : lower
}

function nonEmpty<T>(values: readonly T[] | null): readonly T[] | null {
  return values === null || values.length === 0 ? null : values
}
