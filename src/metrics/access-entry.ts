import type { DecisionRule, StickyKeySource, Variant } from '../model/decision.ts'

/** One finished request, as the access log tells it. Times are in milliseconds. */
export interface AccessEntry {
  readonly at: number
  readonly requestId: string
  readonly client: string
  readonly method: string
  readonly host: string
  /** Without query: queries may carry keys. */
  readonly path: string
  /** What the client got; 499 when it left before an answer. */
  readonly status: number
  readonly route: string | null
  readonly service: string | null
  readonly variant: Variant | null
  readonly rule: DecisionRule | null
  /** What a traffic-split decided; null when none did. */
  readonly split: SplitFacts | null
  readonly target: string | null
  readonly consumer: string | null
  /** Tries at upstreams; 0 when the gateway answered by itself. */
  readonly tries: number
  readonly totalMs: number
  readonly upstreamMs: number | null
  /** Why the gateway answered by itself or the answer was cut; null for an ordinary answer. */
  readonly reason: string | null
  /** What the canary did of a request that the primary served in its place; null for all others. */
  readonly fallback: FallbackFacts | null
}

/** Places of rule and item in the configuration count from 0. */
export interface SplitFacts {
  readonly rule: number
  readonly item: number
  /** Null when the items took turns. */
  readonly keySource: StickyKeySource | null
  /** Id of the consumer or client address; null for header fields and cookies, which may be secret. */
  readonly key: string | null
  readonly bucket: number | null
}

/** A canary's failure that its safety net caught. */
export interface FallbackFacts {
  /** What the client would have got. */
  readonly status: number
  /** As in the entry; null when the canary gave an answer. */
  readonly reason: string | null
  readonly target: string | null
  readonly tries: number
  /** Until the canary was given up. */
  readonly totalMs: number
  readonly upstreamMs: number | null
}

/**
 * The entry as one line of JSON with a trailing newline, in the shape of the other log lines
 * (`level`, `time`, `msg`). Written by hand because it is on the path of every request.
 */
export function accessLine(entry: AccessEntry): string {
  return (
    `{"level":30,"time":${entry.at},"msg":"request","request_id":"${entry.requestId}"` +
    `,"client":${quoted(entry.client)},"method":${quoted(entry.method)},"host":${quoted(entry.host)}` +
    `,"path":${quoted(entry.path)},"status":${entry.status},"route":${quoted(entry.route)}` +
    `,"service":${quoted(entry.service)},"variant":${quoted(entry.variant)},"rule":${quoted(entry.rule)}` +
    `,"split":${splitText(entry.split)}` +
    `,"target":${quoted(entry.target)},"consumer":${quoted(entry.consumer)},"tries":${entry.tries}` +
    `,"total_ms":${rounded(entry.totalMs)},"upstream_ms":${rounded(entry.upstreamMs)}` +
    `,"reason":${quoted(entry.reason)},"fallback":${fallbackText(entry.fallback)}}\n`
  )
}

function splitText(split: SplitFacts | null): string {
  if (split === null) return 'null'
  return (
    `{"rule":${split.rule},"item":${split.item},"key_source":${quoted(split.keySource)}` +
    `,"key":${quoted(split.key)},"bucket":${split.bucket}}`
  )
}

function fallbackText(fallback: FallbackFacts | null): string {
  if (fallback === null) return 'null'
  return (
    `{"status":${fallback.status},"reason":${quoted(fallback.reason)}` +
    `,"target":${quoted(fallback.target)},"tries":${fallback.tries}` +
    `,"total_ms":${rounded(fallback.totalMs)},"upstream_ms":${rounded(fallback.upstreamMs)}}`
  )
}

function quoted(text: string | null): string {
  return text === null ? 'null' : JSON.stringify(text)
}

/** Microseconds are enough. */
function rounded(ms: number | null): string {
  return ms === null ? 'null' : String(Math.round(ms * 1_000) / 1_000)
}
