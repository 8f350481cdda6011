import fc from 'fast-check'
import { createTask } from 'node-cron'
import { describe, expect, it } from 'vitest'
import type { Freeze, Window } from '../../../src/releases/document/window.ts'
import { compileSchedule } from '../../../src/releases/schedule/compile-schedule.ts'
import { nextOpening, scheduleAt } from '../../../src/releases/schedule/schedule-at.ts'

const MINUTE = 60_000
const HOUR = 3_600_000
const DAY = 86_400_000

const field = (values: readonly string[]) => fc.constantFrom(...values)
const cron = fc
  .tuple(
    field(['0', '30', '15,45', '*/20', '*', '50-59']),
    field(['*', '9', '2', '1-3', '22', '8-17/3']),
    field(['*', '*', '1-7', 'L']),
    field(['*', '*', '3,10,11']),
    field(['*', '1-5', '0,6', '7']),
  )
  .map((fields) => fields.join(' '))
const duration = fc.constantFrom('1m', '10m', '45m', '1h', '8h', '26h', '3d')
const windowIn = (zones: readonly string[]): fc.Arbitrary<Window> =>
  fc.record({ cron, duration, time_zone: fc.constantFrom(...zones) })
/** Around moments at which daylight saving begins or ends in the zones below, and one at which nothing does. */
const day = fc.constantFrom('2026-03-29', '2026-10-25', '2026-03-08', '2026-11-01', '2026-06-15')
const freezes: fc.Arbitrary<readonly Freeze[]> = fc.array(
  fc.tuple(day, fc.integer({ min: -72, max: 72 }), fc.integer({ min: 1, max: 60 })).map(
    ([around, offset, hours]): Freeze => ({
      from: new Date(Date.parse(around) + offset * HOUR).toISOString(),
      until: new Date(Date.parse(around) + (offset + hours) * HOUR).toISOString(),
      reason: null,
    }),
  ),
  { maxLength: 3 },
)
const moment = fc
  .tuple(day, fc.integer({ min: -3 * DAY, max: 3 * DAY }))
  .map(([around, offset]) => Date.parse(around) + offset)

describe('a schedule', () => {
  it('changes at changesAtMs, not before, and is known since sinceMs', () => {
    const windows = fc.array(windowIn(['Europe/Berlin', 'America/New_York', 'UTC']), {
      maxLength: 2,
    })
    fc.assert(
      fc.property(
        windows,
        freezes,
        moment,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (...given) => {
          const [someWindows, someFreezes, nowMs, part] = given
          const ask = (ms: number) => scheduleAt(compileSchedule(someWindows, someFreezes), ms)
          const answer = ask(nowMs)
          const { sinceMs, changesAtMs, closedBy } = answer
          const unchanged = ({ closedBy, sinceMs, changesAtMs }: typeof answer) => ({
            closedBy,
            sinceMs,
            changesAtMs,
          })
          if (sinceMs !== null) {
            expect(unchanged(ask(sinceMs))).toEqual(unchanged(answer))
            expect(ask(sinceMs - 1).closedBy).not.toBe(closedBy)
          }
          if (changesAtMs !== null) {
            expect(unchanged(ask(changesAtMs - 1))).toEqual(unchanged(answer))
            expect(ask(changesAtMs).closedBy).not.toBe(closedBy)
            const between = Math.floor(nowMs + (changesAtMs - nowMs) * part)
            if (between < changesAtMs) expect(ask(between).closedBy).toBe(closedBy)
          }
        },
      ),
      { numRuns: 40 },
    )
  })

  it('is the same when one schedule is asked often, in any order', () => {
    fc.assert(
      fc.property(windowIn(['Europe/Berlin']), freezes, fc.array(moment), (one, some, moments) => {
        const schedule = compileSchedule([one], some)
        for (const ms of moments) {
          expect(scheduleAt(schedule, ms)).toEqual(scheduleAt(compileSchedule([one], some), ms))
        }
      }),
      { numRuns: 30 },
    )
  })

  it('is what is read minute by minute', () => {
    fc.assert(
      fc.property(windowIn(['Asia/Tokyo', 'UTC', 'Asia/Kathmandu']), fc.nat(60), (one, days) => {
        const fromMs = Date.parse('2026-03-01T00:00:00Z') + days * DAY
        const openMinutes = minuteByMinute(one, fromMs, fromMs + DAY / 2)
        const schedule = compileSchedule([one], [])
        const asked = openMinutes.map((_, i) => scheduleAt(schedule, fromMs + i * MINUTE).closedBy)
        expect(asked.map((closedBy) => closedBy === null)).toEqual(openMinutes)
      }),
      { numRuns: 5 },
    )
  })

  it('opens next at a moment that is open, with none before', () => {
    fc.assert(
      fc.property(windowIn(['America/New_York']), freezes, moment, (one, some, nowMs) => {
        const schedule = compileSchedule([one], some)
        const opensAtMs = nextOpening(schedule, nowMs)
        if (opensAtMs === null) return
        expect(scheduleAt(schedule, opensAtMs).closedBy).toBe(null)
        if (opensAtMs > nowMs) expect(scheduleAt(schedule, opensAtMs - 1).closedBy).not.toBe(null)
      }),
      { numRuns: 40 },
    )
  })
})

const DURATIONS: Readonly<Record<string, number>> = {
  '1m': MINUTE,
  '10m': 10 * MINUTE,
  '45m': 45 * MINUTE,
  '1h': HOUR,
  '8h': 8 * HOUR,
  '26h': 26 * HOUR,
  '3d': 3 * DAY,
}

/** Whether each minute is open, by asking node-cron about each minute: for zones without daylight saving. */
function minuteByMinute({ cron, duration, time_zone }: Window, fromMs: number, untilMs: number) {
  const task = createTask(cron, () => undefined, { timezone: time_zone })
  const length = DURATIONS[duration] ?? 0
  const open: boolean[] = []
  let openUntilMs = 0
  for (let ms = fromMs - length; ms < untilMs; ms += MINUTE) {
    if (task.match(new Date(ms))) openUntilMs = ms + length
    if (ms >= fromMs) open.push(ms < openUntilMs)
  }
  void task.destroy()
  return open
}
