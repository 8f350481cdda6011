import type { PeerSeat } from './peer-load.ts'

/** Cost of a peer that must not be picked. */
export const NEVER = Number.POSITIVE_INFINITY

/**
 * The peer whose seat has the least `cost`; null when all cost `NEVER`. Peers with equal costs take turns by smooth
 * weighted round-robin: an idle upstream would otherwise send everything to its first peer.
 */
export function pickLeastCost(seats: readonly PeerSeat[]): PeerSeat | null {
  let least = NEVER
  for (const seat of seats) if (seat.cost < least) least = seat.cost
  if (least === NEVER) return null

  let best: PeerSeat | null = null
  let gained = 0
  for (const seat of seats) {
    if (seat.cost !== least) continue
    seat.wheelPosition += seat.weight
    gained += seat.weight
    if (best === null || seat.wheelPosition > best.wheelPosition) best = seat
  }
  if (best === null) return null
  best.wheelPosition -= gained
  return best
}
