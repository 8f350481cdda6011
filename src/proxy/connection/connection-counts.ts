import { callerOf } from '../../model/ip-address.ts'
import type { KnownAddress } from '../head/client-address.ts'
import type { Limits } from '../limits.ts'

export interface ConnectionCountsParts {
  readonly limits: Pick<Limits, 'connections' | 'connectionsPerAddress'>
  /** The address of a peer in its one spelling, and whether it is one that others come through. */
  readonly peerOf: (address: string) => KnownAddress
}

/** The part of `limits.connections` from which on there is load (reliability.md section 3: idle keep-alive). */
const LOADED_PART = 0.75

/**
 * Who is told that it has too many takes up a connection meanwhile, for as long as it likes to listen. No address may
 * have more of those than of others, or it would take the room of all.
 */
const HEARD_FOR_EACH_SERVED = 2

/** Which limit leaves no room for a connection; by these names the log tells it. */
export type ConnectionLimit = 'connections' | 'connections_per_address'

/** The connections of clients to all listeners of a gateway together. */
export class ConnectionCounts {
  accepted = 0
  active = 0
  readonly #parts: ConnectionCountsParts
  readonly #byAddress = new Map<string, number>()

  constructor(parts: ConnectionCountsParts) {
    this.#parts = parts
  }

  /** Why another connection of an address is closed unheard; null when it is not. */
  unheardFor(address: string): ConnectionLimit | null {
    const { connections, connectionsPerAddress } = this.#parts.limits
    if (this.active >= connections) return 'connections'
    if (connectionsPerAddress === null) return null
    const key = this.#keyOf(address)
    const most = connectionsPerAddress * HEARD_FOR_EACH_SERVED
    return key !== null && this.#openFrom(key) >= most ? 'connections_per_address' : null
  }

  get isLoaded(): boolean {
    return this.active >= this.#parts.limits.connections * LOADED_PART
  }

  /** Counts a connection in; returns what counts it out again. */
  open(address: string): () => void {
    this.accepted += 1
    this.active += 1
    const key = this.#keyOf(address)
    if (key !== null) this.#byAddress.set(key, this.#openFrom(key) + 1)
    return () => {
      this.active -= 1
      if (key === null) return
      const left = this.#openFrom(key) - 1
      if (left === 0) this.#byAddress.delete(key)
      else this.#byAddress.set(key, left)
    }
  }

  /** Whether an address has more connections open than one may have. */
  isCrowded(address: string): boolean {
    const { connectionsPerAddress } = this.#parts.limits
    if (connectionsPerAddress === null) return false
    const key = this.#keyOf(address)
    return key !== null && this.#openFrom(key) > connectionsPerAddress
  }

  #openFrom(key: string): number {
    return this.#byAddress.get(key) ?? 0
  }

  /** Null for addresses that are not counted. */
  #keyOf(address: string): string | null {
    if (this.#parts.limits.connectionsPerAddress === null) return null
    const peer = this.#parts.peerOf(address)
    return peer.isTrusted ? null : callerOf(peer.address)
  }
}
