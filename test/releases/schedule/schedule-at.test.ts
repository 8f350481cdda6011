import { describe, expect, it } from 'vitest'
import type { Freeze, Window } from '../../../src/releases/document/window.ts'
import { compileSchedule } from '../../../src/releases/schedule/compile-schedule.ts'
import { nextOpening, scheduleAt } from '../../../src/releases/schedule/schedule-at.ts'

const at = (text: string) => Date.parse(text)
const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())
const window = (cron: string, duration: string, time_zone: string): Window => ({
  cron,
  duration,
  time_zone,
})
const freeze = (from: string, until: string, reason: string | null = null): Freeze => ({
  from,
  until,
  reason,
})

/** What is in the way, since when and until when, in UTC. */
function seen(windows: readonly Window[], moment: string, freezes: readonly Freeze[] = []) {
  const answer = scheduleAt(compileSchedule(windows, freezes), at(moment))
  return [answer.closedBy, iso(answer.sinceMs), iso(answer.changesAtMs)]
}

const BERLIN = 'Europe/Berlin'
const NEW_YORK = 'America/New_York'

describe('a schedule without windows and freezes', () => {
  it('is always open', () => {
    expect(scheduleAt(compileSchedule([], []), 0)).toEqual({
      closedBy: null,
      reason: null,
      sinceMs: null,
      changesAtMs: null,
    })
  })
})

describe('windows', () => {
  const office = window('0 9 * * 1-5', '8h', BERLIN)

  it('are open from their cron for their duration, the end excluded', () => {
    const open = [null, '2026-12-01T08:00:00.000Z', '2026-12-01T16:00:00.000Z']
    expect(seen([office], '2026-12-01T08:00:00Z')).toEqual(open)
    expect(seen([office], '2026-12-01T15:59:59.999Z')).toEqual(open)
    const closed = ['window', '2026-12-01T16:00:00.000Z', '2026-12-02T08:00:00.000Z']
    expect(seen([office], '2026-12-01T16:00:00Z')).toEqual(closed)
    expect(seen([office], '2026-12-02T07:59:59.999Z')).toEqual(closed)
  })

  it('say when they are in words', () => {
    const answer = scheduleAt(compileSchedule([office], []), at('2026-12-05T12:00:00Z'))
    expect(answer.reason).toBe("outside the windows: '0 9 * * 1-5' for 8h (Europe/Berlin)")
  })

  it('stay closed over the weekend', () => {
    expect(seen([office], '2026-12-05T12:00:00Z')).toEqual([
      'window',
      '2026-12-04T16:00:00.000Z',
      '2026-12-07T08:00:00.000Z',
    ])
  })

  it('reach over midnight', () => {
    expect(seen([window('0 22 * * *', '6h', BERLIN)], '2026-12-02T00:30:00Z')).toEqual([
      null,
      '2026-12-01T21:00:00.000Z',
      '2026-12-02T03:00:00.000Z',
    ])
  })

  it('that overlap or touch are one', () => {
    const three = [
      window('0 9 * * *', '2h', 'UTC'),
      window('30 10 * * *', '90m', 'UTC'),
      window('0 12 * * *', '1h', 'UTC'),
    ]
    const open = [null, '2026-12-01T09:00:00.000Z', '2026-12-01T13:00:00.000Z']
    expect(seen(three, '2026-12-01T09:00:00Z')).toEqual(open)
    expect(seen(three, '2026-12-01T11:30:00Z')).toEqual(open)
    expect(seen(three, '2026-12-01T12:59:00Z')).toEqual(open)
  })

  it('of every minute are one, as long as the minutes follow on one another', () => {
    expect(seen([window('* 9-16 * * 1-5', '1m', 'UTC')], '2026-12-01T12:34:56Z')).toEqual([
      null,
      '2026-12-01T09:00:00.000Z',
      '2026-12-01T17:00:00.000Z',
    ])
    expect(seen([window('* * * * 1-5', '1m', NEW_YORK)], '2026-12-01T12:34:56Z')).toEqual([
      null,
      '2026-11-30T05:00:00.000Z',
      '2026-12-05T05:00:00.000Z',
    ])
  })

  it('that never close are always open', () => {
    const always = [null, null, null]
    expect(seen([window('*/5 * * * *', '5m', BERLIN)], '2026-12-01T12:34:56Z')).toEqual(always)
    expect(seen([window('0 0 * * *', '25h', BERLIN)], '2026-12-01T12:34:56Z')).toEqual(always)
  })

  it('need a day that fits both day of month and day of week', () => {
    const firstMonday = window('0 9 1-7 * 1', '1h', 'UTC')
    expect(iso(nextOpening(compileSchedule([firstMonday], []), at('2026-12-08T00:00:00Z')))).toBe(
      '2027-01-04T09:00:00.000Z',
    )
  })

  it('without any opening are closed for ever', () => {
    const never = compileSchedule([window('0 9 1 * 1#2', '1h', 'UTC')], [])
    expect(scheduleAt(never, at('2026-12-01T00:00:00Z'))).toMatchObject({
      closedBy: 'window',
      sinceMs: null,
      changesAtMs: null,
    })
    expect(nextOpening(never, 0)).toBe(null)
  })
})

