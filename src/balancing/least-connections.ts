import { NEVER, pickLeastCost } from './least-cost.ts'
import type { Peer } from './peer.ts'
import type { PeerSeat } from './peer-load.ts'

/**
 * The peer with the least (open requests + 1) / weight (reference kong.md section 6); ties take turns.
 * `seats` have weights above zero; null when the keys of all of them are `excluded`.
 */
export function pickLeastConnections(
  seats: readonly PeerSeat[],
  excluded: ReadonlySet<string>,
): Peer | null {
  for (const seat of seats) {
    const { peer, load, weight } = seat
    // Division rounds correctly, so equal fractions are equal numbers and ties are found.
    seat.cost = excluded.has(peer.key) ? NEVER : (load.openRequests + 1) / weight
  }
  return pickLeastCost(seats)
}
