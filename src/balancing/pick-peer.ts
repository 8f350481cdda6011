import type { BalancerState } from './balancer-state.ts'
import { hasRoom } from './circuit-breaker.ts'
import type { CompiledUpstream } from './compile-upstream.ts'
import { peerOfKey } from './consistent-hash.ts'
import { peerOfCrcKey } from './crc-ring.ts'
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
import type { PeerLoad, PeerSeat } from './peer-load.ts'
import { pickRoundRobin } from './round-robin.ts'
import { warmUp } from './slow-start.ts'

/** What a pick depends on besides the upstream and its state. */
export interface PickContext extends HashContext {
  /** Keys of peers that this request must not go to: those it was tried on already. */
  readonly excluded: ReadonlySet<string>
  /** Keys of peers that nobody may go to at the moment, because of their health. */
  readonly unavailable: ReadonlySet<string>
  /** Whether the request may need a connection of its own, even where an idle one is. */
  readonly mayOpen: boolean
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
  readonly load: PeerLoad
  /** What was hashed; null when the peer was simply next. */
  readonly key: string | null
  /** Cookie the answer must set: `name=value; Path=path; HttpOnly; SameSite=Lax`. */
  readonly issueCookie: IssuedCookie | null
}

/**
 * Why there is no peer: no targets, none with a weight above zero, none that is healthy, or of those that are, all
 * excluded, or some at their limits and the others excluded.
 */
export type NoPeerReason = 'no-targets' | 'no-weight' | 'unhealthy' | 'all-excluded' | 'full'

export interface NoPeer {
  readonly kind: 'none'
  readonly reason: NoPeerReason
}

export type Pick = PickedPeer | NoPeer

/**
 * Picks the peer of an upstream that gets a request. Peers with weight 0, unavailable and excluded ones and those
 * that have no room are never picked.
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
  const { key, issueCookie } = stickyKey(upstream, context)
  const seats = state.seatsOf(upstream, context.nowMs)
  const seat = choose(upstream, { context, key, seats })
  if (seat === null) return { kind: 'none', reason: reasonOfNone(upstream, context, seats) }
  return { kind: 'peer', peer: seat.peer, load: seat.load, key, issueCookie }
}

interface Choice {
  readonly context: PickContext
  readonly key: string | null
  readonly seats: readonly PeerSeat[]
}

function choose(upstream: CompiledUpstream, { context, key, seats }: Choice): PeerSeat | null {
  const { hashing, limits } = upstream
  const { nowMs, mayOpen } = context
  const barred = union(context.unavailable, context.excluded)
  const isUsable = ({ peer, load }: PeerSeat) =>
    !(barred.size > 0 && barred.has(peer.key)) && hasRoom(load, limits, mayOpen)
  const [first] = seats
  if (first !== undefined && seats.length === 1) return isUsable(first) ? first : null
  if (hashing !== null && key !== null) {
    const isUsableAt = (index: number) => isUsable(seats[index] as PeerSeat)
    const { ring } = hashing
    const index =
      ring.kind === 'crc' ? peerOfCrcKey(ring, key, isUsableAt) : peerOfKey(ring, key, isUsableAt)
    return seats[index] ?? null
  }
  if (upstream.slowStartMs > 0) warmUp(seats, { ...context, windowMs: upstream.slowStartMs })
  switch (upstream.algorithm) {
    case 'least-connections':
      return pickLeastConnections(seats, isUsable)
    case 'latency':
      return pickByLatency(seats, { isUsable, nowMs })
    case 'round-robin':
    case 'consistent-hashing':
      return pickRoundRobin(seats, isUsable)
  }
}

function reasonOfNone(
  { limits }: CompiledUpstream,
  { unavailable, excluded, mayOpen }: PickContext,
  seats: readonly PeerSeat[],
): NoPeerReason {
  const isFull = ({ peer, load }: PeerSeat) =>
    !unavailable.has(peer.key) && !excluded.has(peer.key) && !hasRoom(load, limits, mayOpen)
  if (seats.some(isFull)) return 'full'
  return excluded.size > 0 ? 'all-excluded' : 'unhealthy'
}

function union(some: ReadonlySet<string>, others: ReadonlySet<string>): ReadonlySet<string> {
  if (some.size === 0) return others
  return others.size === 0 ? some : new Set([...some, ...others])
}

function stickyKey({ hashing }: CompiledUpstream, context: PickContext): BalancingKey {
  if (hashing === null) return NO_BALANCING_KEY
  return context.previous ?? balancingKey(hashing.plan, context)
}