describe('daylight saving', () => {
  const table: readonly [string, Window, string, string, string][] = [
    [
      'Berlin, spring: an opening in the hour that is left out comes at its end',
      window('30 2 * * *', '2h', BERLIN),
      '2026-03-29T01:30:00Z',
      '2026-03-29T01:00:00.000Z',
      '2026-03-29T03:00:00.000Z',
    ],
    [
      'Berlin, autumn: an opening in the hour that comes twice comes the first time',
      window('30 2 * * *', '30m', BERLIN),
      '2026-10-25T00:45:00Z',
      '2026-10-25T00:30:00.000Z',
      '2026-10-25T01:00:00.000Z',
    ],
    [
      'Berlin, spring: 8 hours over the change are 8 hours, until 07:00',
      window('0 22 * * *', '8h', BERLIN),
      '2026-03-29T04:59:59Z',
      '2026-03-28T21:00:00.000Z',
      '2026-03-29T05:00:00.000Z',
    ],
    [
      'Berlin, autumn: 8 hours over the change are 8 hours, until 05:00',
      window('0 22 * * *', '8h', BERLIN),
      '2026-10-25T03:59:59Z',
      '2026-10-24T20:00:00.000Z',
      '2026-10-25T04:00:00.000Z',
    ],
    [
      'New York, spring: 02:00 is 03:00',
      window('0 2 * * 0', '1h', NEW_YORK),
      '2026-03-08T07:30:00Z',
      '2026-03-08T07:00:00.000Z',
      '2026-03-08T08:00:00.000Z',
    ],
    [
      'New York, autumn: 01:30 comes once',
      window('30 1 * * 0', '2h', NEW_YORK),
      '2026-11-01T06:30:00Z',
      '2026-11-01T05:30:00.000Z',
      '2026-11-01T07:30:00.000Z',
    ],
    [
      'New York, the week after the change in spring: 09:00 is an hour earlier in UTC',
      window('0 9 * * 1-5', '8h', NEW_YORK),
      '2026-03-09T14:00:00Z',
      '2026-03-09T13:00:00.000Z',
      '2026-03-09T21:00:00.000Z',
    ],
    [
      'Cairo, where midnight itself is left out',
      window('0 0 * * *', '1h', 'Africa/Cairo'),
      '2026-04-23T22:00:00Z',
      '2026-04-23T22:00:00.000Z',
      '2026-04-23T23:00:00.000Z',
    ],
  ]

  it.each(table)('%s', (_, given, moment, from, until) => {
    expect(seen([given], moment)).toEqual([null, from, until])
  })

  it('leaves a window of a whole day closed for the hour that is too much', () => {
    expect(seen([window('0 0 * * *', '24h', BERLIN)], '2026-10-25T22:30:00Z')).toEqual([
      'window',
      '2026-10-25T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
    ])
  })
})

describe('freezes', () => {
  const office = window('0 9 * * *', '8h', 'UTC')

  it('close a window in its midst, with their reason', () => {
    const frozen = [freeze('2026-12-01T12:00:00Z', '2026-12-01T13:00:00Z', 'board meeting')]
    const seenAt = (moment: string) => seen([office], moment, frozen)
    expect(seenAt('2026-12-01T10:00:00Z')).toEqual([
      null,
      '2026-12-01T09:00:00.000Z',
      '2026-12-01T12:00:00.000Z',
    ])
    expect(seenAt('2026-12-01T12:00:00Z')).toEqual([
      'freeze',
      '2026-12-01T12:00:00.000Z',
      '2026-12-01T13:00:00.000Z',
    ])
    expect(seenAt('2026-12-01T13:00:00Z')).toEqual([
      null,
      '2026-12-01T13:00:00.000Z',
      '2026-12-01T17:00:00.000Z',
    ])
    const answer = scheduleAt(compileSchedule([office], frozen), at('2026-12-01T12:30:00Z'))
    expect(answer.reason).toBe('frozen: board meeting')
  })

  it('that overlap or touch are one, and each has its own reason', () => {
    const frozen = [
      freeze('2026-12-24T00:00:00Z', '2026-12-27T00:00:00Z', 'Christmas'),
      freeze('2026-12-20T00:00:00Z', '2026-12-25T00:00:00Z', 'audit'),
      freeze('2026-12-27T00:00:00Z', '2027-01-02T00:00:00Z'),
    ]
    const span = ['freeze', '2026-12-20T00:00:00.000Z', '2027-01-02T00:00:00.000Z']
    const reasons = ['2026-12-21', '2026-12-26', '2026-12-30'].map((day) => {
      expect(seen([], `${day}T12:00:00Z`, frozen)).toEqual(span)
      return scheduleAt(compileSchedule([], frozen), at(`${day}T12:00:00Z`)).reason
    })
    expect(reasons).toEqual(['frozen: audit', 'frozen: Christmas', 'frozen'])
  })

  it('are named before a closed window, and leave it closed behind them', () => {
    const frozen = [freeze('2026-12-01T16:00:00Z', '2026-12-01T20:00:00Z')]
    expect(seen([office], '2026-12-01T18:00:00Z', frozen)[0]).toBe('freeze')
    expect(seen([office], '2026-12-01T20:00:00Z', frozen)).toEqual([
      'window',
      '2026-12-01T20:00:00.000Z',
      '2026-12-02T09:00:00.000Z',
    ])
  })

  it('make the next opening come behind them', () => {
    const frozen = [
      freeze('2026-12-01T08:00:00Z', '2026-12-02T10:00:00Z'),
      freeze('2026-12-02T10:30:00Z', '2026-12-02T18:00:00Z'),
    ]
    const schedule = compileSchedule([office], frozen)
    const opening = (moment: string) => iso(nextOpening(schedule, at(moment)))
    expect(opening('2026-11-30T20:00:00Z')).toBe('2026-12-02T10:00:00.000Z')
    expect(opening('2026-12-02T10:15:00Z')).toBe('2026-12-02T10:15:00.000Z')
    expect(opening('2026-12-02T10:30:00Z')).toBe('2026-12-03T09:00:00.000Z')
  })
})
