import type { Paint } from '../text/colour.ts'
import { padded } from '../text/fit.ts'
import { count, milliseconds, percent, ratioAsPercent } from '../text/numbers.ts'
import type { ReleaseAnswer, SideAnswer } from './release-answer.ts'

type Measured = NonNullable<ReleaseAnswer['measured']>

const WIDTHS = [8, 7, 8, 8, 8]

/** Both sides below each other: requests, error rate, latency; none without measurements. 39 columns wide. */
export function measuredLines(measured: Measured | null, paint: Paint): string[] {
  if (measured === null) return []
  const { share_percent: share, window_seconds: seconds } = measured
  const split = share === null ? 'no requests' : `${percent(share)} of requests`
  return [
    `measured: ${split}, last ${seconds} s`,
    paint('dim', row(['', 'reqs', 'errors', 'p50', 'p99'])),
    sideLine('primary', measured.primary, paint),
    sideLine('canary', measured.canary, paint),
  ]
}

function sideLine(name: string, side: SideAnswer, paint: Paint): string {
  const cells = [
    name,
    count(side.requests),
    ratioAsPercent(side.error_rate),
    milliseconds(side.p50_ms),
    milliseconds(side.p99_ms),
  ]
  return side.errors > 0 && name === 'canary' ? paint('yellow', row(cells)) : row(cells)
}

function row(cells: readonly string[]): string {
  return cells
    .map((cell, n) => padded(cell, WIDTHS[n] ?? 0, n === 0 ? 'left' : 'right'))
    .join('')
    .trimEnd()
}
