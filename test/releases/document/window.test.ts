import { describe, expect, it } from 'vitest'
import { FREEZE, WINDOW } from '../../../src/releases/document/window.ts'

const messageOf = (given: object) => {
  const result = WINDOW.safeParse({
    cron: '0 9 * * 1-5',
    duration: '8h',
    time_zone: 'Europe/Berlin',
    ...given,
  })
  return result.success ? null : result.error.issues.map(({ path, message }) => [path, message])
}

describe('a window', () => {
  it.each([
    ['0 9 * * 1-5'],
    ['*/15 8-17 1,15 JAN-MAR MON'],
    ['0 9 L * *'],
    ['0 9 * * 1#1'],
    ['0  9 * * 7'],
  ])('accepts %s', (cron) => {
    expect(messageOf({ cron })).toBe(null)
  })

  const ALLOWED =
    'give five fields: minute 0-59, hour 0-23, day of month 1-31, month 1-12, day of week 0-7 (0 and 7 are Sunday), for example 0 9 * * 1-5'
  it.each([
    ['60 9 * * *', "minute '60'"],
    ['0 9 * * mondays', "day of week 'mondays'"],
    ['a 24 * * *', "minute 'a', hour '24'"],
    ['0 9 31 2 *', 'no month has such a day'],
    ['0 9 * *', 'it has 4 fields'],
    ['@daily', 'it has 1 field'],
    ['0 0 9 * * *', 'it has 6 fields'],
    ['0 9 * * $', 'pattern includes illegal characters'],
    ['0 9 * * 5-1', "From value is larger than to value: '5-1'"],
  ])('refuses %s', (cron, problem) => {
    expect(messageOf({ cron })).toEqual([
      [['cron'], `'${cron}' is no cron expression: ${problem}; ${ALLOWED}`],
    ])
  })

  it('refuses one that does not last', () => {
    expect(messageOf({ duration: '0s' })).toEqual([
      [['duration'], "'0s' is no time: give more than 0s"],
    ])
  })

  it('refuses a zone that is unknown', () => {
    expect(messageOf({ time_zone: 'Europe/Bern' })).toEqual([
      [['time_zone'], "'Europe/Bern' is no IANA time zone, for example Europe/Berlin or UTC"],
    ])
  })
})

describe('a freeze', () => {
  it('refuses an end that is not after its beginning', () => {
    const result = FREEZE.safeParse({ from: '2026-12-24T00:00:00Z', until: '2026-12-24T00:00:00Z' })
    expect(result.error?.issues.map(({ message }) => message)).toEqual([
      'until 2026-12-24T00:00:00Z is not after from 2026-12-24T00:00:00Z',
    ])
  })
})
