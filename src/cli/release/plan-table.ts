import type { PlanRow, ReleasePlan } from '../../releases/plan/release-plan.ts'
import { harmless, widthOf } from '../text/fit.ts'
import { count, percent, span } from '../text/numbers.ts'
import { type Column, table } from '../text/table.ts'
import { dayAndMinute, type PlanView } from './plan-time.ts'

/**
 * The plan as lines: from when to when, a table of its steps, what holds them up, what will hurt and what is taken for
 * granted. Columns at the right are left out when the terminal is too narrow for them.
 */
export function planTable(plan: ReleasePlan, view: PlanView): string[] {
  const { paint } = view
  return [
    paint('bold', headline(plan, view)),
    '',
    ...widest(plan, view),
    ...waitLines(plan, view),
    ...section(plan.warnings.map((warning) => paint('yellow', `warning: ${harmless(warning)}`))),
    ...section(assumptionLines(plan).map((line) => paint('dim', line))),
  ]
}

function headline({ name, service, begins_at, ends_at }: ReleasePlan, { timeZone }: PlanView) {
  const begins = dayAndMinute(begins_at, timeZone)
  const subject = `${harmless(name)} of ${harmless(service.name ?? service.id)}`
  if (ends_at === null) return `${subject}: from ${begins}, its end is not in sight (${timeZone})`
  const length = span((ends_at.epoch - begins_at.epoch) * 1000)
  return `${subject}: ${begins} to ${dayAndMinute(ends_at, timeZone)}, ${length} (${timeZone})`
}

/** Of this order the first that have room. */
function columnsOf({ timeZone }: PlanView): Column<PlanRow>[] {
  return [
    { title: '#', cell: ({ index }) => (index === null ? '' : String(index)), side: 'right' },
    { title: 'STEP', cell: ({ name }) => name },
    { title: 'SHARE', cell: ({ share_percent }) => percent(share_percent), side: 'right' },
    { title: 'BEGINS', cell: ({ begins_at }) => dayAndMinute(begins_at, timeZone) },
    { title: 'LASTS', cell: lasts, side: 'right' },
    {
      title: 'REQUESTS',
      cell: ({ requests, kind }) => (kind === 'end' ? '' : number(requests)),
      side: 'right',
    },
    { title: 'CONSUMERS', cell: ({ consumers }) => number(consumers), side: 'right' },
    { title: 'GROUPS', cell: ({ groups }) => groups.join(', ') },
  ]
}

function lasts({ kind, begins_at, ends_at }: PlanRow): string {
  if (kind === 'end') return ''
  return ends_at === null ? '?' : span((ends_at.epoch - begins_at.epoch) * 1000)
}

function number(value: number | null): string {
  return value === null ? '-' : `~${count(value)}`
}

const FEWEST_COLUMNS = 3

function widest({ steps }: ReleasePlan, view: PlanView): string[] {
  const columns = columnsOf(view)
  for (let kept = columns.length; kept > FEWEST_COLUMNS; kept--) {
    const lines = table(columns.slice(0, kept), steps)
    if (lines.every((line) => widthOf(line) <= view.width)) return lines
  }
  return table(columns.slice(0, FEWEST_COLUMNS), steps)
}

function waitLines({ steps }: ReleasePlan, { timeZone, paint }: PlanView): string[] {
  const lines = steps.flatMap(({ name, index, waits }) =>
    waits.map(({ reason, from, until }) => {
      const what = index === null ? name : `step ${index} (${name})`
      const end = until === null ? 'for ever' : `until ${dayAndMinute(until, timeZone)}`
      return `${what} waits from ${dayAndMinute(from, timeZone)} ${end}: ${reason}`
    }),
  )
  return section(lines.map((line) => paint('cyan', harmless(line))))
}

function assumptionLines({ assumptions }: ReleasePlan): string[] {
  return assumptions.length === 0 ? [] : [`taken for granted: ${assumptions.join('; ')}`]
}

function section(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', ...lines]
}
