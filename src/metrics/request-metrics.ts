import type { Registry } from 'prom-client'
import type { AccessEntry, FallbackFacts } from './access-entry.ts'
import { TalliedCounter, type Tally } from './tallied-counter.ts'
import { type Distribution, TalliedHistogram } from './tallied-histogram.ts'

/** From half a millisecond to the usual time limit, in seconds. */
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60]

/** More services than this share one label: a label for each would grow without end as services come and go. */
const SERVICES = 2_000
/** More variants of one service than this share one label: upstreams of traffic-splits come and go as well. */
const VARIANTS = 50
const OTHERS = 'other'
const NONE = 'none'

/**
 * Counts requests for Prometheus, by service and variant. Series are looked up once for each of those, so that a
 * request costs a few additions.
 */
export class RequestMetrics {
  readonly #requests: TalliedCounter<'service' | 'variant' | 'status'>
  readonly #failures: TalliedCounter<'service' | 'variant' | 'reason'>
  readonly #retries: TalliedCounter<'service' | 'variant'>
  readonly #fallbacks: TalliedCounter<'service'>
  readonly #duration: TalliedHistogram
  readonly #upstreamDuration: TalliedHistogram
  readonly #series = new Map<string, Map<string, Series>>()

  constructor(registry: Registry) {
    const labelNames = ['service', 'variant'] as const
    this.#requests = new TalliedCounter(registry, {
      name: 'canary_requests_total',
      help: 'Requests that ended, by what the client got; 499 for clients that left. What a safety net caught counts on both sides, for the canary by what the client would have got.',
      labelNames: [...labelNames, 'status'],
    })
    this.#failures = new TalliedCounter(registry, {
      name: 'canary_request_failures_total',
      help: 'Requests that the gateway answered itself or that were cut, by why.',
      labelNames: [...labelNames, 'reason'],
    })
    this.#retries = new TalliedCounter(registry, {
      name: 'canary_upstream_retries_total',
      help: 'Tries at upstreams beyond the first of a request.',
      labelNames,
    })
    this.#fallbacks = new TalliedCounter(registry, {
      name: 'canary_fallbacks_total',
      help: 'Requests that the canary failed and the primary served in its place.',
      labelNames: ['service'],
    })
    this.#duration = new TalliedHistogram(registry, {
      name: 'canary_request_duration_seconds',
      help: 'From the head of a request to the end of its answer.',
      labelNames,
      buckets: SECONDS,
    })
    this.#upstreamDuration = new TalliedHistogram(registry, {
      name: 'canary_upstream_latency_seconds',
      help: 'From sending a request to the head of the answer of its upstream.',
      labelNames,
      buckets: SECONDS,
    })
  }

  record(entry: AccessEntry): void {
    const service = entry.service ?? NONE
    const { fallback } = entry
    const beforeMs = fallback?.totalMs ?? 0
    count(this.#seriesOf(service, entry.variant ?? NONE), entry, entry.totalMs - beforeMs)
    if (fallback === null) return
    const canary = this.#seriesOf(service, 'canary')
    count(canary, fallback, beforeMs)
    canary.fallbacks.count += 1
  }

  #seriesOf(service: string, variant: string): Series {
    return this.#series.get(service)?.get(variant) ?? this.#labelled(service, variant)
  }

  #labelled(service: string, variant: string): Series {
    const label = this.#series.has(service) || this.#series.size < SERVICES ? service : OTHERS
    const variants = this.#series.get(label) ?? new Map<string, Series>()
    this.#series.set(label, variants)
    const variantLabel = variants.has(variant) || variants.size < VARIANTS ? variant : OTHERS
    let series = variants.get(variantLabel)
    if (series === undefined) {
      series = this.#newSeries(label, variantLabel)
      variants.set(variantLabel, series)
    }
    return series
  }

  #newSeries(service: string, variant: string): Series {
    const labels = { service, variant }
    return {
      requestsWith: remembered((status: number) =>
        this.#requests.series({ ...labels, status: String(status) }),
      ),
      failuresOf: remembered((reason: string) => this.#failures.series({ ...labels, reason })),
      retries: this.#retries.series(labels),
      fallbacks: this.#fallbacks.series({ service }),
      duration: this.#duration.series(labels),
      upstreamDuration: this.#upstreamDuration.series(labels),
    }
  }
}

/** The series of one service and variant. */
interface Series {
  requestsWith(status: number): Tally
  failuresOf(reason: string): Tally
  readonly retries: Tally
  readonly fallbacks: Tally
  readonly duration: Distribution
  readonly upstreamDuration: Distribution
}

type SideFacts = Pick<FallbackFacts, 'status' | 'reason' | 'tries' | 'upstreamMs'>

/** What came of a request on one side. */
function count(series: Series, { status, reason, tries, upstreamMs }: SideFacts, ms: number): void {
  series.requestsWith(status).count += 1
  series.duration.observe(ms / 1000)
  if (upstreamMs !== null) series.upstreamDuration.observe(upstreamMs / 1000)
  if (tries > 1) series.retries.count += tries - 1
  if (reason !== null) series.failuresOf(reason).count += 1
}

function remembered<K, V>(make: (key: K) => V): (key: K) => V {
  const made = new Map<K, V>()
  return (key) => {
    let value = made.get(key)
    if (value === undefined) {
      value = make(key)
      made.set(key, value)
    }
    return value
  }
}
