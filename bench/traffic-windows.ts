import type { AccessEntry } from '../src/metrics/access-entry.ts'
import { TrafficWindows } from '../src/metrics/traffic/traffic-windows.ts'

/** Processor time per request that is counted, in nanoseconds: median of several rounds. `node bench/traffic-windows.ts` */

const ROUNDS = 11
const REQUESTS = 500_000
const SERVICES = 2_000
const CONSUMERS = 10_000

const windows = new TrafficWindows()
const entries = Array.from({ length: CONSUMERS }, (_, n) => entry(n))

for (const [name, isWatched] of [
  ['last hour only', false],
  ['last hour and last minute', true],
] as const) {
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round++) times.push(nanosPerRequest(isWatched))
  const [median = 0] = times.toSorted((a, b) => a - b).slice(ROUNDS >> 1)
  console.log(`${name.padEnd(30)}${median.toFixed(0).padStart(6)} ns`)
}

function nanosPerRequest(isWatched: boolean): number {
  const nowMs = 1_790_000_000_000
  if (isWatched) for (let n = 0; n < 500; n++) windows.minute(`service-${n}`, nowMs)
  const before = process.cpuUsage()
  for (let n = 0; n < REQUESTS; n++) windows.record(entries[n % CONSUMERS] as AccessEntry)
  const { user, system } = process.cpuUsage(before)
  return ((user + system) * 1000) / REQUESTS
}

function entry(n: number): AccessEntry {
  return {
    at: 1_790_000_000_000,
    requestId: 'r',
    client: '127.0.0.1',
    method: 'GET',
    host: 'h',
    path: '/',
    status: 200,
    route: 'r',
    service: `service-${n % SERVICES}`,
    variant: n % 10 === 0 ? 'canary' : 'primary',
    rule: 'hash',
    split: null,
    target: 't',
    consumer: `consumer-${n}`,
    tries: 1,
    totalMs: (n % 97) + 0.5,
    upstreamMs: 1,
    reason: null,
    fallback: null,
  }
}
