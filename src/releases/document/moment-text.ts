import { z } from 'zod'
import { rule } from '../../model/fields.ts'

/** RFC 3339 with its offset: a date without one would mean another moment on another machine. */
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/

/** `2026-12-01T09:00:00+01:00`. Kept as written. */
export const momentText = () =>
  z
    .string()
    .check(
      rule((text: string) =>
        isMoment(text)
          ? null
          : `'${text}' is no moment: give date, time and offset, for example 2026-12-01T09:00:00+01:00 or 2026-12-01T08:00:00Z`,
      ),
    )

/** Epoch milliseconds of a valid moment. */
export function momentMs(text: string): number {
  return Date.parse(text)
}

export function isMoment(text: string): boolean {
  return DATE_TIME.test(text) && !Number.isNaN(Date.parse(text))
}
