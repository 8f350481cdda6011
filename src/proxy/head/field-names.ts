import { isToken } from './field-syntax.ts'

/** What a field does to the reading of the head itself. */
export type FieldRole = 'host' | 'content-length' | 'transfer-encoding' | 'expect' | 'other'

export interface FieldName {
  readonly lower: string
  readonly role: FieldRole
}

/**
 * The lower-case form of a field name and its role; null when it is no token (RFC 9110 section 5.1).
 * Known spellings come from a table, so that they cost one lookup and no string. The table learns the names that
 * clients use, up to a bound: names are chosen by clients, and memory must not be.
 */
export function fieldName(spelling: string): FieldName | null {
  return SPELLINGS.get(spelling) ?? learn(spelling)
}

const MAX_SPELLINGS = 2048
const MAX_LEARNED_LENGTH = 64

const ROLES: ReadonlyMap<string, FieldRole> = new Map(
  (['host', 'content-length', 'transfer-encoding', 'expect'] as const).map((name) => [name, name]),
)

const COMMON_NAMES = [
  'accept accept-charset accept-encoding accept-language access-control-request-headers',
  'access-control-request-method authorization apikey cache-control connection content-encoding content-length',
  'content-type cookie dnt expect forwarded from host if-match if-modified-since if-none-match if-range',
  'if-unmodified-since keep-alive origin pragma priority proxy-authorization proxy-connection range referer',
  'sec-ch-ua sec-ch-ua-mobile sec-ch-ua-platform sec-fetch-dest sec-fetch-mode sec-fetch-site sec-fetch-user',
  'sec-websocket-extensions sec-websocket-key sec-websocket-protocol sec-websocket-version te trailer',
  'traceparent tracestate transfer-encoding upgrade upgrade-insecure-requests user-agent via x-api-key',
  'x-forwarded-for x-forwarded-host x-forwarded-port x-forwarded-proto x-real-ip x-request-id x-requested-with',
]
  .join(' ')
  .split(' ')

const SPELLINGS = new Map<string, FieldName>(
  COMMON_NAMES.flatMap((name) => {
    const known = describe(name)
    return [
      [name, known],
      [titleCase(name), known],
    ]
  }),
)

function learn(spelling: string): FieldName | null {
  if (!isToken(spelling)) return null
  const known = describe(spelling.toLowerCase())
  if (SPELLINGS.size < MAX_SPELLINGS && spelling.length <= MAX_LEARNED_LENGTH) {
    SPELLINGS.set(spelling, known)
  }
  return known
}

function describe(lower: string): FieldName {
  return { lower, role: ROLES.get(lower) ?? 'other' }
}

/** `user-agent` → `User-Agent`. */
function titleCase(name: string): string {
  const words = name.split('-').map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
  return words.join('-')
}
