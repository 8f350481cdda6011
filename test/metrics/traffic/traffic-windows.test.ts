import { describe, expect, it } from 'vitest'
import type { AccessEntry } from '../../../src/metrics/access-entry.ts'
import { latencyBucket, latencyQuantile } from '../../../src/metrics/traffic/latency-histogram.ts'
import { TrafficWindows } from '../../../src/metrics/traffic/traffic-windows.ts'

const NOW = 1_790_000_000_000

function entry(fields: Partial<AccessEntry> = {}): AccessEntry {
  return {
    at: NOW,
    requestId: 'r',
    client: '127.0.0.1',
    method: 'GET',
    host: 'h',
    path: '/',
    status: 200,
    route: 'r',
    service: 'shop',
    variant: 'primary',
    rule: 'hash',
    split: null,
    target: 't',
    consumer: null,
    tries: 1,
    totalMs: 10,
    upstreamMs: 9,
    reason: null,
    fallback: null,
    ...fields,
  }
}

function watched(): TrafficWindows {
  const windows = new TrafficWindows()
  windows.minute('shop', NOW)
  return windows
}

describe('the last minute of a service', () => {
  it('counts requests and errors of both sides', () => {
    const windows = watched()
    windows.record(entry())
    windows.record(entry({ variant: 'canary' }))
    windows.record(entry({ variant: 'canary', status: 503 }))
    windows.record(entry({ variant: 'canary', reason: 'truncated' }))
    windows.record(entry({ variant: 'canary', status: 499, reason: 'client-left' }))
    windows.record(entry({ service: 'other' }))
    windows.record(entry({ service: null }))
    expect(windows.minute('shop', NOW + 1000)).toMatchObject({
      primary: { requests: 1, errors: 0 },
      canary: { requests: 4, errors: 2 },
    })
  })

  it('forgets after a minute', () => {
    const windows = watched()
    windows.record(entry())
    expect(windows.minute('shop', NOW + 54_000).primary.requests).toBe(1)
    expect(windows.minute('shop', NOW + 61_000).primary).toEqual({
      requests: 0,
      errors: 0,
      p50Ms: null,
      p99Ms: null,
    })
  })

  it('counts what a safety net caught on the canary, as an error', () => {
    const windows = watched()
    const fallback = {
      status: 502,
      reason: null,
      target: null,
      tries: 1,
      totalMs: 4,
      upstreamMs: 3,
    }
    windows.record(entry({ fallback }))
    expect(windows.minute('shop', NOW)).toMatchObject({
      primary: { requests: 1, errors: 0 },
      canary: { requests: 1, errors: 1 },
    })
  })

  it('begins with the moment that is asked about, give or take five seconds', () => {
    const windows = watched()
    windows.record(entry({ at: NOW }))
    windows.record(entry({ at: NOW + 20_000 }))
    expect(windows.minute('shop', NOW + 30_000).primary.requests).toBe(2)
    expect(windows.minute('shop', NOW + 30_000, NOW + 10_000).primary.requests).toBe(1)
    expect(windows.minute('shop', NOW + 30_000, NOW + 29_000).primary.requests).toBe(0)
  })

  it('is not measured when nobody asks', () => {
    const windows = watched()
    windows.record(entry({ at: NOW + 16 * 60_000 }))
    expect(windows.minute('shop', NOW + 16 * 60_000).primary.requests).toBe(0)
  })

  it('tells latencies within 12 percent', () => {
    const windows = watched()
    for (let n = 1; n <= 1000; n++) windows.record(entry({ totalMs: n }))
    const { p50Ms, p99Ms } = windows.minute('shop', NOW + 1000).primary
    expect(Math.abs((p50Ms ?? 0) / 500 - 1)).toBeLessThan(0.13)
    expect(Math.abs((p99Ms ?? 0) / 990 - 1)).toBeLessThan(0.13)
  })
})

describe('the buckets of latencies', () => {
  it('grow with them, and hold every one', () => {
    const latencies = [0, 0.0001, 0.004, 0.005, 0.1, 1, 1.3, 2, 60_000, 1e9]
    const buckets = latencies.map(latencyBucket)
    expect(buckets).toEqual(buckets.toSorted((a, b) => a - b))
    expect(Math.max(...buckets)).toBeLessThan(128)
    for (const ms of [0.05, 1, 7, 1234]) {
      const counts = new Uint32Array(128)
      counts[latencyBucket(ms)] = 1
      expect(Math.abs((latencyQuantile(counts, 0.5) ?? 0) / ms - 1)).toBeLessThan(0.13)
    }
  })
})

describe('the last hour of a service', () => {
  it('counts requests and different consumers', () => {
    const windows = new TrafficWindows()
    for (let n = 0; n < 3000; n++) windows.record(entry({ consumer: `user-${n % 300}` }))
    const { requests, consumers } = windows.hour('shop', NOW)
    expect(requests).toBe(3000)
    expect(Math.abs((consumers ?? 0) - 300)).toBeLessThan(60)
    expect(windows.hour('other', NOW)).toEqual({ requests: 0, consumers: null })
  })

  it('tells few consumers exactly, and none as unknown', () => {
    const windows = new TrafficWindows()
    windows.record(entry())
    expect(windows.hour('shop', NOW).consumers).toBeNull()
    for (let n = 0; n < 5; n++) windows.record(entry({ consumer: `u${n}` }))
    expect(windows.hour('shop', NOW)).toEqual({ requests: 6, consumers: 5 })
    expect(windows.hour('shop', NOW + 70 * 60_000)).toEqual({ requests: 0, consumers: null })
  })
})
