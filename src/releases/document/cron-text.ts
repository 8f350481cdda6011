import { Cron } from 'croner'
import { validateDetailed } from 'node-cron'
import { rule, text } from '../../model/fields.ts'

const MAX_LENGTH = 256
const FIELDS: Readonly<Record<string, string>> = {
  minute: 'minute',
  hour: 'hour',
  dayOfMonth: 'day of month',
  month: 'month',
  dayOfWeek: 'day of week',
}
const ALLOWED =
  'give five fields: minute 0-59, hour 0-23, day of month 1-31, month 1-12, day of week 0-7 (0 and 7 are Sunday), for example 0 9 * * 1-5'

/** A cron expression of five fields, as node-cron reads it: a day must fit day of month **and** day of week. Kept as written. */
export const cronText = () =>
  text()
    .max(MAX_LENGTH)
    .check(
      rule((value: string) => {
        const problem = problemOf(value)
        return problem === null ? null : `'${value}' is no cron expression: ${problem}; ${ALLOWED}`
      }),
    )

/** The expression that says when windows open, in the manner of node-cron. No timer is started. */
export function cronOf(expression: string, timeZone: string): Cron {
  return new Cron(expression, { timezone: timeZone, mode: '5-part', domAndDow: true })
}

function problemOf(expression: string): string | null {
  const count = expression.trim().split(/ +/).length
  if (count !== 5) return `it has ${count} field${count === 1 ? '' : 's'}`
  const { errors } = validateDetailed(expression)
  if (errors.length > 0) return errors.map(inWords).join(', ')
  return refusalOfCroner(expression)
}

function inWords({ field, value, message }: { field: string; value?: string; message: string }) {
  const name = FIELDS[field]
  if (name === undefined) return message
  return message.includes('impossible') ? 'no month has such a day' : `${name} '${value ?? ''}'`
}

/** The two do not read quite the same: croner has no ranges that wrap around (5-1), for one. */
function refusalOfCroner(expression: string): string | null {
  try {
    cronOf(expression, 'UTC')
    return null
  } catch (error) {
    return error instanceof Error ? error.message.replace('CronPattern: ', '') : String(error)
  }
}
