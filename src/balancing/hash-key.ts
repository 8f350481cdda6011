import { cookieValue } from '../model/cookies.ts'
import type { Draws } from '../model/draws.ts'
import type { Identity } from '../model/identity.ts'
import type { Captures } from '../model/linear-regex.ts'
import { queryValues } from '../model/query-args.ts'
import { allValues, type ParsedRequest } from '../model/request.ts'
import type { HashInput, HashPlan } from './hash-plan.ts'

/** What a balancing key is read from. */
export interface HashContext {
  readonly request: ParsedRequest
  readonly identity: Identity
  /** Groups of the route's regex path, null without one; called only when an upstream asks. */
  readonly captures: () => Captures | null
  readonly draws: Pick<Draws, 'uuid'>
  /** Cookies that the answer will set for the variant; one of the same name is then known already. */
  readonly variantCookies: readonly { readonly name: string; readonly value: string }[]
}

/** Cookie the answer must set: `name=value; Path=path; HttpOnly; SameSite=Lax`. */
export interface IssuedCookie {
  readonly name: string
  readonly value: string
  readonly path: string
}

export interface BalancingKey {
  /** What is hashed; null when the request has nothing to hash. */
  readonly key: string | null
  readonly issueCookie: IssuedCookie | null
}

/** Key of a request without anything to hash. */
export const NO_BALANCING_KEY: BalancingKey = { key: null, issueCookie: null }

/**
 * The key of a request under an upstream's plan (reference kong.md section 6): consumer id, else credential id,
 * the anonymous consumer counting as none; client address; header, repeats joined by `, `; cookie, made when absent; normal path; query argument, repeats
 * sorted and joined by commas, `true` without a value; capture of the route's regex path.
 *
 * An empty value counts as missing. Missing input without a fallback gives no key, and the request goes to the
 * next peer in turn. Kong hashes the empty string there and so pins all such requests to one target.
 */
export function balancingKey(plan: HashPlan, context: HashContext): BalancingKey {
  const own = keyFrom(plan.on, context)
  return own.key === null ? keyFrom(plan.fallback, context) : own
}

function keyFrom(input: HashInput, context: HashContext): BalancingKey {
  const { request, identity } = context
  switch (input.kind) {
    case 'none':
      return NO_BALANCING_KEY
    case 'consumer':
      // Else all guests would go to one target.
      if (identity.isAnonymous) return NO_BALANCING_KEY
      return found(identity.consumer?.id ?? identity.credentialId)
    case 'ip':
      return found(request.clientAddress)
    case 'path':
      return found(request.path)
    case 'header':
      return found(joined(allValues(request.fields, input.name), ', '))
    case 'query_arg':
      return found(joined(sorted(queryValues(request.query, input.name, 'true')), ','))
    case 'uri_capture':
      return found(captured(context.captures(), input))
    case 'cookie':
      return cookieKey(input, context)
  }
}

function cookieKey(
  input: { readonly name: string; readonly path: string },
  { request, draws, variantCookies }: HashContext,
): BalancingKey {
  const sent = cookieValue(allValues(request.fields, 'cookie'), input.name)
  if (sent) return found(sent)
  const issued = variantCookies.find(({ name }) => name === input.name)
  if (issued !== undefined) return found(issued.value)
  const value = draws.uuid()
  return { key: value, issueCookie: { name: input.name, value, path: input.path } }
}

function found(key: string | null | undefined): BalancingKey {
  return key ? { key, issueCookie: null } : NO_BALANCING_KEY
}

function joined(values: readonly string[], separator: string): string | undefined {
  return values.length <= 1 ? values[0] : values.join(separator)
}

function sorted(values: readonly string[]): readonly string[] {
  return values.length <= 1 ? values : [...values].sort()
}

function captured(
  captures: Captures | null,
  { name, number }: { readonly name: string; readonly number: number | null },
): string | null | undefined {
  if (captures === null) return null
  return number === null ? captures.named.get(name) : captures.numbered[number - 1]
}
