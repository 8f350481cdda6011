import { parse } from 'node-cron'
import { cronOf } from '../document/cron-text.ts'
import { durationMs } from '../document/duration-text.ts'
import type { Window } from '../document/window.ts'

const MINUTE_MS = 60_000
const SECOND_MS = 1_000

/**
 * The openings of one window. An opening in the hour that daylight saving leaves out comes at the end of that hour; one
 * in the hour that comes twice comes once, the first time (OCPS 1.4); those of each hour or minute go on through both.
 * It stays open for real time: 8h are 8 hours on every day.
 */
export interface Openings {
  readonly durationMs: number
  /** The last at or before a moment, epoch milliseconds; null without one. */
  last(atMs: number): number | null
  /** The first at or after a moment; null without one. */
  first(atMs: number): number | null
}

/** The openings of a window; null of one that never closes. */
export function openingsOf(window: Window): Openings | null {
  const { expression, durationMs: duration, isAlways } = coarse(window)
  if (isAlways) return null
  const cron = cronOf(expression, window.time_zone)
  return {
    durationMs: duration,
    last: (atMs) => {
      // What it is given is left out, and read in whole seconds.
      const next = Math.floor(atMs / SECOND_MS) * SECOND_MS + SECOND_MS
      return cron.previousRuns(1, new Date(next))[0]?.getTime() ?? null
    },
    first: (atMs) => cron.nextRun(new Date(atMs - 1))?.getTime() ?? null,
  }
}

/** Minutes that follow closely enough on one another are one opening: `*` for 1m is the whole hour. */
function coarse({ cron, duration: text }: Window) {
  const fields = parse(cron)
  const minutes = fields.minute.toSorted((a, b) => a - b)
  const [first = 0, last = first] = [minutes[0], minutes.at(-1)]
  const duration = durationMs(text)
  const isJoined = minutes.every(
    (minute, i) => i === 0 || (minute - (minutes[i - 1] ?? 0)) * MINUTE_MS <= duration,
  )
  if (!isJoined) return { expression: cron, durationMs: duration, isAlways: false }
  const joined = (last - first) * MINUTE_MS + duration
  return {
    expression: [first, ...cron.trim().split(/ +/).slice(1)].join(' '),
    durationMs: joined,
    isAlways: joined >= 60 * MINUTE_MS && isEveryHour(fields),
  }
}

function isEveryHour({ hour, dayOfMonth, month, dayOfWeek }: ReturnType<typeof parse>): boolean {
  return (
    new Set(hour).size === 24 &&
    new Set(dayOfMonth.filter(isNumber)).size === 31 &&
    new Set(month).size === 12 &&
    new Set(dayOfWeek.filter(isNumber)).size === 7
  )
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number'
}
