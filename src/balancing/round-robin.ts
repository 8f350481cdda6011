import type { PeerSeat } from './peer-load.ts'

/**
 * Smooth weighted round-robin (nginx, ngx_http_upstream_round_robin.c): each peer gains its weight, the richest is
 * picked and pays what all gained. Over one wheel (sum of weights / their greatest common divisor) the shares are
 * exact, and a heavy peer's turns are spread instead of coming in a row.
 *
 * `seats` have weights above zero; null when none of them `isUsable`.
 */
export function pickRoundRobin(
  seats: readonly PeerSeat[],
  isUsable: (seat: PeerSeat) => boolean,
): PeerSeat | null {
  let best: PeerSeat | null = null
  let gained = 0
  for (const seat of seats) {
    if (!isUsable(seat)) continue
    seat.wheelPosition += seat.weight
    gained += seat.weight
    if (best === null || seat.wheelPosition > best.wheelPosition) best = seat
  }
  if (best === null) return null
  best.wheelPosition -= gained
  return best
}
