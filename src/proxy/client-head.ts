import type { ClientHead, UpstreamHead } from './forwarder.ts'
import { nominatedNames, responseField } from './header-rules.ts'

/** What the gateway adds to an upstream's answer. */
export interface ClientHeadFacts {
  readonly requestId: string
  readonly via: string
  /** Whole milliseconds from the request's start to the upstream's head, without the gateway's own time. */
  readonly upstreamLatencyMs: number
  /** Whole milliseconds that the gateway itself took. */
  readonly proxyLatencyMs: number
  readonly variant: readonly [string, string] | null
  /** Set-Cookie values of sticky cookies to issue. */
  readonly cookies: readonly string[]
  /** Name and value in turn; usually empty. */
  readonly debugFields: readonly string[]
}

/** The head for the client: the upstream's fields in their order, without what ends at the gateway, then ours. */
export function clientHead(head: UpstreamHead, facts: ClientHeadFacts): ClientHead {
  const raw = head.rawHeaders
  const nominated = nominatedByUpstream(raw)
  const variantName = facts.variant?.[0].toLowerCase()
  const fields: string[] = []
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string
    const { lower, rule } = responseField(name)
    const passes = rule === 'pass' || (rule === 'length' && mayHaveLength(head.statusCode))
    if (!passes || lower === variantName || nominated?.has(lower)) continue
    fields.push(name, raw[i + 1] as string)
  }
  fields.push('Via', facts.via)
  fields.push('X-Kong-Upstream-Latency', String(facts.upstreamLatencyMs))
  fields.push('X-Kong-Proxy-Latency', String(facts.proxyLatencyMs))
  fields.push('X-Kong-Request-Id', facts.requestId)
  if (facts.variant !== null) fields.push(facts.variant[0], facts.variant[1])
  for (const cookie of facts.cookies) fields.push('Set-Cookie', cookie)
  fields.push(...facts.debugFields)
  if (head.statusCode === 101) fields.push('Connection', 'Upgrade', 'Upgrade', 'websocket')
  return { statusCode: head.statusCode, rawHeaders: fields }
}

/** RFC 9110 section 8.6. */
function mayHaveLength(statusCode: number): boolean {
  return statusCode >= 200 && statusCode !== 204
}

function nominatedByUpstream(raw: readonly string[]): ReadonlySet<string> | null {
  let connection: string | null = null
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string
    if (name.length !== 10 || name.toLowerCase() !== 'connection') continue
    connection = connection === null ? (raw[i + 1] as string) : `${connection},${raw[i + 1]}`
  }
  return connection === null ? null : nominatedNames(connection)
}
