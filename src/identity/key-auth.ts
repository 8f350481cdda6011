import { headerFromText } from '../model/header-text.ts'
import type { KeyAuthConfig } from '../model/plugins/key-auth.ts'
import type { ParsedRequest } from '../model/request.ts'
import { type Caller, NOBODY_CALLER } from './caller.ts'
import type { ConsumerDirectory } from './consumer-directory.ts'
import { callerByKey, memberByIdOrUsername } from './directory.ts'
import type { HeaderPair } from './identity-headers.ts'
import { type KeyPlace, readSentKey } from './sent-key.ts'

/** Configuration of a key-auth plugin in the form a request needs. */
export interface CompiledKeyAuth {
  readonly places: readonly KeyPlace[]
  readonly hide: HiddenCredentials | null
  /** Id or username of the consumer that stands in for missing or wrong credentials. */
  readonly anonymous: string | null
  readonly runsOnPreflight: boolean
  readonly refusals: Readonly<Record<AuthRefusal['reason'], AuthRefusal>>
}

/** What must not reach the upstream: header fields (lower-case names) and query arguments (`withoutQueryArgs`). */
export interface HiddenCredentials {
  readonly headers: readonly string[]
  readonly query: readonly string[]
}

export interface AuthRefusal {
  readonly kind: 'refused'
  readonly status: 401 | 500
  /** Safe to send to the client. */
  readonly message: string
  /** For the access log. */
  readonly reason: 'no-key' | 'unknown-key' | 'duplicate-key' | 'no-anonymous-consumer'
  readonly headers: readonly HeaderPair[]
}

/** `skipped`: a preflight that the plugin lets through without looking. */
export interface AuthPass {
  readonly kind: 'identified' | 'anonymous' | 'skipped'
  readonly caller: Caller
  readonly hide: HiddenCredentials | null
}

export type AuthResult = AuthPass | AuthRefusal

/** What a request's key is checked against. */
export interface AuthContext {
  readonly directory: ConsumerDirectory
  /** Epoch milliseconds; keys may have a time to live. */
  readonly nowMs: number
}

/** Compiles a key-auth configuration. Every name is looked for and hidden in all places that are switched on. */
export function compileKeyAuth(config: KeyAuthConfig): CompiledKeyAuth {
  const headers = config.key_in_header ? config.key_names.map((name) => name.toLowerCase()) : []
  const query = config.key_in_query ? [...config.key_names] : []
  return {
    places: config.key_names.map((_, index) => ({
      header: headers[index] ?? null,
      queryArg: query[index] ?? null,
    })),
    hide: config.hide_credentials ? { headers, query } : null,
    anonymous: config.anonymous,
    runsOnPreflight: config.run_on_preflight,
    refusals: refusalsFor(config.realm),
  }
}

/**
 * Who sends a request, by its API key (reference kong.md sections 2.5 and 7). Without a known key: the anonymous
 * consumer where one is configured, else a 401 with Kong's message and a `WWW-Authenticate` challenge. An anonymous
 * consumer that does not exist is the operator's mistake and answers 500, as Kong does: a 401 would blame the client.
 */
export function authenticate(
  plugin: CompiledKeyAuth,
  request: ParsedRequest,
  { directory, nowMs }: AuthContext,
): AuthResult {
  if (request.method === 'OPTIONS' && !plugin.runsOnPreflight) return SKIPPED
  const sent = readSentKey(request, plugin.places)
  if (sent.kind === 'key') {
    const caller = callerByKey(directory, sent.key, nowMs)
    if (caller !== undefined) return { kind: 'identified', caller, hide: plugin.hide }
  }
  if (plugin.anonymous === null) return plugin.refusals[REASONS[sent.kind]]
  const member = memberByIdOrUsername(directory, plugin.anonymous)
  if (member === undefined) return plugin.refusals['no-anonymous-consumer']
  return { kind: 'anonymous', caller: member.anonymous, hide: plugin.hide }
}

const SKIPPED: AuthPass = { kind: 'skipped', caller: NOBODY_CALLER, hide: null }

/** Why a request is refused, by what it sent: a key that was sent and led nowhere is unknown. */
const REASONS = { key: 'unknown-key', missing: 'no-key', duplicate: 'duplicate-key' } as const

function refusalsFor(realm: string | null): CompiledKeyAuth['refusals'] {
  const challenge: readonly HeaderPair[] = [['WWW-Authenticate', challengeOf(realm)]]
  const refused = { kind: 'refused', status: 401, headers: challenge } as const
  return {
    'no-key': { ...refused, reason: 'no-key', message: 'No API key found in request' },
    'unknown-key': { ...refused, reason: 'unknown-key', message: 'Unauthorized' },
    'duplicate-key': { ...refused, reason: 'duplicate-key', message: 'Duplicate API key found' },
    'no-anonymous-consumer': {
      kind: 'refused',
      status: 500,
      reason: 'no-anonymous-consumer',
      message: 'An unexpected error occurred',
      headers: [],
    },
  }
}

/** A realm is a quoted string (RFC 9110 sections 11.5 and 5.6.4). */
function challengeOf(realm: string | null): string {
  if (realm === null) return 'Key'
  return `Key realm="${headerFromText(realm).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
