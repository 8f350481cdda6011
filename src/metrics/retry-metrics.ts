import { Counter, Gauge, type Registry } from 'prom-client'
import { OTHERS, SERIES } from './series-cap.ts'

/** The retries at one upstream. */
export interface RetryReading {
  /** Name of the upstream; `none` for all hosts that name none. */
  readonly upstream: string
  /** Under way: tries again whose answer has not begun. */
  readonly retries: number
  /** Requests that wait for room for a retry. */
  readonly waiting: number
  /** Retries that there was no room for, since the start. */
  readonly refused: number
}

/** Gauges and a counter of what is tried again at each upstream, read when they are asked for. */
export function registerRetryMetrics(
  registry: Registry,
  readings: () => Iterable<RetryReading>,
): void {
  const partsOf = (name: string, help: string, read: (reading: RetryReading) => number) => ({
    name,
    help,
    labelNames: ['upstream'] as const,
    registers: [registry],
    collect(this: Gauge<'upstream'> | Counter<'upstream'>) {
      this.reset()
      let series = 0
      for (const reading of readings()) {
        const upstream = ++series <= SERIES ? reading.upstream : OTHERS
        this.inc({ upstream }, read(reading))
      }
    },
  })
  new Gauge(
    partsOf(
      'canary_retries_in_flight',
      'Tries again at an upstream that are under way.',
      ({ retries }) => retries,
    ),
  )
  new Gauge(
    partsOf(
      'canary_retries_waiting',
      'Requests that wait for room in the retry budget of an upstream.',
      ({ waiting }) => waiting,
    ),
  )
  new Counter(
    partsOf(
      'canary_retries_refused_total',
      'Tries again that the retry budget of an upstream had no room for.',
      ({ refused }) => refused,
    ),
  )
}
