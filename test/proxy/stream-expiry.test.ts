import { expect, test } from 'vitest'
import type { OpenStream } from '../../src/proxy/streams/open-streams.ts'
import { endExpired } from '../../src/proxy/streams/stream-expiry.ts'

test.each([
  [null, 1_000_000, []],
  [1_000, 1_099, []],
  [1_000, 1_100, ['a']],
  [1_000, 1_200, ['a', 'c']],
  [50, 1_000, ['a', 'c', 'd']],
])('event streams that may last %j ms at %i ms: %j are ended', (totalMs, nowMs, ended) => {
  const told: string[] = []
  const stream = (name: string, kind: OpenStream['kind'], openedMs: number) =>
    ({
      kind,
      openedMs,
      end: (reason: string) => {
        told.push(`${name} ${reason}`)
      },
    }) as unknown as OpenStream
  const open = [
    stream('a', 'event_stream', 100),
    stream('b', 'websocket', 150),
    stream('c', 'event_stream', 200),
    stream('d', 'event_stream', 300),
  ]
  endExpired(open, { totalMs, nowMs })
  expect(told).toEqual(ended.map((name) => `${name} stream-expired`))
})
