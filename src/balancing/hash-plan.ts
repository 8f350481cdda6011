import { UPSTREAM_DEFAULTS, type Upstream } from '../model/upstream.ts'

/** One attribute of a request that an upstream hashes on. */
export type HashInput =
  | { readonly kind: 'none' | 'consumer' | 'ip' | 'path' }
  /** `name` is lower-case. */
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'cookie'; readonly name: string; readonly path: string }
  | { readonly kind: 'query_arg'; readonly name: string }
  /** A group in the regex path of the route, by `name` or, when that is a number, by its place from 1. */
  | { readonly kind: 'uri_capture'; readonly name: string; readonly number: number | null }

/** What an upstream hashes on, and on what when a request does not have that. */
export interface HashPlan {
  readonly on: HashInput
  readonly fallback: HashInput
}

type HashFields = Pick<
  Upstream,
  | 'hash_on'
  | 'hash_on_header'
  | 'hash_on_cookie'
  | 'hash_on_cookie_path'
  | 'hash_on_query_arg'
  | 'hash_on_uri_capture'
  | 'hash_fallback'
  | 'hash_fallback_header'
  | 'hash_fallback_query_arg'
  | 'hash_fallback_uri_capture'
>

/**
 * The hash fields of an upstream in the form a request needs. A kind whose own field is missing counts as `none`.
 * A cookie has one pair of fields for both places (Kong, upstream object).
 */
export function compileHashPlan(upstream: HashFields): HashPlan {
  const cookie = { cookie: upstream.hash_on_cookie, cookiePath: upstream.hash_on_cookie_path }
  return {
    on: hashInput(upstream.hash_on, {
      ...cookie,
      header: upstream.hash_on_header,
      queryArg: upstream.hash_on_query_arg,
      uriCapture: upstream.hash_on_uri_capture,
    }),
    fallback: hashInput(upstream.hash_fallback, {
      ...cookie,
      header: upstream.hash_fallback_header,
      queryArg: upstream.hash_fallback_query_arg,
      uriCapture: upstream.hash_fallback_uri_capture,
    }),
  }
}

interface InputNames {
  readonly header: string | null
  readonly cookie: string | null
  readonly cookiePath: string | null
  readonly queryArg: string | null
  readonly uriCapture: string | null
}

const NO_INPUT: HashInput = { kind: 'none' }

function hashInput(given: Upstream['hash_on'], names: InputNames): HashInput {
  const kind = given ?? UPSTREAM_DEFAULTS.hashInput
  switch (kind) {
    case 'none':
    case 'consumer':
    case 'ip':
    case 'path':
      return { kind }
    case 'header':
      return names.header === null ? NO_INPUT : { kind, name: names.header.toLowerCase() }
    case 'cookie':
      return names.cookie === null
        ? NO_INPUT
        : { kind, name: names.cookie, path: names.cookiePath ?? '/' }
    case 'query_arg':
      return names.queryArg === null ? NO_INPUT : { kind, name: names.queryArg }
    case 'uri_capture':
      return names.uriCapture === null
        ? NO_INPUT
        : { kind, name: names.uriCapture, number: groupNumber(names.uriCapture) }
  }
}

function groupNumber(name: string): number | null {
  return /^[1-9]\d*$/.test(name) ? Number(name) : null
}
