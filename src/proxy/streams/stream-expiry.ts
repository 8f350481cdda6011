import type { OpenStream } from './open-streams.ts'

/**
 * Ends the event streams that have lasted longer than `totalMs`; null for ever. WebSockets watch their own time.
 * `streams` in the order in which they were opened; `nowMs` is monotonic.
 */
export function endExpired(
  streams: Iterable<OpenStream>,
  { totalMs, nowMs }: { readonly totalMs: number | null; readonly nowMs: number },
): void {
  if (totalMs === null) return
  for (const stream of streams) {
    if (stream.kind !== 'event_stream') continue
    if (stream.openedMs + totalMs > nowMs) return
    stream.end('stream-expired')
  }
}
