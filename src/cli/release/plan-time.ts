import type { PlanMoment } from '../../releases/plan/release-plan.ts'
import type { Paint } from '../text/colour.ts'

/** How a plan is shown. */
export interface PlanView {
  /** Columns of the terminal. */
  readonly width: number
  readonly paint: Paint
  /** IANA name of the zone in which times are shown. */
  readonly timeZone: string
}

/** `Tue 2026-12-01 09:00`, on the clock of a zone. */
export function dayAndMinute({ epoch }: PlanMoment, timeZone: string): string {
  const at = new Date(epoch * 1000)
  const weekday = new Intl.DateTimeFormat('en', { weekday: 'short', timeZone }).format(at)
  // The Swedish way of writing is that of ISO 8601.
  const day = new Intl.DateTimeFormat('sv-SE', {
    dateStyle: 'short',
    timeStyle: 'short',
    timeZone,
  }).format(at)
  return `${weekday} ${day}`
}
