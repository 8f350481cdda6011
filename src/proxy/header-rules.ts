import {
  GATEWAY_REQUEST_FIELDS,
  GATEWAY_RESPONSE_FIELDS,
  HOP_BY_HOP_FIELDS,
  isInFamilies,
} from '../model/field-families.ts'

/**
 * What happens to a field of the client's request on its way to the upstream:
 * `pass` as it is; `drop` because it is hop-by-hop (RFC 9110 section 7.6.1) or ours to say; `frame` because it
 * frames the message and is written anew; `host` because the destination decides it.
 */
export type RequestFieldRule = 'pass' | 'drop' | 'frame' | 'host' | 'te' | 'connection'

/** The same for a field of the upstream's answer on its way to the client. */
export type ResponseFieldRule = 'pass' | 'drop' | 'length' | 'coding' | 'connection'

/**
 * Expect is end-to-end (RFC 9110 section 10.1.1), but never passed on: parseHead refuses all expectations but
 * 100-continue, and that one is written anew for a request whose client waits for it. An answer has no use for it.
 */
const DROPPED_FIELDS = [...HOP_BY_HOP_FIELDS, 'expect'] as const

const EXACT_REQUEST_RULES: ReadonlyMap<string, RequestFieldRule> = new Map<
  string,
  RequestFieldRule
>([
  ['connection', 'connection'],
  ['te', 'te'],
  ['host', 'host'],
  ['content-length', 'frame'],
  ['transfer-encoding', 'frame'],
  // Not a name that may become a property of an object.
  ['__proto__', 'drop'],
  ...DROPPED_FIELDS.map((name) => [name, 'drop'] as const),
])

const EXACT_RESPONSE_RULES: ReadonlyMap<string, ResponseFieldRule> = new Map<
  string,
  ResponseFieldRule
>([
  ['connection', 'connection'],
  ['content-length', 'length'],
  ['transfer-encoding', 'coding'],
  ['te', 'drop'],
  ['via', 'pass'],
  ...DROPPED_FIELDS.map((name) => [name, 'drop'] as const),
])

/**
 * Rule for a request field by its lower-case name. Names that become one of ours, or a framing field, when
 * `_` or `.` is read as `-` are dropped: servers behind us may read them so (reliability.md section 4, point 4).
 */
export function requestFieldRule(name: string): RequestFieldRule {
  return remembered(REQUEST_RULES, name, decideRequestRule)
}

/** A field name of an answer: in lower case, and what happens to it. */
export interface ResponseField {
  readonly lower: string
  readonly rule: ResponseFieldRule
}

/** What a response field is, by its name as the upstream spells it. */
export function responseField(spelling: string): ResponseField {
  return remembered(RESPONSE_FIELDS, spelling, decideResponseField)
}

/**
 * Lower-case names that a Connection field nominates as hop-by-hop; null when it names none but the usual two.
 * Framing, Host and the gateway's own fields cannot be nominated away.
 */
export function nominatedNames(connection: string): ReadonlySet<string> | null {
  if (isUsualConnection(connection)) return null
  const names = new Set<string>()
  for (const part of connection.split(',')) {
    const name = part.trim().toLowerCase()
    if (name !== '' && name !== 'close' && requestFieldRule(name) === 'pass') names.add(name)
  }
  return names.size === 0 ? null : names
}

function isUsualConnection(value: string): boolean {
  return value === 'keep-alive' || value === 'close' || value === 'Keep-Alive' || value === 'Close'
}

function decideRequestRule(name: string): RequestFieldRule {
  const exact = EXACT_REQUEST_RULES.get(name)
  if (exact !== undefined) return exact
  const canonical = name.replaceAll(/[_.]/g, '-')
  if (isInFamilies(canonical, GATEWAY_REQUEST_FIELDS)) return 'drop'
  return canonical !== name && EXACT_REQUEST_RULES.has(canonical) ? 'drop' : 'pass'
}

function decideResponseField(spelling: string): ResponseField {
  const lower = spelling.toLowerCase()
  const ours = isInFamilies(lower, GATEWAY_RESPONSE_FIELDS) ? 'drop' : 'pass'
  return { lower, rule: EXACT_RESPONSE_RULES.get(lower) ?? ours }
}

/** Names come from clients, so the memory of them is bounded; it starts over when full. */
const MEMORY_LIMIT = 2000
const REQUEST_RULES = new Map<string, RequestFieldRule>()
const RESPONSE_FIELDS = new Map<string, ResponseField>()

function remembered<R>(memory: Map<string, R>, name: string, decide: (name: string) => R): R {
  const known = memory.get(name)
  if (known !== undefined) return known
  if (memory.size >= MEMORY_LIMIT) memory.clear()
  const rule = decide(name)
  memory.set(name, rule)
  return rule
}
