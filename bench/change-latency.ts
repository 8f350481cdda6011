import { once } from 'node:events'
import { join } from 'node:path'
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { Registry } from 'prom-client'
import { createTemporaryFolder } from '../fixtures/support/temporary-folder.ts'
import { startNode } from '../src/gateway-node.ts'
import { createLogOutput } from '../src/metrics/log-output.ts'
import { SETTINGS_SCHEMA } from '../src/model/settings.ts'
import { startLoadMeter } from '../src/proxy/overload/load-meter.ts'
import { createDraws } from '../src/proxy/process-draws.ts'
import { openStore } from '../src/store/open-store.ts'
import { SEEDED_CANARY, seedDatabase } from './proxy/seed-database.ts'

/**
 * How long a change takes until it is answered, which is when this node serves it, and for how long it
 * keeps the event loop, and with it all traffic, from going on: with 10 000 routes and 100 000 consumers
 * loaded, from a database file. The client is a thread, so that its own work does not count.
 * `node bench/change-latency.ts`
 */

const ROUTES = 10_000
const CONSUMERS = 100_000
const CHANGES = 300
/** Before anything is measured, so that it is compiled and what was read at the start is tidied away. */
const WARM_UP_CHANGES = 500
/** Every reading of the delay holds one tick of the clock it is read with. */
const TICK_MS = 1

interface Call {
  readonly method: string
  readonly path: string
  readonly body: Readonly<Record<string, unknown>> | null
}

interface Sort {
  readonly name: string
  readonly count: number
  readonly call: (n: number) => Call
}

const patch = (path: string, body: Call['body']) => ({ method: 'PATCH', path, body })
const post = (path: string, body: Call['body']) => ({ method: 'POST', path, body })
const changeShare = (n: number) =>
  patch(`/plugins/${SEEDED_CANARY}`, { config: { percentage: (n % 1000) / 10 } })

function sortsOf(routeIds: readonly string[]): readonly Sort[] {
  const count = CHANGES
  return [
    { name: 'none (GET)', count, call: () => ({ method: 'GET', path: '/status', body: null }) },
    { name: 'share of the canary', count, call: changeShare },
    {
      name: 'host of the service',
      count,
      call: (n) => patch('/services/bench', { host: `127.0.0.${1 + (n % 2)}` }),
    },
    {
      name: 'path of a route',
      count,
      call: (n) => patch(`/routes/${routeIds[n]}`, { paths: [`/moved/${n}`] }),
    },
    {
      name: 'service off, on',
      count: 10,
      call: (n) => patch('/services/bench', { enabled: n % 2 === 1 }),
    },
    {
      name: 'tags of a consumer',
      count,
      call: (n) => patch(`/consumers/consumer-${n}`, { tags: [`tag-${n}`] }),
    },
    {
      name: 'new key of a consumer',
      count,
      call: (n) => post(`/consumers/consumer-${n}/key-auth`, { key: `new-key-${n}` }),
    },
    {
      name: 'new hashing upstream',
      count: 1,
      call: () => post('/upstreams', { name: 'ring', hash_on: 'ip' }),
    },
    {
      name: 'new target of it',
      count,
      call: (n) => post('/upstreams/ring/targets', { target: `10.0.${n >> 8}.${n & 255}:80` }),
    },
    {
      name: 'weight of a target',
      count,
      call: (n) => patch(`/upstreams/ring/targets/10.0.0.${n % 200}:80`, { weight: n % 100 }),
    },
  ]
}

if (isMainThread) await main()
else await client(workerData.admin)

async function main(): Promise<void> {
  const folder = createTemporaryFolder('canary-bench-')
  try {
    const database = `sqlite:${join(folder.path, 'canary.db')}`
    console.error('seeding')
    const ports = { v1: 1, v2: 2 }
    await seedDatabase({ database, routes: ROUTES, consumers: CONSUMERS, ports })
    await measure(database)
  } finally {
    folder.remove()
  }
}

async function measure(database: string): Promise<void> {
  const store = await openStore(database)
  const listen = { proxy_listen: '127.0.0.1:0', admin_listen: '127.0.0.1:0' }
  const node = await startNode({
    settings: SETTINGS_SCHEMA.parse(listen),
    store,
    log: createLogOutput({ level: 'error', hasAccessLog: false, descriptor: 2 }),
    registry: new Registry(),
    clock: { now: () => Date.now(), monotonicMs: () => performance.now() },
    draws: createDraws(),
    meter: startLoadMeter(),
    openFileLimit: null,
    blame: (_name, error) => error,
  })
  const query = { after: null, tags: null, parent: null, order: 'oldest-first' } as const
  const routes = await store.list('routes', { size: CHANGES, ...query })
  const worker = new Worker(new URL(import.meta.url), { workerData: { admin: node.admin } })
  const delay = monitorEventLoopDelay({ resolution: TICK_MS })
  const warmUp = Array.from({ length: WARM_UP_CHANGES }, (_, n) => changeShare(n))
  await answersTo(worker, warmUp)
  console.log(row(['change', 'changes', 'p50 ms', 'p99 ms', 'longest stall ms']))
  for (const sort of sortsOf(routes.rows.map(({ entity }) => entity.id))) {
    const calls = Array.from({ length: sort.count }, (_, n) => sort.call(n))
    delay.reset()
    delay.enable()
    const latencies = await answersTo(worker, calls)
    delay.disable()
    console.log(
      row([
        sort.name,
        String(sort.count),
        quantile(latencies, 0.5).toFixed(1),
        quantile(latencies, 0.99).toFixed(1),
        Math.max(0, delay.max / 1e6 - TICK_MS).toFixed(1),
      ]),
    )
  }
  await worker.terminate()
  await node.stop(0)
  await store.close()
}

/** How long each call took, in milliseconds. */
async function answersTo(worker: Worker, calls: readonly Call[]): Promise<readonly number[]> {
  worker.postMessage(calls)
  const [latencies] = await once(worker, 'message')
  return latencies
}

/** In the thread: makes the calls it is sent, one after the other, and sends back how long they took. */
async function client(admin: string): Promise<void> {
  parentPort?.on('message', async (calls: readonly Call[]) => {
    const latencies: number[] = []
    for (const { method, path, body } of calls) {
      const begin = performance.now()
      const answer = await fetch(`${admin}${path}`, {
        method,
        ...(body && {
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      })
      const text = await answer.text()
      latencies.push(performance.now() - begin)
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    }
    parentPort?.postMessage(latencies)
  })
}

function quantile(values: readonly number[], fraction: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? 0
}

function row(cells: readonly string[]): string {
  return cells.map((cell, i) => (i === 0 ? cell.padEnd(24) : cell.padStart(18))).join('')
}
