import type { PlanMoment, PlanRow, ReleasePlan } from '../../releases/plan/release-plan.ts'
import type { Colour, Paint } from '../text/colour.ts'
import { harmless, padded, widthOf } from '../text/fit.ts'
import { percent } from '../text/numbers.ts'
import { dayAndMinute, type PlanView } from './plan-time.ts'

const MOST_LABEL = 24
const SHARE_WIDTH = 10
const FEWEST_CELLS = 10

/**
 * The plan as bars on a line of time, one for each row: dots while it waits for a window or a freeze, blocks while it is
 * under way, lighter ones for a ramp. Its share stands behind it.
 */
export function planChart(plan: ReleasePlan, { width, paint, timeZone }: PlanView): string[] {
  const { steps } = plan
  if (steps.length === 0) return []
  const begins = plan.begins_at.epoch
  const ends = Math.max(begins, ...steps.flatMap(lastMoments))
  const names = steps.map(({ name }) => harmless(name))
  const label = Math.min(MOST_LABEL, Math.max(0, ...names.map(widthOf)))
  const cells = Math.max(FEWEST_CELLS, width - label - 2 - SHARE_WIDTH)
  const columnOf = (epoch: number) =>
    ends === begins ? 0 : Math.round(((epoch - begins) / (ends - begins)) * (cells - 1))
  const lines = steps.map((row, i) => {
    const bar = inColours(cellsOf(row, cells, columnOf), paint)
    const share = padded(percent(row.share_percent), SHARE_WIDTH, 'right')
    return `${padded(names[i] ?? '', label)} ${bar}${share}`
  })
  return [...lines, paint('dim', axis(plan.begins_at, ends, { timeZone, label, cells }))]
}

function lastMoments({ begins_at, ends_at, waits }: PlanRow): number[] {
  const later = waits.flatMap(({ from, until }) => [from.epoch, until?.epoch ?? from.epoch])
  return [begins_at.epoch, ends_at?.epoch ?? begins_at.epoch, ...later]
}

const BARS: Readonly<Record<string, string>> = { ramp: '▒', end: '◆' }
const WAIT = '·'

/** One character for each column: a row is never without one, and what waits for ever ends in an ellipsis. */
function cellsOf(row: PlanRow, count: number, columnOf: (epoch: number) => number): string[] {
  const { begins_at, ends_at, waits, kind } = row
  const cells = Array.from({ length: count }, () => ' ')
  const from = columnOf(begins_at.epoch)
  const until = Math.max(from + 1, ends_at === null ? 0 : columnOf(ends_at.epoch))
  cells.fill(BARS[kind] ?? '█', from, until)
  for (const wait of waits) {
    cells.fill(WAIT, columnOf(wait.from.epoch), wait.until ? columnOf(wait.until.epoch) : until)
  }
  if (ends_at === null) cells[Math.min(until, count - 1)] = '…'
  return cells
}

const COLOURS: Readonly<Record<string, Colour>> = { [WAIT]: 'yellow', '▒': 'cyan' }

function inColours(cells: readonly string[], paint: Paint): string {
  const runs = cells.join('').match(/(.)\1*/gu) ?? []
  return runs
    .map((run) => (run.startsWith(' ') ? run : paint(COLOURS[run.charAt(0)] ?? 'green', run)))
    .join('')
}

function axis(
  begins: PlanMoment,
  endsEpoch: number,
  { timeZone, label, cells }: { timeZone: string; label: number; cells: number },
): string {
  const first = dayAndMinute(begins, timeZone)
  const last = dayAndMinute({ at: '', epoch: endsEpoch }, timeZone)
  const gap = cells - widthOf(first) - widthOf(last)
  const text = gap < 1 || endsEpoch === begins.epoch ? first : `${first}${' '.repeat(gap)}${last}`
  return `${' '.repeat(label + 1)}${text}`
}
