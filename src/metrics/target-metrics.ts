import { Counter, Gauge, type Registry } from 'prom-client'
import { OTHERS, SERIES } from './series-cap.ts'

/** What one target of an upstream bears at the moment. */
export interface TargetLoad {
  /** Name of the upstream; `none` for an address that belongs to none. */
  readonly upstream: string
  readonly target: string
  readonly requests: number
  readonly connections: number
  readonly pendingRequests: number
}

/** Requests that no target of an upstream had room for, since the start. */
export interface Refusals {
  readonly upstream: string
  readonly count: number
}

export interface TargetReadings {
  targetLoads(): Iterable<TargetLoad>
  refusals(): Iterable<Refusals>
}

/** Gauges of what each target bears, and a counter of what was refused for that, read when they are asked for. */
export function registerTargetMetrics(registry: Registry, readings: TargetReadings): void {
  const gauge = (name: string, help: string, read: (load: TargetLoad) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['upstream', 'target'],
      registers: [registry],
      collect() {
        this.reset()
        let series = 0
        for (const load of readings.targetLoads()) {
          const { upstream, target } = ++series <= SERIES ? load : ALL_OTHERS
          this.inc({ upstream, target }, read(load))
        }
      },
    })
  gauge('canary_target_requests', 'Requests under way at a target.', ({ requests }) => requests)
  gauge(
    'canary_target_connections',
    'Open connections to a target, idle ones among them.',
    ({ connections }) => connections,
  )
  gauge(
    'canary_target_pending_requests',
    'Requests that wait for a connection to a target to be opened.',
    ({ pendingRequests }) => pendingRequests,
  )
  new Counter({
    name: 'canary_circuit_open_total',
    help: 'Requests and retries that were refused because all targets were at their limits.',
    labelNames: ['upstream'],
    registers: [registry],
    collect() {
      this.reset()
      let series = 0
      for (const { upstream, count } of readings.refusals()) {
        this.inc({ upstream: ++series <= SERIES ? upstream : OTHERS }, count)
      }
    },
  })
}

const ALL_OTHERS = { upstream: OTHERS, target: OTHERS }
