import type { CompiledUpstream } from './compile-upstream.ts'
import { observeLatency } from './latency.ts'
import type { Peer } from './peer.ts'
import { newPeerLoad, type PeerLoad, type PeerSeat } from './peer-load.ts'
import { type Seating, seatPeers } from './seating.ts'

/**
 * Turns, open requests and latencies, keyed by upstream and by peer. Kept outside the snapshot: a new snapshot goes
 * on where the old one was. Requests that still run on the old one count for the same loads and keep its turns.
 */
export class BalancerState {
  readonly #upstreams = new Map<string, UpstreamMemory>()

  /** Seats of `upstream.peers`, one for each and in the same order. */
  seatsOf(upstream: CompiledUpstream, nowMs: number): readonly PeerSeat[] {
    const memory = this.#memoryOf(upstream.id)
    if (memory.latest?.upstream === upstream) return memory.latest.seats
    let seating = memory.seatings.get(upstream)
    if (seating === undefined) {
      seating = seatPeers(upstream, memory.latest, {
        loadOf: (key) => loadOf(memory, key),
        nowMs,
      })
      memory.seatings.set(upstream, seating)
      memory.latest = seating
    }
    return seating.seats
  }

  /** Counts a request to a peer as open. Hand what is returned to `end`, once, when the request is over. */
  begin(upstream: CompiledUpstream, peer: Peer): PeerLoad {
    const load = loadOf(this.#memoryOf(upstream.id), peer.key)
    load.openRequests++
    return load
  }

  /** Ends what `begin` returned; safe when the target is gone or was replaced in the meantime. */
  end(load: PeerLoad): void {
    load.openRequests--
  }

  /** Takes in how long a peer took to its response head. `load` is what `begin` returned. */
  observe(load: PeerLoad, latencyMs: number, nowMs: number): void {
    observeLatency(load, latencyMs, nowMs)
  }

  /** Forgets the peers that an upstream no longer has. Called for each upstream that a new snapshot changes. */
  retain(upstream: CompiledUpstream): void {
    const memory = this.#upstreams.get(upstream.id)
    if (memory === undefined) return
    const kept = new Set(upstream.allPeers.map((peer) => peer.key))
    for (const key of memory.loads.keys()) if (!kept.has(key)) memory.loads.delete(key)
  }

  /** Forgets an upstream that a new snapshot no longer has. */
  drop(upstreamId: string): void {
    this.#upstreams.delete(upstreamId)
  }

  #memoryOf(upstreamId: string): UpstreamMemory {
    let memory = this.#upstreams.get(upstreamId)
    if (memory === undefined) {
      memory = { loads: new Map(), latest: null, seatings: new WeakMap() }
      this.#upstreams.set(upstreamId, memory)
    }
    return memory
  }
}

interface UpstreamMemory {
  /** By peer key. */
  readonly loads: Map<string, PeerLoad>
  /** Where the next version of the upstream goes on. */
  latest: Seating | null
  /** The versions that requests still run on. */
  readonly seatings: WeakMap<CompiledUpstream, Seating>
}

function loadOf(memory: UpstreamMemory, peerKey: string): PeerLoad {
  let load = memory.loads.get(peerKey)
  if (load === undefined) {
    load = newPeerLoad()
    memory.loads.set(peerKey, load)
  }
  return load
}
