import { beforeEach, describe, expect, it } from 'vitest'
import { AttemptLimit } from '../../src/admin/attempt-limit.ts'

const NOW_MS = Date.UTC(2026, 0, 1)
const ADDRESS = '192.0.2.1'

let limit: AttemptLimit
beforeEach(() => {
  limit = new AttemptLimit()
})

function fail(address: string, times: number, nowMs = NOW_MS): void {
  for (let i = 0; i < times; i++) limit.recordFailure(address, nowMs)
}

describe('an address', () => {
  it('may try at once until its tenth failure, then when the first of the ten is a minute old', () => {
    fail(ADDRESS, 1)
    fail(ADDRESS, 8, NOW_MS + 10_000)
    expect(limit.waitMs(ADDRESS, NOW_MS + 20_000)).toBe(0)
    fail(ADDRESS, 1, NOW_MS + 20_000)
    expect(limit.waitMs(ADDRESS, NOW_MS + 20_000)).toBe(40_000)
    expect(limit.waitMs(ADDRESS, NOW_MS + 59_999)).toBe(1)
    expect(limit.waitMs(ADDRESS, NOW_MS + 60_000)).toBe(0)
    fail(ADDRESS, 1, NOW_MS + 60_000)
    expect(limit.waitMs(ADDRESS, NOW_MS + 60_000)).toBe(10_000)
  })

  it('does not wait for another one', () => {
    fail(ADDRESS, 10)
    expect(limit.waitMs('192.0.2.2', NOW_MS)).toBe(0)
  })

  it('is not locked out by failures of a clock that was set back since', () => {
    fail(ADDRESS, 10)
    expect(limit.waitMs(ADDRESS, NOW_MS - 3_600_000)).toBe(0)
  })

  it.each([
    ['2001:db8::1', '2001:db8:0:0:ffff::2', 'of one /64'],
    ['::1', '0:0:0:0:0:0:0:1', 'in two spellings'],
    ['::ffff:192.0.2.1', '192.0.2.1', 'mapped and plain'],
    ['fe80::1%eth0', 'fe80::2%eth1', 'with zones'],
  ])('counts as one: %s and %s, %s', (one, other) => {
    fail(one, 10)
    expect(limit.waitMs(other, NOW_MS)).toBe(60_000)
  })

  it.each([
    ['2001:db8::1', '2001:db8:0:1::1'],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.2'],
    ['192.0.2.1', '192.0.2.10'],
  ])('does not count for another one: %s and %s', (one, other) => {
    fail(one, 10)
    expect(limit.waitMs(other, NOW_MS)).toBe(0)
  })
})

it('forgets who failed longest ago before it keeps more than ten thousand', () => {
  fail('10.0.0.1', 10)
  fail('10.0.0.2', 10)
  for (let i = 0; i < 9_998; i++) fail(`10.1.${i >> 8}.${i & 255}`, 1)
  fail('10.0.0.1', 1, NOW_MS + 1)
  fail('10.2.0.1', 1)
  expect(limit.waitMs('10.0.0.1', NOW_MS + 1)).toBeGreaterThan(0)
  expect(limit.waitMs('10.0.0.2', NOW_MS + 1)).toBe(0)
})
