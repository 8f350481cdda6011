import { NEVER, pickLeastCost } from './least-cost.ts'
import type { PeerSeat } from './peer-load.ts'

/**
 * The peer with the least (open requests + 1) / weight (reference kong.md section 6); ties take turns.
 * `seats` have weights above zero; null when none of them `isUsable`.
 */
export function pickLeastConnections(
  seats: readonly PeerSeat[],
  isUsable: (seat: PeerSeat) => boolean,
): PeerSeat | null {
  for (const seat of seats) {
    const { load, weight } = seat
    // Division rounds correctly, so equal fractions are equal numbers and ties are found.
    seat.cost = isUsable(seat) ? (load.openRequests + 1) / weight : NEVER
  }
  return pickLeastCost(seats)
}
