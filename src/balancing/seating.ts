import type { CompiledUpstream } from './compile-upstream.ts'
import type { PeerLoad, PeerSeat } from './peer-load.ts'

/** The seats of one compiled upstream, in the order of its peers. */
export interface Seating {
  readonly upstream: CompiledUpstream
  readonly seats: readonly PeerSeat[]
}

/**
 * Seats the peers of an upstream where its `previous` version left off; `loadOf` finds a peer's load by its key,
 * `nowMs` is when newcomers take their seats.
 *
 * Positions are in units of weight, so they are scaled to the new total: a peer whose weight drops from 65535 to 1
 * would otherwise wait for its old debt to be paid off. Newcomers start in the middle. Positions are centred again,
 * or each target that leaves right after its turn would leave its debt behind, and newcomers would wait for all.
 */
export function seatPeers(
  upstream: CompiledUpstream,
  previous: Seating | null,
  { loadOf, nowMs }: { readonly loadOf: (peerKey: string) => PeerLoad; readonly nowMs: number },
): Seating {
  const scale = upstream.totalWeight / (previous?.upstream.totalWeight || 1)
  const before = new Map(previous?.seats.map((seat) => [seat.peer.key, seat]))
  const positions = upstream.peers.map((peer) => (before.get(peer.key)?.wheelPosition ?? 0) * scale)
  // A whole number, so that positions which are centred already stay exactly where they are.
  const centre = Math.trunc(sum(positions) / (positions.length || 1))
  return {
    upstream,
    seats: upstream.peers.map((peer, index) => ({
      peer,
      load: loadOf(peer.key),
      joinedMs: before.get(peer.key)?.joinedMs ?? (previous === null ? FROM_THE_START : nowMs),
      weight: peer.weight,
      wheelPosition: (positions[index] as number) - centre,
      cost: 0,
    })),
  }
}

const FROM_THE_START = Number.NEGATIVE_INFINITY

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
