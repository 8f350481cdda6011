import { momentMs } from '../document/moment-text.ts'
import type { Freeze, Window } from '../document/window.ts'
import { type Openings, openingsOf } from './openings.ts'

/** Windows and freezes, ready to be asked about any moment. */
export interface Schedule {
  /** Null: progress at any time. */
  readonly windows: readonly Openings[] | null
  /** The windows in words. */
  readonly windowsText: string
  /** By their beginning. */
  readonly freezes: readonly CompiledFreeze[]
}

export interface CompiledFreeze {
  /** Epoch milliseconds, included. */
  readonly fromMs: number
  /** Epoch milliseconds, excluded. */
  readonly untilMs: number
  readonly reason: string | null
}

/** Of valid windows and freezes; those of the gateway and those of a release count alike. No windows: always open. */
export function compileSchedule(windows: readonly Window[], freezes: readonly Freeze[]): Schedule {
  const openings = windows.map(openingsOf)
  const isAlwaysOpen = openings.length === 0 || openings.includes(null)
  return {
    windows: isAlwaysOpen ? null : openings.filter((opening) => opening !== null),
    windowsText: windows.map(inWords).join(', '),
    freezes: freezes
      .map(({ from, until, reason }) => ({
        fromMs: momentMs(from),
        untilMs: momentMs(until),
        reason,
      }))
      .sort((a, b) => a.fromMs - b.fromMs),
  }
}

function inWords({ cron, duration, time_zone }: Window): string {
  return `'${cron}' for ${duration} (${time_zone})`
}
