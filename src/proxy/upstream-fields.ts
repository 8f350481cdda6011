import type { HeaderFields, ParsedRequest } from '../model/request.ts'
import { allValues, firstValue } from '../model/request.ts'
import type { OutgoingFields } from './forwarder.ts'
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
 * The fields for the upstream, in the order of reliability.md section 4: the client's own without hop-by-hop
 * fields, aliases and names of ours; then ours; then the framing that was parsed.
 */
export function upstreamFields(facts: UpstreamFieldFacts): OutgoingFields {
  const fields: OutgoingFields = { host: facts.host }
  copyClientFields(facts, fields)
  addForwardingFields(facts, fields)
  for (const [name, value] of facts.identityFields) fields[name] = value
  if (facts.variant !== null) fields[facts.variant[0]] = facts.variant[1]
  addFraming(facts, fields)
  if (facts.isUpgrade) addUpgrade(fields)
  return fields
}

function copyClientFields(facts: UpstreamFieldFacts, fields: OutgoingFields): void {
  const { request, hiddenFields, variant } = facts
  const { names, values } = request.fields
  const nominated = nominatedByClient(request.fields)
  const variantName = variant?.[0].toLowerCase()
  for (let i = 0; i < names.length; i += 1) {
    const name = names[i] as string
    const rule = requestFieldRule(name)
    if (rule !== 'pass') {
      if (rule === 'te' && acceptsTrailers(values[i] as string)) fields.te = 'trailers'
      continue
    }
    if (nominated?.has(name) || name === variantName || hiddenFields?.includes(name)) continue
    add(fields, name, values[i] as string)
  }
}

function addForwardingFields(facts: UpstreamFieldFacts, fields: OutgoingFields): void {
  const { request } = facts
  const received = request.fields
  fields['x-real-ip'] = request.clientAddress
  fields['x-forwarded-for'] = [...allValues(received, 'x-forwarded-for'), request.peerAddress].join(
    ', ',
  )
  fields['x-forwarded-proto'] = request.scheme
  fields['x-forwarded-host'] = trusted(request, 'x-forwarded-host') ?? request.host
  fields['x-forwarded-port'] = trusted(request, 'x-forwarded-port') ?? String(request.listenerPort)
  fields['x-forwarded-path'] = trusted(request, 'x-forwarded-path') ?? request.rawPath
  const prefix = trusted(request, 'x-forwarded-prefix') ?? facts.strippedPrefix
  if (prefix !== null) fields['x-forwarded-prefix'] = prefix
  const via = allValues(received, 'via')
  via.push(facts.via)
  fields.via = via.join(', ')
  fields['x-kong-request-id'] = facts.requestId
}

/**
 * A known length is said here; chunked framing is set by the forwarder, on the connection, but for a request that
 * waits for a 100: its head leaves before there is anything to set it on.
 */
function addFraming(
  { request, expectsContinue }: UpstreamFieldFacts,
  fields: OutgoingFields,
): void {
  if (request.body.kind === 'length') fields['content-length'] = String(request.body.bytes)
  if (!expectsContinue) return
  fields.expect = '100-continue'
  if (request.body.kind === 'chunked') fields['transfer-encoding'] = 'chunked'
}

/** Said anew: what the client said of its own connection ended there. */
function addUpgrade(fields: OutgoingFields): void {
  fields.connection = 'keep-alive, Upgrade'
  fields.upgrade = 'websocket'
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

/** `constructor` and the like are no fields that are there already. */
function add(fields: OutgoingFields, name: string, value: string): void {
  const present = Object.hasOwn(fields, name) ? fields[name] : undefined
  if (present === undefined) fields[name] = value
  else if (typeof present === 'string') fields[name] = [present, value]
  else present.push(value)
}
