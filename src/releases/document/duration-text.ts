import { z } from 'zod'
import { rule } from '../../model/fields.ts'

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}
const LONGEST_MS = 365 * 86_400_000
const DURATION = /^(?:\d{1,9}(?:ms|[smhd]))+$/
const PARTS = /(\d+)(ms|[smhd])/g

/** `90s`, `15m`, `10h`, `2d`, or several together, `1h30m`: at most 365 days. Kept as written. */
export const durationText = () =>
  z
    .string()
    .check(
      rule((text: string) =>
        isDuration(text)
          ? null
          : `'${text}' is no duration: give whole numbers with ms, s, m, h or d behind them, at most 365d together, for example 90s or 1h30m`,
      ),
    )

/** Milliseconds of a valid duration. */
export function durationMs(text: string): number {
  let sum = 0
  for (const [, digits, unit = ''] of text.matchAll(PARTS)) {
    sum += Number(digits) * (UNIT_MS[unit] ?? 0)
  }
  return sum
}

function isDuration(text: string): boolean {
  return DURATION.test(text) && durationMs(text) <= LONGEST_MS
}
