import { describe, expect, it } from 'vitest'
import { isKept, judge, type Sample, type SoakFindings } from './verdict.ts'

const MEBIBYTE = 1024 * 1024

function sample(change: Partial<Sample> = {}): Sample {
  return {
    atMs: 0,
    residentBytes: 100 * MEBIBYTE,
    heapBytes: 20 * MEBIBYTE,
    handles: 30,
    sockets: 10,
    requestsInFlight: 0,
    eventLoopP99Ms: 20,
    ...change,
  }
}

const GOOD: SoakFindings = {
  before: sample(),
  samples: Array.from({ length: 30 }, () => sample({ handles: 200, sockets: 180 })),
  after: sample(),
  unexplained: 0,
  internalErrors: 0,
  missingLines: 0,
  surplusLines: 0,
  lines: 1_000,
  countedRequests: 1_000,
  complaints: 0,
  exitCode: 0,
  missed: [],
}

const broken = (change: Partial<SoakFindings>) =>
  judge({ ...GOOD, ...change })
    .filter((promise) => !isKept(promise))
    .map(({ text }) => text)

/** Samples that grow evenly by so much from the first to the last. */
const growing = (growth: number) =>
  Array.from({ length: 30 }, (_, n) =>
    sample({ residentBytes: 100 * MEBIBYTE * (1 + (growth * n) / 29) }),
  )

describe('the verdict of a soak', () => {
  it('is good when all was well', () => {
    expect(broken({})).toEqual([])
  })

  it.each<[Partial<SoakFindings>, RegExp]>([
    [{ unexplained: 1 }, /no fault explains/],
    [{ internalErrors: 1 }, /500/],
    [{ missingLines: 1 }, /without a line/],
    [{ surplusLines: 1 }, /beyond one/],
    [{ countedRequests: 1_001 }, /difference/],
    [{ countedRequests: 999 }, /difference/],
    [{ complaints: 1 }, /errors in the log/],
    [{ exitCode: 1 }, /exit code/],
    [{ missed: ['WebSocket'] }, /never came \(WebSocket\)/],
    [{ after: sample({ residentBytes: 115 * MEBIBYTE }) }, /resident bytes\) when idle/],
    [{ after: sample({ heapBytes: 27 * MEBIBYTE }) }, /heap after a collection\) when idle/],
    [{ after: sample({ handles: 38 }) }, /handles when idle/],
    [{ after: sample({ sockets: 16 }) }, /sockets when idle/],
    [{ after: sample({ requestsInFlight: 1 }) }, /in flight when idle/],
  ])('is not with %j', (change, text) => {
    const texts = broken(change)
    expect(texts).toHaveLength(1)
    expect(texts[0]).toMatch(text)
  })

  it('allows memory to move by a tenth under load, and not to grow on', () => {
    expect(broken({ samples: growing(0.1) })).toEqual([])
    expect(broken({ samples: growing(0.4) })).toEqual([
      'memory (resident bytes) under load, mean of the last third',
    ])
  })

  it('is not good without samples', () => {
    expect(broken({ samples: [] }).length).toBeGreaterThan(0)
  })
})
