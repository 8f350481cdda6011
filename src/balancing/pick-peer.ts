import type { BalancerState } from './balancer-state.ts'
import type { CompiledUpstream } from './compile-upstream.ts'
import { peerOfKey } from './consistent-hash.ts'
import {
  type BalancingKey,
  balancingKey,
  type HashContext,
  type IssuedCookie,
  NO_BALANCING_KEY,
} from './hash-key.ts'
import { pickByLatency } from './latency.ts'
import { pickLeastConnections } from './least-connections.ts'
import type { Peer } from './peer.ts'
import { pickRoundRobin } from './round-robin.ts'
import { warmUp } from './slow-start.ts'

/** What a pick depends on besides the upstream and its state. */
export interface PickContext extends HashContext {
  /** Keys of peers that this request must not go to: those it was tried on already. */
  readonly excluded: ReadonlySet<string>
  /** Keys of peers that nobody may go to at the moment, because of their health. */
  readonly unavailable: ReadonlySet<string>
  /** The earlier pick for this request at this upstream: a retry keeps its key, so that one cookie is issued. */
  readonly previous: PickedPeer | null
  /** Since when a peer, by its key, is healthy, epoch ms; minus infinity when it always was. */
  readonly healthySinceMs: (peerKey: string) => number
  /** Epoch milliseconds. */
  readonly nowMs: number
}

export interface PickedPeer {
  readonly kind: 'peer'
  readonly peer: Peer
  /** What was hashed; null when the peer was simply next. */
  readonly key: string | null
  /** Cookie the answer must set: `name=value; Path=path; HttpOnly; SameSite=Lax`. */
  readonly issueCookie: IssuedCookie | null
}

/** Why there is no peer: no targets, none with a weight above zero, none that is healthy, or all of those excluded. */
export type NoPeerReason = 'no-targets' | 'no-weight' | 'unhealthy' | 'all-excluded'

export type Pick = PickedPeer | { readonly kind: 'none'; readonly reason: NoPeerReason }

/**
 * Picks the peer of an upstream that gets a request. Peers with weight 0, unavailable and excluded ones are never
 * picked.
 * Consistent hashing without anything to hash takes the next peer in turn (a deviation from Kong, see `balancingKey`).
 * Writes to `state`: the turn of the peers moves on.
 */
export function pickPeer(
  upstream: CompiledUpstream,
  context: PickContext,
  state: BalancerState,
): Pick {
  const { peers } = upstream
  if (peers.length === 0) {
    return { kind: 'none', reason: upstream.allPeers.length === 0 ? 'no-targets' : 'no-weight' }
  }
  const sticky = stickyKey(upstream, context)
  const peer = choose(upstream, { context, key: sticky.key, state })
  if (peer === null) {
    return { kind: 'none', reason: context.excluded.size > 0 ? 'all-excluded' : 'unhealthy' }
  }
  return { kind: 'peer', peer, key: sticky.key, issueCookie: sticky.issueCookie }
}

interface Choice {
  readonly context: PickContext
  readonly key: string | null
  readonly state: BalancerState
}

function choose(upstream: CompiledUpstream, { context, key, state }: Choice): Peer | null {
  const { peers, hashing } = upstream
  const { nowMs } = context
  const excluded = union(context.unavailable, context.excluded)
  const [first] = peers
  if (first !== undefined && peers.length === 1) return excluded.has(first.key) ? null : first
  if (hashing !== null && key !== null) {
    const isUsable = (index: number) => !excluded.has((peers[index] as Peer).key)
    return peers[peerOfKey(hashing.ring, key, isUsable)] ?? null
  }
  const seats = state.seatsOf(upstream, nowMs)
  if (upstream.slowStartMs > 0) warmUp(seats, { ...context, windowMs: upstream.slowStartMs })
  switch (upstream.algorithm) {
    case 'least-connections':
      return pickLeastConnections(seats, excluded)
    case 'latency':
      return pickByLatency(seats, { excluded, nowMs })
    case 'round-robin':
    case 'consistent-hashing':
      return pickRoundRobin(seats, excluded)
  }
}

function union(some: ReadonlySet<string>, others: ReadonlySet<string>): ReadonlySet<string> {
  if (some.size === 0) return others
  return others.size === 0 ? some : new Set([...some, ...others])
}

function stickyKey({ hashing }: CompiledUpstream, context: PickContext): BalancingKey {
  if (hashing === null) return NO_BALANCING_KEY
  return context.previous ?? balancingKey(hashing.plan, context)
}
