import { HEADER_REGEX_FLAGS, REGEX_VALUE_PREFIX } from '../model/header-fields.ts'
import { compileLinearRegex, type LinearRegex } from '../model/linear-regex.ts'
import type { ParsedRequest } from '../model/request.ts'
import type { Route } from '../model/route.ts'
import { normalServerName } from '../model/sni.ts'

/**
 * What a route asks of a request beside host name and path. Every condition must hold; null asks
 * nothing.
 */
export interface RouteConditions {
  /** Port that one of its hosts names. */
  readonly port: number | null
  readonly methods: ReadonlySet<string> | null
  /** By name. */
  readonly headers: readonly HeaderCondition[] | null
  readonly snis: ReadonlySet<string> | null
  /** What only APISIX's routes ask; asked last. */
  readonly further: RequestTest | null
}

export type RequestTest = (request: ParsedRequest) => boolean

export interface HeaderCondition {
  /** Lower-case. */
  readonly name: string
  readonly test:
    | { readonly kind: 'values'; readonly values: ReadonlySet<string> }
    | { readonly kind: 'regex'; readonly regex: LinearRegex }
}

/** One object for the many routes without conditions: it stays in the processor's cache. */
const NO_CONDITIONS: RouteConditions = {
  port: null,
  methods: null,
  headers: null,
  snis: null,
  further: null,
}

/** Compiles the conditions of a route, which names no port. Throws LinearRegexError. */
export function compileConditions(route: Route): RouteConditions {
  const headers = Object.entries(route.headers ?? {})
    .map(([name, values]) => compileHeader(name.toLowerCase(), values))
    .toSorted((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)))
  const methods = setOf(route.methods ?? [])
  const snis = setOf((route.snis ?? []).map(normalServerName))
  const asksNothing = methods === null && snis === null && headers.length === 0
  if (asksNothing) return NO_CONDITIONS
  const asked = headers.length === 0 ? null : headers
  return { port: null, methods, headers: asked, snis, further: null }
}

/** The same conditions for the hosts of the route that name this port; null: that name none. */
export function conditionsAtPort(
  conditions: RouteConditions,
  port: number | null,
): RouteConditions {
  const { methods, headers, snis, further } = conditions
  return port === null ? conditions : { port, methods, headers, snis, further }
}

/** The same conditions and one more; null: none. */
export function conditionsWith(
  conditions: RouteConditions,
  further: RequestTest | null,
): RouteConditions {
  const { port, methods, headers, snis } = conditions
  return further === null ? conditions : { port, methods, headers, snis, further }
}

/**
 * True when the request fulfils all conditions. Server names are asked only of https requests;
 * one that came without TLS to this gateway has none and fulfils no such condition.
 */
export function fulfilsConditions(conditions: RouteConditions, request: ParsedRequest): boolean {
  const { port, methods, headers, snis, further } = conditions
  if (port !== null && port !== request.port) return false
  if (methods !== null && !methods.has(request.method)) return false
  if (snis !== null && request.scheme === 'https') {
    if (request.sni === undefined || !snis.has(request.sni)) return false
  }
  if (headers !== null) {
    for (const header of headers) if (!fulfilsHeader(header, request)) return false
  }
  return further === null || further(request)
}

function fulfilsHeader(condition: HeaderCondition, request: ParsedRequest): boolean {
  const { names, values } = request.fields
  const { name, test } = condition
  for (let i = names.indexOf(name); i !== -1; i = names.indexOf(name, i + 1)) {
    const value = values[i] ?? ''
    if (test.kind === 'regex' ? test.regex.test(value) : test.values.has(value.toLowerCase())) {
      return true
    }
  }
  return false
}

/** A single value that begins with `~*` is a pattern, found anywhere in the value, in any case. */
function compileHeader(name: string, values: readonly string[]): HeaderCondition {
  const [first] = values
  if (values.length === 1 && first?.startsWith(REGEX_VALUE_PREFIX)) {
    const regex = compileLinearRegex(first.slice(REGEX_VALUE_PREFIX.length), HEADER_REGEX_FLAGS)
    return { name, test: { kind: 'regex', regex } }
  }
  return { name, test: { kind: 'values', values: new Set(values.map(normalValue)) } }
}

/** As the parser hands values over: the bytes of UTF-8 one by one. */
function normalValue(value: string): string {
  return Buffer.from(value, 'utf8').toString('latin1').toLowerCase()
}

function setOf(values: readonly string[]): ReadonlySet<string> | null {
  return values.length === 0 ? null : new Set(values)
}
