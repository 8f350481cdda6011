import { Histogram, type Registry } from 'prom-client'

type Labels = Readonly<Record<string, string>>

interface ExportedHistogram {
  readonly name: string
  readonly help: string
  readonly type: 'histogram'
  readonly aggregator: 'sum'
  readonly values: readonly {
    readonly metricName: string
    readonly labels: Readonly<Record<string, string | number>>
    readonly sharedLabels: Labels
    readonly value: number
  }[]
}

/** One series of a histogram. */
export class Distribution {
  /** By index of the bucket that a value falls into; the last one takes what no bucket does. */
  readonly counts: number[]
  sum = 0
  readonly #bounds: readonly number[]

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds
    this.counts = Array.from({ length: bounds.length + 1 }, () => 0)
  }

  observe(value: number): void {
    const bounds = this.#bounds
    let bucket = 0
    while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket += 1
    this.counts[bucket] = (this.counts[bucket] as number) + 1
    this.sum += value
  }
}

/**
 * A histogram whose series are plain numbers, so that an observation costs a few additions: prom-client checks and
 * hashes the labels each time.
 */
export class TalliedHistogram extends Histogram {
  readonly #series: {
    readonly labels: Labels
    readonly values: Distribution
  }[] = []
  readonly #name: string
  readonly #help: string
  readonly #bounds: readonly number[]

  constructor(
    registry: Registry,
    {
      name,
      help,
      labelNames,
      buckets,
    }: { name: string; help: string; labelNames: readonly string[]; buckets: readonly number[] },
  ) {
    super({ name, help, labelNames: [...labelNames], registers: [registry] })
    this.#name = name
    this.#help = help
    this.#bounds = buckets
  }

  /** The series with these labels; asked for once for each of them. */
  series(labels: Labels): Distribution {
    const values = new Distribution(this.#bounds)
    this.#series.push({ labels, values })
    return values
  }

  /** What prom-client asks for at a scrape, and for `get`: values as it makes them itself. */
  async getForPromString(): Promise<ExportedHistogram> {
    return {
      name: this.#name,
      help: this.#help,
      type: 'histogram',
      aggregator: 'sum',
      values: this.#series.flatMap(({ labels, values }) => this.#lines(labels, values)),
    }
  }

  #lines(sharedLabels: Labels, { counts, sum }: Distribution): ExportedHistogram['values'] {
    let count = 0
    const buckets = counts.map((inBucket, index) => {
      count += inBucket
      const le = this.#bounds[index] ?? '+Inf'
      return { metricName: `${this.#name}_bucket`, labels: { le }, sharedLabels, value: count }
    })
    return [
      ...buckets,
      { metricName: `${this.#name}_sum`, labels: {}, sharedLabels, value: sum },
      { metricName: `${this.#name}_count`, labels: {}, sharedLabels, value: count },
    ]
  }
}
