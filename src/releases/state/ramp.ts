import { SHARE_STEPS } from '../document/percentage.ts'
import type { RampCurve } from '../document/release.ts'
import type { Ramp } from './release-state.ts'

/** Most writes of one ramp (ADR 0010, rule 3). */
const MAX_PARTS = 100

/** A ramp from one share to another, both in percent; null when there is no way to go. */
export function planRamp(from: number, to: number, overMs: number): Ramp | null {
  const units = Math.round((Math.abs(to - from) * SHARE_STEPS) / 100)
  if (units === 0) return null
  const parts = Math.max(1, Math.min(MAX_PARTS, units, Math.floor(overMs / 1000)))
  return { from, to, parts, written: 0, intervalMs: overMs / parts }
}

/** Share after the next part, in percent, as fine as a thousandth. */
export function nextShare({ from, to, parts, written }: Ramp, curve: RampCurve): number {
  const done = (written + 1) / parts
  if (done >= 1) return to
  const way = curve === 'linear' ? done : (100 ** done - 1) / 99
  return Math.round((from + (to - from) * way) * 1000) / 1000
}
