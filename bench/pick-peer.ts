import { randomUUID } from 'node:crypto'
import { BalancerState } from '../src/balancing/balancer-state.ts'
import { type CompiledUpstream, compileUpstream } from '../src/balancing/compile-upstream.ts'
import { type PickContext, pickPeer } from '../src/balancing/pick-peer.ts'
import { NOBODY } from '../src/model/identity.ts'
import type { ParsedRequest } from '../src/model/request.ts'
import { TARGET_DEFINITION } from '../src/model/target.ts'
import { UPSTREAM_DEFINITION } from '../src/model/upstream.ts'

/** Processor time per pick of a peer, in microseconds: median of several rounds. `node bench/pick-peer.ts` */

const ROUNDS = 15
const PICKS_PER_ROUND = 200_000
const REQUEST_COUNT = 10_000
const NOW = 1_790_000_500_000

const BY_IP = { algorithm: 'consistent-hashing', hash_on: 'ip' }
const BY_HEADER = {
  algorithm: 'consistent-hashing',
  hash_on: 'header',
  hash_on_header: 'X-User-Id',
  hash_fallback: 'ip',
}

const cases: readonly (readonly [name: string, upstream: CompiledUpstream])[] = [
  ['wheel, 1 target', upstreamWith(1, {})],
  ['wheel, 4 targets', upstreamWith(4, {})],
  ['wheel, 50 targets', upstreamWith(50, {})],
  ['ring by address, 4 targets', upstreamWith(4, BY_IP)],
  ['ring by header, 4 targets', upstreamWith(4, BY_HEADER)],
  ['ring by header, 50 targets', upstreamWith(50, BY_HEADER)],
  ['least connections, 4 targets', upstreamWith(4, { algorithm: 'least-connections' })],
  ['latency, 4 targets', upstreamWith(4, { algorithm: 'latency' })],
]

const contexts = Array.from({ length: REQUEST_COUNT }, (_, i) => contextOfClient(i))
const measured = cases.map(([name, upstream]) => ({ name, upstream, times: [] as number[] }))

// The cases take turns, so that none has the machine's good minutes to itself.
for (let round = 0; round < ROUNDS; round++) {
  for (const { upstream, times } of measured) times.push(microsPerPick(upstream))
}
for (const { name, times } of measured) {
  console.log(`${name.padEnd(32)}${median(times).toFixed(3).padStart(8)} µs`)
}

/** A pick together with the counting of its request, as the proxy does it. */
function microsPerPick(upstream: CompiledUpstream): number {
  const state = new BalancerState()
  const before = process.cpuUsage()
  for (let i = 0; i < PICKS_PER_ROUND; i++) {
    const pick = pickPeer(upstream, contexts[i % REQUEST_COUNT] as PickContext, state)
    if (pick.kind === 'none') throw new Error(pick.reason)
    state.begin(pick.load)
    state.end(pick.load)
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / PICKS_PER_ROUND
}

function upstreamWith(targetCount: number, fields: object): CompiledUpstream {
  const stamps = { created_at: NOW / 1000, updated_at: NOW / 1000 }
  const upstream = UPSTREAM_DEFINITION.schema.parse({
    id: randomUUID(),
    name: 'bench.example',
    ...stamps,
    ...fields,
  })
  const targets = Array.from({ length: targetCount }, (_, i) =>
    TARGET_DEFINITION.schema.parse({
      id: randomUUID(),
      upstream: { id: upstream.id },
      target: `10.0.0.${i + 1}:8080`,
      weight: 100 - (i % 3),
      ...stamps,
    }),
  )
  return compileUpstream(upstream, targets)
}

/** A request with six fields, the hashed one last. */
function contextOfClient(index: number): PickContext {
  const others = Array.from({ length: 5 }, (_, i) => [`x-field-${i}`, `value-${i}`] as const)
  const fields = [...others, ['x-user-id', randomUUID()] as const]
  const address = `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`
  const request: ParsedRequest = {
    method: 'GET',
    path: '/orders/7',
    rawPath: '/orders/7',
    query: '',
    httpVersion: '1.1',
    host: 'bench.example',
    port: 80,
    authority: 'bench.example',
    scheme: 'http',
    fields: { names: fields.map(([name]) => name), values: fields.map(([, value]) => value) },
    body: { kind: 'none' },
    peerAddress: address,
    clientAddress: address,
    isPeerTrusted: false,
    listenerPort: 8000,
  }
  return {
    request,
    identity: NOBODY,
    captures: () => null,
    variantCookies: [],
    draws: { uuid: randomUUID },
    unavailable: new Set<string>(),
    mayOpen: false,
    healthySinceMs: () => Number.NEGATIVE_INFINITY,
    excluded: new Set(),
    previous: null,
    nowMs: NOW,
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}
