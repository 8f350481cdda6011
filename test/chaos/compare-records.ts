import type { LoggedRequest } from './gateway-process.ts'
import type { SeenAnswer } from './steady-load.ts'

/** All three tell of the same requests. */
export interface Records {
  /** What clients saw. */
  readonly seen: readonly SeenAnswer[]
  /** The access log. */
  readonly entries: readonly LoggedRequest[]
  /** GET /metrics. */
  readonly metrics: string
}

/**
 * Where the access log and the metrics differ from what clients saw, request for request by id, and from each other.
 * Empty when they agree.
 */
export function differences({ seen, entries, metrics }: Records): string[] {
  const found = logDifferences(entries, metrics)
  if (seen.length !== entries.length) {
    found.push(`clients saw ${seen.length} requests, the access log has ${entries.length}`)
  }
  const logged = new Map(entries.map((entry) => [entry.requestId, entry]))
  for (const { requestId, status, variant } of seen) {
    if (requestId === null) continue
    const entry = logged.get(requestId)
    if (entry?.status === status && entry.variant === variant) continue
    const text = `${entry?.status ?? 'nothing'} ${entry?.variant ?? ''}`
    found.push(`${requestId}: the client saw ${status} ${variant}, the log has ${text}`)
  }
  return found
}

/** Where the metrics differ from the access log: requests by variant and status, retries, failures. */
export function logDifferences(entries: readonly LoggedRequest[], metrics: string): string[] {
  const found = unequalCounts(requestsIn(metrics), countBy(entries, labelsOf))
  const ids = new Set(entries.map(({ requestId }) => requestId))
  if (ids.size !== entries.length) found.push('the access log has an id twice')
  const sums = {
    canary_upstream_retries_total: entries.reduce(
      (sum, { tries }) => sum + Math.max(0, tries - 1),
      0,
    ),
    canary_request_failures_total: entries.filter(({ reason }) => reason !== null).length,
  }
  for (const [name, wanted] of Object.entries(sums)) {
    const counted = sumOf(metrics, name)
    if (counted !== wanted) found.push(`${name} is ${counted}, the log has ${wanted}`)
  }
  return found
}

/** Sum of a metric over all its labels. */
export function sumOf(metrics: string, name: string): number {
  return samplesOf(metrics, name).reduce((sum, { value }) => sum + value, 0)
}

const labelsOf = ({ variant, status }: Pick<LoggedRequest, 'variant' | 'status'>) =>
  `${variant ?? 'none'} ${status}`

function requestsIn(metrics: string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { labels, value } of samplesOf(metrics, 'canary_requests_total')) {
    const variant = /variant="([^"]*)"/.exec(labels)?.[1]
    const status = /status="([^"]*)"/.exec(labels)?.[1]
    const key = `${variant} ${status}`
    counts.set(key, (counts.get(key) ?? 0) + value)
  }
  return counts
}

function samplesOf(metrics: string, name: string): { labels: string; value: number }[] {
  return [...metrics.matchAll(new RegExp(`^${name}(?:\\{(.*)\\})? (\\S+)$`, 'gm'))].map(
    ([, labels = '', value]) => ({ labels, value: Number(value) }),
  )
}

function countBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1)
  return counts
}

function unequalCounts(
  metrics: ReadonlyMap<string, number>,
  log: ReadonlyMap<string, number>,
): string[] {
  return [...new Set([...metrics.keys(), ...log.keys()])]
    .filter((key) => (metrics.get(key) ?? 0) !== (log.get(key) ?? 0))
    .map((key) => `requests ${key}: metrics ${metrics.get(key) ?? 0}, log ${log.get(key) ?? 0}`)
}
