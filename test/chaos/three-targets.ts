import { setTimeout as pause } from 'node:timers/promises'
import { configureService, configureUpstream } from '../support/configure.ts'
import { differences } from './compare-records.ts'
import { type ObservedProcess, startObservedProcess } from './gateway-process.ts'
import { type LoadSize, SteadyLoad } from './steady-load.ts'
import { TargetProcess } from './target-process.ts'
import { until } from './until.ts'

/** Failures in a row that take a target out. */
export const THRESHOLD = 3

export interface TargetsSize extends LoadSize {
  /** `read_timeout` of the service, in milliseconds. */
  readonly readTimeoutMs: number
  /** `healthchecks.passive.recovery`, in seconds. */
  readonly recovery: number
  /** What a fifth of the users gets from a healthy canary, in percent. */
  readonly canaryPercent: number
}

const NAMES = ['canary', 'a', 'b', 'c'] as const

/** A gateway before three targets with passive checks and a canary, all of them processes, under steady load. */
export class ThreeTargets {
  readonly gateway: ObservedProcess
  readonly targets: readonly TargetProcess[]
  readonly #canary: TargetProcess
  readonly load: SteadyLoad

  private constructor(
    gateway: ObservedProcess,
    targets: readonly TargetProcess[],
    { canary, load }: { readonly canary: TargetProcess; readonly load: SteadyLoad },
  ) {
    this.gateway = gateway
    this.targets = targets
    this.#canary = canary
    this.load = load
  }

  /** Starts all of it and the load; `stop` it. */
  static async start(size: TargetsSize): Promise<ThreeTargets> {
    const starting = [
      startObservedProcess(),
      ...NAMES.map((name) => TargetProcess.start(name)),
    ] as const
    try {
      const [gateway, canary, ...targets] = await Promise.all(starting)
      if (canary === undefined) throw new Error('no canary was started')
      await configure(gateway, { targets, canary, size })
      const load = new SteadyLoad(gateway.proxyPort, size)
      return new ThreeTargets(gateway, targets, { canary, load })
    } catch (error) {
      for (const started of await Promise.allSettled(starting)) {
        if (started.status === 'fulfilled') await started.value.stop()
      }
      throw error
    }
  }

  /** Whether the gateway calls a target healthy. */
  async isHealthy({ address }: TargetProcess): Promise<boolean> {
    const { data } = await this.gateway.admin<{ data: { target: string; health: string }[] }>(
      'GET',
      '/upstreams/shop.v1/health',
    )
    return data.find(({ target }) => target === address)?.health === 'HEALTHY'
  }

  /** Waits until clients have so many more answers. */
  async untilAsked(requests: number): Promise<void> {
    const { seen } = this.load
    const wanted = seen.length + requests
    await until(`${requests} more answers`, () => seen.length >= wanted, 120_000)
  }

  /** Ends the load; returns where the access log and the metrics differ from what clients saw. */
  async endLoad(): Promise<string[]> {
    const { load, gateway } = this
    await load.stop()
    // Lines are written some milliseconds after their requests; what never comes is a difference.
    for (let i = 0; i < 100 && gateway.entries.length < load.seen.length; i += 1) await pause(20)
    return [
      ...differences({
        seen: load.seen,
        entries: gateway.entries,
        metrics: await gateway.metrics(),
      }),
      ...gateway.complaints,
    ]
  }

  async stop(): Promise<void> {
    await this.load.stop()
    await Promise.all([this.gateway, this.#canary, ...this.targets].map((one) => one.stop()))
  }
}

interface Configured {
  readonly targets: readonly TargetProcess[]
  readonly canary: TargetProcess
  readonly size: TargetsSize
}

async function configure(
  gateway: ObservedProcess,
  { targets, canary, size }: Configured,
): Promise<void> {
  const weights = Object.fromEntries(targets.map(({ address }) => [address, 100]))
  await configureUpstream(gateway, 'shop.v1', weights)
  await configureUpstream(gateway, 'shop.v2', { [canary.address]: 100 })
  const unhealthy = { tcp_failures: THRESHOLD, timeouts: THRESHOLD, http_failures: THRESHOLD }
  await gateway.admin('PATCH', '/upstreams/shop.v1', {
    healthchecks: { passive: { unhealthy, recovery: size.recovery } },
  })
  const { serviceId } = await configureService(gateway, 80, {
    service: { host: 'shop.v1', read_timeout: size.readTimeoutMs },
  })
  await gateway.admin('POST', '/plugins', {
    name: 'canary',
    service: { id: serviceId },
    config: {
      upstream_host: 'shop.v2',
      percentage: size.canaryPercent,
      hash: 'header',
      hash_header: 'X-User',
    },
  })
}
