import type { PeerSeat } from './peer-load.ts'

/** The least that a peer gets, so that it warms up at all. */
const LEAST_SHARE = 0.1

/**
 * Sets how much of its weight each peer has at the moment: from a tenth, growing evenly until `windowMs` after it took
 * its seat or was found healthy again (reliability.md section 8). `healthySinceMs` finds that by a peer's key.
 */
export function warmUp(
  seats: readonly PeerSeat[],
  {
    windowMs,
    nowMs,
    healthySinceMs,
  }: {
    readonly windowMs: number
    readonly nowMs: number
    readonly healthySinceMs: (peerKey: string) => number
  },
): void {
  for (const seat of seats) {
    const sinceMs = Math.max(seat.joinedMs, healthySinceMs(seat.peer.key))
    const share = Math.min(1, Math.max(LEAST_SHARE, (nowMs - sinceMs) / windowMs))
    seat.weight = seat.peer.weight * share
  }
}
