/** One contestant in one round. */
export interface Sample {
  readonly microsPerRequest: number
  readonly requestsPerSecond: number
  readonly errors: number
}

export interface Summary {
  readonly name: string
  /** Medians over the rounds. */
  readonly microsPerRequest: number
  readonly requestsPerSecond: number
  /** Median over the rounds of this contestant's cost divided by the reference's in the same round. */
  readonly ratio: number
  /** Sum over the rounds. */
  readonly errors: number
}

/** The order of a round: the same turn for everybody, another one first each time. */
export function orderOfRound<T>(contestants: readonly T[], round: number): T[] {
  const first = contestants.length === 0 ? 0 : round % contestants.length
  return [...contestants.slice(first), ...contestants.slice(0, first)]
}

/** Sums up samples by contestant, all with as many rounds, against the one named as reference. */
export function summarize(
  samples: ReadonlyMap<string, readonly Sample[]>,
  reference: string,
): Summary[] {
  const base = samples.get(reference) ?? []
  return [...samples].map(([name, own]) => ({
    name,
    microsPerRequest: median(own.map((sample) => sample.microsPerRequest)),
    requestsPerSecond: median(own.map((sample) => sample.requestsPerSecond)),
    ratio: median(ratios(own, base)),
    errors: own.reduce((sum, sample) => sum + sample.errors, 0),
  }))
}

/** Median over the rounds of the cost of one contestant divided by that of another. */
export function medianRatio(
  samples: ReadonlyMap<string, readonly Sample[]>,
  name: string,
  reference: string,
): number {
  return median(ratios(samples.get(name) ?? [], samples.get(reference) ?? []))
}

/** NaN for no values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  const upper = sorted[Math.floor(middle)] ?? Number.NaN
  const lower = sorted[Math.ceil(middle) - 1] ?? Number.NaN
  return (lower + upper) / 2
}

function ratios(own: readonly Sample[], base: readonly Sample[]): number[] {
  return own.map(
    (sample, round) => sample.microsPerRequest / (base[round]?.microsPerRequest ?? Number.NaN),
  )
}
