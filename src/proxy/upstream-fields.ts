import type { HeaderFields, ParsedRequest } from '../model/request.ts'
import { allValues, firstValue } from '../model/request.ts'
import { nominatedNames, requestFieldRule } from './header-rules.ts'

/** What the gateway adds to a request, beside what the client sent. */
export interface UpstreamFieldFacts {
  readonly request: ParsedRequest
  /** Host field for the upstream. */
  readonly host: string
  readonly requestId: string
  readonly via: string
  /** The route prefix that was stripped, for X-Forwarded-Prefix; null when nothing was. */
  readonly strippedPrefix: string | null
  /** Fields about the consumer, from identity. */
  readonly identityFields: readonly (readonly [string, string])[]
  /** Lower-case names of the client's fields that hide_credentials keeps from the upstream. */
  readonly hiddenFields: readonly string[] | null
  /** Name and value of the variant field; null when it is turned off. */
  readonly variant: readonly [string, string] | null
  /** The client waits for a 100, which only the upstream may say. */
  readonly expectsContinue: boolean
  /** The client asks for a WebSocket. */
  readonly isUpgrade: boolean
}

/**
 * The fields for the upstream, names and values in turn, in the order of reliability.md section 4: the client's own
 * without hop-by-hop fields, aliases and names of ours; then ours; then the framing that was parsed.
 */
export function upstreamFields(facts: UpstreamFieldFacts): string[] {
  const fields = ['host', facts.host]
  copyClientFields(facts, fields)
  addForwardingFields(facts, fields)
  for (const [name, value] of facts.identityFields) fields.push(name, value)
  if (facts.variant !== null) fields.push(facts.variant[0], facts.variant[1])
  addFraming(facts, fields)
  if (facts.isUpgrade) addUpgrade(fields)
  return fields
}

function copyClientFields(facts: UpstreamFieldFacts, fields: string[]): void {
  const { request, hiddenFields, variant } = facts
  const { names, values } = request.fields
  const nominated = nominatedByClient(request.fields)
  const variantName = variant?.[0].toLowerCase()
  let takesTrailers = false
  let cookieAt = -1
  for (let i = 0; i < names.length; i += 1) {
    const name = names[i] as string
    const value = values[i] as string
    const rule = requestFieldRule(name)
    if (rule !== 'pass') {
      takesTrailers ||= rule === 'te' && acceptsTrailers(value)
      continue
    }
    if (nominated?.has(name) || name === variantName || hiddenFields?.includes(name)) continue
    if (name !== 'cookie') {
      fields.push(name, value)
    } else if (cookieAt === -1) {
      cookieAt = fields.push(name, value) - 1
    } else {
      // One line in HTTP/1.1 (RFC 6265 section 5.4).
      fields[cookieAt] = `${fields[cookieAt]}; ${value}`
    }
  }
  if (takesTrailers) fields.push('te', 'trailers')
}

function addForwardingFields(facts: UpstreamFieldFacts, fields: string[]): void {
  const { request } = facts
  const received = request.fields
  fields.push(
    'x-real-ip',
    request.clientAddress,
    'x-forwarded-for',
    listWith(received, 'x-forwarded-for', request.peerAddress),
    'x-forwarded-proto',
    request.scheme,
    'x-forwarded-host',
    trusted(request, 'x-forwarded-host') ?? request.host,
    'x-forwarded-port',
    trusted(request, 'x-forwarded-port') ?? String(request.listenerPort),
    'x-forwarded-path',
    trusted(request, 'x-forwarded-path') ?? request.rawPath,
    'via',
    listWith(received, 'via', facts.via),
    'x-kong-request-id',
    facts.requestId,
  )
  const prefix = trusted(request, 'x-forwarded-prefix') ?? facts.strippedPrefix
  if (prefix !== null) fields.push('x-forwarded-prefix', prefix)
}

function addFraming({ request, expectsContinue }: UpstreamFieldFacts, fields: string[]): void {
  const { body } = request
  if (body.kind === 'length') fields.push('content-length', String(body.bytes))
  else if (body.kind === 'chunked') fields.push('transfer-encoding', 'chunked')
  if (expectsContinue) fields.push('expect', '100-continue')
}

/** Said anew: what the client said of its own connection ended there. */
function addUpgrade(fields: string[]): void {
  fields.push('connection', 'keep-alive, Upgrade', 'upgrade', 'websocket')
}

/** The members of a list that came in, and one more behind them. */
function listWith(fields: HeaderFields, name: string, member: string): string {
  const first = firstValue(fields, name)
  return first === undefined ? member : `${allValues(fields, name).join(', ')}, ${member}`
}

function trusted(request: ParsedRequest, name: string): string | null {
  return request.isPeerTrusted ? (firstValue(request.fields, name) ?? null) : null
}

function nominatedByClient(fields: HeaderFields): ReadonlySet<string> | null {
  const first = firstValue(fields, 'connection')
  if (first === undefined) return null
  const all = allValues(fields, 'connection')
  return nominatedNames(all.length === 1 ? first : all.join(','))
}

function acceptsTrailers(te: string): boolean {
  return te.split(',').some((coding) => coding.trim().toLowerCase() === 'trailers')
}
