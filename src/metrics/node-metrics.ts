import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'

/** What a node reads off itself when it is asked. */
export interface NodeReadings {
  readonly version: string
  configurationVersion(): number
  connections(): { readonly active: number; readonly writing: number; readonly waiting: number }
  requestsInFlight(): number
  overload(): { readonly shedsFor: string | null; readonly keepsAlive: boolean }
  /** Names whose addresses are used although their time is over. */
  staleNames(): Iterable<string>
  upstreams(): Iterable<UpstreamReading>
}

export interface UpstreamReading {
  readonly name: string
  /** So much was ejected that it is used all the same. */
  readonly isPanicking: boolean
  /** How often a target was taken out, by what found it unhealthy. */
  readonly ejections: Readonly<Record<string, number>>
  readonly targets: readonly { readonly target: string; readonly isHealthy: boolean }[]
}

/** A registry with the metrics of the process: memory, event loop, handles. One for a process. */
export function processRegistry(): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return registry
}

/** Gauges of the node itself, read when they are asked for. */
export function registerNodeMetrics(registry: Registry, readings: NodeReadings): void {
  const registers = [registry]
  new Gauge({
    name: 'canary_info',
    help: 'Version of the gateway.',
    labelNames: ['version'],
    registers,
    collect() {
      this.set({ version: readings.version }, 1)
    },
  })
  new Gauge({
    name: 'canary_config_version',
    help: 'Version of the configuration that is served.',
    registers,
    collect() {
      this.set(readings.configurationVersion())
    },
  })
  new Gauge({
    name: 'canary_client_connections',
    help: 'Open connections of clients.',
    labelNames: ['state'],
    registers,
    collect() {
      for (const [state, count] of Object.entries(readings.connections())) {
        this.set({ state }, count)
      }
    },
  })
  new Gauge({
    name: 'canary_requests_in_flight',
    help: 'Requests that have begun and not ended.',
    registers,
    collect() {
      this.set(readings.requestsInFlight())
    },
  })
  new Gauge({
    name: 'canary_overload',
    help: 'Whether the process refuses new requests, and whether it closes connections after each answer, 1 or 0.',
    labelNames: ['effect'],
    registers,
    collect() {
      const { shedsFor, keepsAlive } = readings.overload()
      this.set({ effect: 'refuses_requests' }, shedsFor === null ? 0 : 1)
      this.set({ effect: 'closes_connections' }, keepsAlive ? 0 : 1)
    },
  })
  new Gauge({
    name: 'canary_dns_stale',
    help: 'Host names whose last addresses stay in use because they cannot be resolved, each with 1.',
    labelNames: ['name'],
    registers,
    collect() {
      this.reset()
      for (const name of readings.staleNames()) this.set({ name }, 1)
    },
  })
  registerHealth(registry, readings)
}

/** Only of upstreams that are checked: nothing is known of others. */
function registerHealth(registry: Registry, readings: NodeReadings): void {
  new Gauge({
    name: 'canary_target_healthy',
    help: 'Whether a target of a checked upstream is healthy, 1 or 0.',
    labelNames: ['upstream', 'target'],
    registers: [registry],
    collect() {
      this.reset()
      for (const { name, targets } of readings.upstreams()) {
        for (const { target, isHealthy } of targets) {
          this.set({ upstream: name, target }, isHealthy ? 1 : 0)
        }
      }
    },
  })
  new Counter({
    name: 'canary_target_ejections_total',
    help: 'How often a target of a checked upstream was taken out, by probes, traffic or an operator.',
    labelNames: ['upstream', 'by'],
    registers: [registry],
    collect() {
      this.reset()
      for (const { name, ejections } of readings.upstreams()) {
        for (const [by, count] of Object.entries(ejections)) {
          this.inc({ upstream: name, by }, count)
        }
      }
    },
  })
  new Gauge({
    name: 'canary_upstream_panic',
    help: 'Whether more of an upstream failed than may be taken out, so that all of it is used, 1 or 0.',
    labelNames: ['upstream'],
    registers: [registry],
    collect() {
      this.reset()
      for (const { name, isPanicking } of readings.upstreams()) {
        this.set({ upstream: name }, isPanicking ? 1 : 0)
      }
    },
  })
}
