import { Counter, type Registry } from 'prom-client'

/** One series of a counter. */
export interface Tally {
  /** Not yet handed over. */
  count: number
}

/**
 * A counter whose series are plain numbers until they are asked for, so that counting costs an addition: prom-client
 * checks and hashes the labels each time.
 */
export class TalliedCounter<L extends string> {
  readonly #tallies: { readonly labels: Readonly<Record<L, string>>; readonly tally: Tally }[] = []

  constructor(
    registry: Registry,
    { name, help, labelNames }: { name: string; help: string; labelNames: readonly L[] },
  ) {
    const tallies = this.#tallies
    new Counter<L>({
      name,
      help,
      labelNames,
      registers: [registry],
      collect() {
        for (const { labels, tally } of tallies) {
          this.inc(labels, tally.count)
          tally.count = 0
        }
      },
    })
  }

  /** The series with these labels; asked for once for each of them. */
  series(labels: Readonly<Record<L, string>>): Tally {
    const tally = { count: 0 }
    this.#tallies.push({ labels, tally })
    return tally
  }
}
