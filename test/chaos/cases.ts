import { setTimeout as pause } from 'node:timers/promises'
import { runAllDead } from './all-dead.ts'
import { logDifferences, sumOf } from './compare-records.ts'
import { startDepartedFrom } from './departed-from.ts'
import { runDepartures } from './departures.ts'
import { type ObservedProcess, startObservedProcess } from './gateway-process.ts'
import { runSickTarget } from './sick-target.ts'
import { runSlowCrowd } from './slow-crowd.ts'
import { runStaleConnections } from './stale-connections.ts'
import { FAULTS, type Fault } from './target-process.ts'
import { until } from './until.ts'

/** One number of a case, with what was promised of it. */
export interface Figure {
  readonly name: string
  readonly value: number
  /** The promise: not more than this; null for what is only told. */
  readonly bound: number | null
}

export interface ChaosCase {
  readonly name: string
  run(): Promise<readonly Figure[]>
}

const TARGETS = { clients: 64, pauseMs: 40, readTimeoutMs: 1_000, recovery: 3, canaryPercent: 20 }

/** The full-size runs, one after the other. */
export const CASES: readonly ChaosCase[] = [
  ...FAULTS.map((fault) => ({ name: `one of three targets is ${fault}`, run: () => sick(fault) })),
  { name: 'all targets are dead', run: allDead },
  { name: 'the upstream closes connections after a second', run: stale },
  { name: '10,000 clients leave at random moments', run: departures },
  { name: '1,000 idle and 200 dripping clients', run: slowCrowd },
]

async function sick(fault: Fault): Promise<Figure[]> {
  const figures = await runSickTarget(fault, { ...TARGETS, requests: 5_000 })
  return [
    told('clients', TARGETS.clients),
    told('requests', figures.requests),
    { name: 'failed', value: figures.failed, bound: figures.bound },
    told('retried', figures.retried),
    told('ms to eject', figures.ejectMs),
    told('ms to return', figures.returnMs),
    agreement(figures.differences),
  ]
}

async function allDead(): Promise<Figure[]> {
  const { requests, attempts, differences } = await runAllDead({
    ...TARGETS,
    canaryPercent: 0,
    requests: 10_000,
  })
  return [
    told('clients', TARGETS.clients),
    told('requests', requests),
    { name: 'attempts', value: attempts, bound: 1.2 * requests },
    agreement(differences),
  ]
}

function stale(): Promise<Figure[]> {
  return withGateway(async (gateway) => {
    const size = { idleMs: 1_000, clients: 500, rounds: 10 }
    const figures = await runStaleConnections(gateway, size)
    const requests = size.clients * size.rounds
    await until('all are logged', () => gateway.entries.length >= requests)
    return [
      told('clients', size.clients),
      told('GETs', figures.gets),
      { name: 'failed GETs', value: figures.failedGets, bound: 0 },
      told('POSTs', figures.posts),
      told('failed POSTs', figures.failedPosts),
      { name: 'POSTs seen twice', value: figures.repeatedPosts, bound: 0 },
      agreement(logDifferences(gateway.entries, await gateway.metrics())),
    ]
  })
}

/** Clients that come before those that are counted: pools and caches are as full then as they get. */
const WARM_UP = { clients: 2_000, withinMs: 4_000, stayMs: 60 }
const DEPARTURES = { clients: 10_000, withinMs: 20_000, stayMs: 60 }

function departures(): Promise<Figure[]> {
  return withGateway(async (gateway) => {
    const services = await startDepartedFrom(gateway)
    try {
      await runDepartures(gateway.proxyPort, WARM_UP)
      const before = await restOf(gateway)
      await runDepartures(gateway.proxyPort, DEPARTURES)
      const after = await restOf(gateway)
      return [
        told('clients', DEPARTURES.clients),
        { name: 'connections', value: after.connections, bound: 0 },
        { name: 'in flight', value: after.inFlight, bound: 0 },
        { name: 'handles', value: after.handles, bound: before.handles },
        { name: 'heap MB', value: after.heapMb, bound: before.heapMb * 1.1 + 2 },
        told('RSS MB before', before.rssMb),
        told('RSS MB', after.rssMb),
        { name: 'upstream sockets', value: services.upstream.sockets.size, bound: 0 },
        { name: 'sockets in a handshake', value: services.silent.sockets.size, bound: 0 },
        agreement(logDifferences(gateway.entries, await gateway.metrics())),
      ]
    } finally {
      await services.close()
    }
  })
}

/** So long after the last of its clients: its idle connections to upstreams are gone then. */
const REST_LOOKS = 5
const LOOK_MS = 1_000

/** What a gateway holds when nobody has asked for a while. On a busy machine it takes its time to notice who has left. */
async function restOf(gateway: ObservedProcess) {
  let asked = -1
  let looks = 0
  await until(
    'the gateway is at rest',
    async () => {
      gateway.collectGarbage()
      await pause(LOOK_MS)
      const metrics = await gateway.metrics()
      const isStill =
        gateway.entries.length === asked && sumOf(metrics, 'canary_client_connections') === 0
      asked = gateway.entries.length
      looks = isStill ? looks + 1 : 0
      return looks === REST_LOOKS
    },
    60_000,
  )
  const metrics = await gateway.metrics()
  return {
    connections: sumOf(metrics, 'canary_client_connections'),
    inFlight: sumOf(metrics, 'canary_requests_in_flight'),
    handles: sumOf(metrics, 'nodejs_active_handles_total'),
    heapMb: sumOf(metrics, 'nodejs_heap_size_used_bytes') / 2 ** 20,
    rssMb: sumOf(metrics, 'process_resident_memory_bytes') / 2 ** 20,
  }
}

function slowCrowd(): Promise<Figure[]> {
  return withGateway(async (gateway) => {
    const { statuses, alone, crowded, present } = await runSlowCrowd(gateway, {
      idle: 1_000,
      dripping: 200,
      asked: 2_000,
    })
    const p99 = (waits: readonly number[]) => waits[Math.ceil(waits.length * 0.99) - 1] ?? 0
    return [
      told('requests', statuses.length),
      { name: 'failed', value: statuses.filter((status) => status !== 200).length, bound: 0 },
      told('slow clients', present),
      told('p99 ms alone', p99(alone)),
      told('p99 ms crowded', p99(crowded)),
      told('longest ms crowded', crowded.at(-1) ?? 0),
      { name: 'p99 ms longer', value: p99(crowded) - p99(alone), bound: 50 },
    ]
  })
}

async function withGateway(
  run: (gateway: ObservedProcess) => Promise<Figure[]>,
): Promise<Figure[]> {
  const gateway = await startObservedProcess()
  try {
    const figures = await run(gateway)
    return [...figures, { name: 'complaints', value: gateway.complaints.length, bound: 0 }]
  } finally {
    await gateway.stop()
  }
}

function told(name: string, value: number): Figure {
  return { name, value, bound: null }
}

function agreement(differences: readonly string[]): Figure {
  for (const difference of differences.slice(0, 5)) console.error(difference)
  return { name: 'differences in the records', value: differences.length, bound: 0 }
}
