import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FlipLimits, HealthEvent } from '../../../src/balancing/health/health-rules.ts'
import {
  count,
  eject,
  markHealthy,
  newPeerHealth,
} from '../../../src/balancing/health/peer-health.ts'

const LIMITS: FlipLimits = { successes: 2, httpFailures: 3, tcpFailures: 1, timeouts: 0 }

describe('counting what happens at a peer', () => {
  test.each<[HealthEvent[], boolean]>([
    [['http-failure', 'http-failure'], false],
    [['http-failure', 'http-failure', 'http-failure'], true],
    [['http-failure', 'success', 'http-failure', 'http-failure'], false],
    [['http-failure', 'timeout', 'http-failure', 'http-failure'], true],
    [['tcp-failure'], true],
    [['timeout', 'timeout', 'timeout', 'timeout'], false],
    [['success'], false],
    [['success', 'success'], true],
    [['success', 'timeout', 'success'], false],
  ])('%j reaches a limit: %s', (events, isReached) => {
    const health = newPeerHealth()
    expect(events.map((event) => count(health, event, LIMITS)).at(-1)).toBe(isReached)
  })

  test('reaches a limit exactly when as many of one kind came without a success between them', () => {
    const event = fc.constantFrom<HealthEvent>('success', 'http-failure', 'tcp-failure', 'timeout')
    const limits = { successes: 0, httpFailures: 4, tcpFailures: 5, timeouts: 3 }
    fc.assert(
      fc.property(fc.array(event, { minLength: 1 }), (events) => {
        const health = newPeerHealth()
        const isReached = events.map((each) => count(health, each, limits)).at(-1)
        const since = events.slice(events.lastIndexOf('success') + 1)
        const last = events.at(-1)
        const inARow = since.filter((each) => each === last).length
        const limit = { success: 0, 'http-failure': 4, 'tcp-failure': 5, timeout: 3 }[last!]
        expect(isReached).toBe(limit > 0 && inARow >= limit)
      }),
    )
  })
})

describe('the absence of a peer that its traffic took out', () => {
  const baseMs = 30_000
  const absenceAt = (health: ReturnType<typeof newPeerHealth>, nowMs: number, random = 0.5) => {
    eject(health, { baseMs, nowMs, random })
    return health.trialFromMs - nowMs
  }

  test('doubles with each failure up to five minutes', () => {
    const health = newPeerHealth()
    const absences = Array.from({ length: 6 }, () => absenceAt(health, 0))
    expect(absences).toEqual([30_000, 60_000, 120_000, 240_000, 300_000, 300_000])
  })

  test('is spread by a tenth both ways', () => {
    expect(absenceAt(newPeerHealth(), 0, 0)).toBe(27_000)
    expect(absenceAt(newPeerHealth(), 0, 1)).toBe(33_000)
  })

  test('shrinks again while the peer is healthy, a step for each interval', () => {
    const health = newPeerHealth()
    absenceAt(health, 0)
    absenceAt(health, 0)
    absenceAt(health, 0)
    markHealthy(health, 0)
    expect(absenceAt(health, 2 * baseMs)).toBe(60_000)
  })

  test('is no longer than others because the clock was set back', () => {
    const health = newPeerHealth()
    absenceAt(health, 100 * baseMs)
    markHealthy(health, 101 * baseMs)
    expect(absenceAt(health, 0)).toBe(60_000)
  })

  test('has no end of its own without recovery', () => {
    const health = newPeerHealth()
    eject(health, null)
    expect(health).toMatchObject({ unhealthyBy: 'traffic', trialFromMs: Number.POSITIVE_INFINITY })
  })
})
