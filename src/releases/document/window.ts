import { z } from 'zod'
import type { DeepReadonly } from '../../model/deep-readonly.ts'
import { optional, required, rule, text } from '../../model/fields.ts'
import { cronText } from './cron-text.ts'
import { durationMs, durationText } from './duration-text.ts'
import { momentMs, momentText } from './moment-text.ts'

const timeZone = () =>
  text().check(
    rule((value: string) =>
      isTimeZone(value)
        ? null
        : `'${value}' is no IANA time zone, for example Europe/Berlin or UTC`,
    ),
  )

const someTime = () =>
  durationText().check(
    rule((value: string) =>
      durationMs(value) > 0 ? null : `'${value}' is no time: give more than 0s`,
    ),
  )

/** When a release may make progress. */
export const WINDOW = z.strictObject({
  cron: required(
    cronText(),
    'When it opens, five fields: minute, hour, day of month, month, day of week; for example "0 9 * * 1-5".',
  ),
  duration: required(someTime(), 'How long it stays open, for example 8h.'),
  time_zone: required(timeZone(), 'IANA time zone of the cron, for example Europe/Berlin.'),
})

/** When nothing makes progress. */
export const FREEZE = z
  .strictObject({
    from: required(momentText(), 'When it begins.'),
    until: required(momentText(), 'When it ends.'),
    reason: optional(text().max(1024), 'Why, for people; null by default.'),
  })
  .check(
    rule(({ from, until }) =>
      momentMs(from) < momentMs(until) ? null : `until ${until} is not after from ${from}`,
    ),
  )

export type Window = DeepReadonly<z.infer<typeof WINDOW>>
export type Freeze = DeepReadonly<z.infer<typeof FREEZE>>

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    // RangeError is how Intl says no.
    return false
  }
}
