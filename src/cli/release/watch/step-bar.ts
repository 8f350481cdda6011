import type { Paint } from '../../text/colour.ts'

const DONE = '━'
const PRESENT = '◆'
const TO_COME = '─'

export interface StepBar {
  /** From 1 on; 0 before the first, `count` + 1 behind the last. */
  readonly present: number
  readonly count: number
  readonly columns: number
}

/**
 * All steps of a release as one bar of exactly `columns`: what is done, the present one marked, what is to come. Each
 * step has the same part of it; with more steps than columns some share one.
 */
export function stepBar({ present, count, columns }: StepBar, paint: Paint): string {
  const width = Math.max(1, columns)
  if (present > count) return paint('green', DONE.repeat(width))
  if (present < 1) return paint('dim', TO_COME.repeat(width))
  const before = Math.floor(((present - 1) * width) / Math.max(1, count))
  return [
    paint('green', DONE.repeat(before)),
    paint('cyan', PRESENT),
    paint('dim', TO_COME.repeat(width - before - 1)),
  ].join('')
}
