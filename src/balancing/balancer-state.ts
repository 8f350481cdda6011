import { DEFAULT_CIRCUIT_LIMITS } from './circuit-breaker.ts'
import type { CompiledUpstream } from './compile-upstream.ts'
import { observeLatency } from './latency.ts'
import { authorityOf } from './peer.ts'
import { isUnused, newPeerLoad, type PeerLoad, type PeerSeat } from './peer-load.ts'
import { type Seating, seatPeers } from './seating.ts'

/**
 * Turns, open requests and latencies, keyed by upstream and by peer. Kept outside the snapshot: a new snapshot goes
 * on where the old one was. Requests that still run on the old one count for the same loads and keep its turns.
 */
export class BalancerState {
  readonly #upstreams = new Map<string, UpstreamMemory>()
  /** Turns of hosts that are no upstreams. */
  readonly #hosts = new Map<string, UpstreamMemory>()
  readonly #addresses = new Map<string, PeerLoad>()
  #addressRefusals = 0

  /** Seats of `upstream.peers`, one for each and in the same order. */
  seatsOf(upstream: CompiledUpstream, nowMs: number): readonly PeerSeat[] {
    const memory = upstream.isHost ? this.#memoryOfHost(upstream.id) : this.#memoryOf(upstream.id)
    if (memory.latest?.upstream === upstream) return memory.latest.seats
    let seating = memory.seatings.get(upstream)
    if (seating === undefined) {
      seating = seatPeers(upstream, memory.latest, {
        loadOf: (key) =>
          upstream.isHost
            ? this.loadOfAddress(key)
            : loadOf(memory, key, upstream.limits.maxConnections),
        nowMs,
      })
      memory.seatings.set(upstream, seating)
      memory.latest = seating
    }
    return seating.seats
  }

  /** Load of an address that belongs to no upstream, by the key of its peer. */
  loadOfAddress(address: string): PeerLoad {
    let load = this.#addresses.get(address)
    if (load === undefined) {
      if (this.#addresses.size >= ADDRESSES_KEPT) this.#forgetUnusedAddresses()
      load = newPeerLoad(DEFAULT_CIRCUIT_LIMITS.maxConnections)
      this.#addresses.set(address, load)
    }
    return load
  }

  /** Loads of an upstream's peers by their keys, as far as they had requests. */
  loadsOf(upstreamId: string): ReadonlyMap<string, PeerLoad> {
    return this.#upstreams.get(upstreamId)?.loads ?? NO_LOADS
  }

  /** Loads of addresses that belong to no upstream. */
  get addressLoads(): ReadonlyMap<string, PeerLoad> {
    return this.#addresses
  }

  /** Counts a request that no peer of an upstream had room for; null for an address that belongs to none. */
  refuse(upstreamId: string | null): void {
    if (upstreamId === null) this.#addressRefusals += 1
    else this.#memoryOf(upstreamId).refusals += 1
  }

  /** How many requests no peer of an upstream had room for. */
  refusalsOf(upstreamId: string): number {
    return this.#upstreams.get(upstreamId)?.refusals ?? 0
  }

  /** How many requests an address that belongs to no upstream had no room for. */
  get addressRefusals(): number {
    return this.#addressRefusals
  }

  /** Counts a request to a peer as open. Hand `load` to `end`, once, when the request is over. */
  begin(load: PeerLoad): void {
    load.openRequests++
  }

  /** Ends what has begun; safe when the target is gone or was replaced in the meantime. */
  end(load: PeerLoad): void {
    load.openRequests--
  }

  /** Takes in how long a peer took to its response head. */
  observe(load: PeerLoad, latencyMs: number, nowMs: number): void {
    observeLatency(load, latencyMs, nowMs)
  }

  /**
   * Forgets the peers that an upstream no longer has: with their target at once, but those at an address that the name
   * of a target has lost not before they are out of use, since names lose addresses and get them back. Called for each
   * upstream that a new snapshot or the addresses of a name change.
   */
  retain({ id, allPeers }: CompiledUpstream): void {
    const memory = this.#upstreams.get(id)
    if (memory === undefined) return
    const kept = new Set(allPeers.map(({ key }) => key))
    const authorities = new Set(allPeers.map(({ authority }) => authority))
    for (const [key, load] of memory.loads) {
      const isKept = kept.has(key) || (!isUnused(load) && authorities.has(authorityOf(key)))
      if (!isKept) memory.loads.delete(key)
    }
  }

  /** Forgets an upstream that a new snapshot no longer has, or the turns of a host. */
  drop(id: string): void {
    this.#upstreams.delete(id)
    this.#hosts.delete(id)
  }

  #forgetUnusedAddresses(): void {
    for (const [address, load] of this.#addresses) {
      if (isUnused(load)) this.#addresses.delete(address)
    }
  }

  #forgetUnusedHosts(): void {
    for (const [id, { latest }] of this.#hosts) {
      if (latest?.seats.every(({ load }) => isUnused(load))) this.#hosts.delete(id)
    }
  }

  #memoryOf(upstreamId: string): UpstreamMemory {
    return memoryIn(this.#upstreams, upstreamId)
  }

  #memoryOfHost(id: string): UpstreamMemory {
    if (this.#hosts.size >= ADDRESSES_KEPT && !this.#hosts.has(id)) this.#forgetUnusedHosts()
    return memoryIn(this.#hosts, id)
  }
}

/** Above this many, addresses and hosts without any traffic at the moment are forgotten. */
const ADDRESSES_KEPT = 1_000
const NO_LOADS: ReadonlyMap<string, PeerLoad> = new Map()

interface UpstreamMemory {
  /** By peer key. */
  readonly loads: Map<string, PeerLoad>
  /** Requests that no peer had room for. */
  refusals: number
  /** Where the next version of the upstream goes on. */
  latest: Seating | null
  /** The versions that requests still run on. */
  readonly seatings: WeakMap<CompiledUpstream, Seating>
}

function memoryIn(memories: Map<string, UpstreamMemory>, id: string): UpstreamMemory {
  let memory = memories.get(id)
  if (memory === undefined) {
    memory = { loads: new Map(), latest: null, seatings: new WeakMap(), refusals: 0 }
    memories.set(id, memory)
  }
  return memory
}

/** The newest version of an upstream says how many connections there may be. */
function loadOf(memory: UpstreamMemory, peerKey: string, maxConnections: number): PeerLoad {
  let load = memory.loads.get(peerKey)
  if (load === undefined) {
    load = newPeerLoad(maxConnections)
    memory.loads.set(peerKey, load)
  }
  load.connections.limit = maxConnections
  return load
}
