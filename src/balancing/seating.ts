import type { CompiledUpstream } from './compile-upstream.ts'
import type { PeerLoad, PeerSeat } from './peer-load.ts'

/** The seats of one compiled upstream, in the order of its peers. */
export interface Seating {
  readonly upstream: CompiledUpstream
  readonly seats: readonly PeerSeat[]
}

/**
 * Seats the peers of an upstream where its `previous` version left off; `loadOf` finds a peer's load by its key.
 *
 * Positions are in units of weight, so they are scaled to the new total: a peer whose weight drops from 65535 to 1
 * would otherwise wait for its old debt to be paid off. Newcomers start in the middle. Positions are centred again,
 * or each target that leaves right after its turn would leave its debt behind, and newcomers would wait for all.
 */
export function seatPeers(
  upstream: CompiledUpstream,
  previous: Seating | null,
  loadOf: (peerKey: string) => PeerLoad,
): Seating {
  const scale = upstream.totalWeight / (previous?.upstream.totalWeight || 1)
  const before = new Map(previous?.seats.map((seat) => [seat.peer.key, seat.wheelPosition]))
  const positions = upstream.peers.map((peer) => (before.get(peer.key) ?? 0) * scale)
  // A whole number, so that positions which are centred already stay exactly where they are.
  const centre = Math.trunc(sum(positions) / (positions.length || 1))
  return {
    upstream,
    seats: upstream.peers.map((peer, index) => ({
      peer,
      load: loadOf(peer.key),
      wheelPosition: (positions[index] as number) - centre,
      cost: 0,
    })),
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
