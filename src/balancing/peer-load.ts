import type { Peer } from './peer.ts'
import { PeerConnections } from './peer-connections.ts'

/** What is known of the traffic at one peer of an upstream, whichever snapshot sent it there. */
export interface PeerLoad {
  /** Requests begun and not ended. */
  openRequests: number
  readonly connections: PeerConnections
  /** Peak-sensitive average of the latency; null before the first answer. */
  latencyMs: number | null
  /** When `latencyMs` was last brought up to date, epoch milliseconds. */
  observedAtMs: number
}

/** The place of a peer in the wheel of one compiled upstream. */
export interface PeerSeat {
  readonly peer: Peer
  readonly load: PeerLoad
  /** When it took its seat beside others, epoch ms; minus infinity for those that were there from the start. */
  readonly joinedMs: number
  /** What of the peer's weight counts at the moment. */
  weight: number
  /** Credit in units of weight: the peer with the most is next. */
  wheelPosition: number
  /** Scratch of the pick under way: what one more request would cost there. */
  cost: number
}

/** `maxConnections`: see `PeerConnections.limit`. */
export function newPeerLoad(maxConnections: number): PeerLoad {
  const connections = new PeerConnections(maxConnections)
  return { openRequests: 0, connections, latencyMs: null, observedAtMs: 0 }
}

/** Nothing is under way at the peer, and no connection is open. */
export function isUnused({ openRequests, connections }: PeerLoad): boolean {
  return openRequests === 0 && connections.isUnused
}
