import type { EntityCheck } from './entity-checks.ts'
import { conditional, distinct } from './entity-rules.ts'

/** What of a request can be hashed to pick a target. */
export const HASH_INPUTS = [
  'none',
  'consumer',
  'ip',
  'header',
  'cookie',
  'path',
  'query_arg',
  'uri_capture',
] as const

type HashInput = (typeof HASH_INPUTS)[number]

/**
 * Rules between `hash_on`, `hash_fallback` and the fields that name what is hashed.
 * Source: Kong Gateway 3.9, entity checks of the Upstream object.
 */
export const HASHING_CHECKS: readonly EntityCheck[] = [
  needs('hash_on', 'header', 'hash_on_header'),
  needs('hash_fallback', 'header', 'hash_fallback_header'),
  needs('hash_on', 'cookie', 'hash_on_cookie'),
  needs('hash_fallback', 'cookie', 'hash_on_cookie'),
  needs('hash_on', 'query_arg', 'hash_on_query_arg'),
  needs('hash_fallback', 'query_arg', 'hash_fallback_query_arg'),
  needs('hash_on', 'uri_capture', 'hash_on_uri_capture'),
  needs('hash_fallback', 'uri_capture', 'hash_fallback_uri_capture'),
  // A request without a cookie is given one, so that there is nothing to fall back from.
  limitsFallback('none', ['none']),
  limitsFallback('cookie', ['none']),
  ...(['consumer', 'ip', 'path'] as const).map((input) =>
    limitsFallback(
      input,
      HASH_INPUTS.filter((other) => other !== input),
    ),
  ),
  distinct(['hash_on_header', 'hash_fallback_header'], withoutCase),
  distinct(['hash_on_query_arg', 'hash_fallback_query_arg']),
  distinct(['hash_on_uri_capture', 'hash_fallback_uri_capture']),
]

/** Names of header fields are compared without regard to case (RFC 9110 section 5.1). */
function withoutCase(name: unknown): string {
  return String(name).toLowerCase()
}

function needs(when: 'hash_on' | 'hash_fallback', input: HashInput, field: string): EntityCheck {
  return conditional({
    when,
    is: { oneOf: [input] },
    field,
    must: { isGiven: true },
  })
}

function limitsFallback(hashOn: HashInput, allowed: readonly HashInput[]): EntityCheck {
  return conditional({
    when: 'hash_on',
    is: { oneOf: [hashOn] },
    field: 'hash_fallback',
    must: { oneOf: allowed },
  })
}
