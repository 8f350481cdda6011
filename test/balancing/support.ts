import type { BalancerState } from '../../src/balancing/balancer-state.ts'
import { type CompiledUpstream, compileUpstream } from '../../src/balancing/compile-upstream.ts'
import type { Peer } from '../../src/balancing/peer.ts'
import type { PeerLoad } from '../../src/balancing/peer-load.ts'
import { type Pick, type PickContext, pickPeer } from '../../src/balancing/pick-peer.ts'
import { healthchecks } from '../../src/model/healthchecks.ts'
import { NOBODY } from '../../src/model/identity.ts'
import type { Target } from '../../src/model/target.ts'
import type { Upstream } from '../../src/model/upstream.ts'
import { parsedRequest } from '../support/parsed-request.ts'

const NO_CHECKS = healthchecks().parse({})

/** An upstream with the fields that balancing reads at their defaults. */
export function upstreamOf(fields: Partial<Upstream> = {}): Upstream {
  return {
    id: 'upstream-1',
    name: 'address.v1.service',
    algorithm: 'round-robin',
    host_header: null,
    slots: 10_000,
    hash_on: 'none',
    hash_on_header: null,
    hash_on_cookie: null,
    hash_on_cookie_path: '/',
    hash_on_query_arg: null,
    hash_on_uri_capture: null,
    hash_fallback: 'none',
    hash_fallback_header: null,
    hash_fallback_query_arg: null,
    hash_fallback_uri_capture: null,
    healthchecks: NO_CHECKS,
    ...fields,
  } as Upstream
}

export function targetOf(address: string, weight = 100): Target {
  return { id: `target ${address}`, target: address, weight } as Target
}

/** A compiled upstream of `address: weight` pairs. */
export function compiledOf(
  weights: Readonly<Record<string, number>>,
  fields: Partial<Upstream> = {},
): CompiledUpstream {
  const targets = Object.entries(weights).map(([address, weight]) => targetOf(address, weight))
  return compileUpstream(upstreamOf(fields), targets)
}

/** `count` equal weights at 10.0.0.1:80, 10.0.0.2:80, … */
export function equalWeights(count: number, weight = 100): Record<string, number> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `10.0.${Math.floor(i / 250)}.${(i % 250) + 1}:80`,
      weight,
    ]),
  )
}

export function pickContext(parts: Partial<PickContext> = {}): PickContext {
  return {
    request: parsedRequest(),
    identity: NOBODY,
    captures: () => null,
    draws: { uuid: () => 'a-fresh-uuid' },
    variantCookies: [],
    excluded: new Set(),
    unavailable: new Set(),
    mayOpen: false,
    healthySinceMs: () => Number.NEGATIVE_INFINITY,
    previous: null,
    nowMs: 0,
    ...parts,
  }
}

/** Begins a request at a peer of an upstream; `end` what is returned. */
export function beginAt(state: BalancerState, upstream: CompiledUpstream, peer: Peer): PeerLoad {
  const load = state.seatsOf(upstream, 0).find((seat) => seat.peer.key === peer.key)?.load
  if (load === undefined) throw new Error(`no seat for ${peer.key}`)
  state.begin(load)
  return load
}

/** The key of the picked peer; throws when there is none. */
export function pickedKey(pick: Pick): string {
  if (pick.kind === 'none') throw new Error(`no peer: ${pick.reason}`)
  return pick.peer.key
}

/** How often each peer was picked. */
export function tally(keys: Iterable<string>): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1
  return counts
}

/** Keys of `count` picks in a row. */
export function picks(upstream: CompiledUpstream, state: BalancerState, count: number): string[] {
  const context = pickContext()
  return Array.from({ length: count }, () => pickedKey(pickPeer(upstream, context, state)))
}

/** Keys of consumers for hashing: `user-0`, `user-1`, … */
export function sampleKeys(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `user-${i}`)
}
