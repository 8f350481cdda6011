import { z } from 'zod'
import { harmless } from '../text/fit.ts'
import { clock, count, percent, span } from '../text/numbers.ts'
import { type Column, table } from '../text/table.ts'
import { type CommandContext, print } from './context.ts'
import { postFile } from './create-release.ts'
import { MOMENT } from './release-answer.ts'
import { readAnswer } from './release-client.ts'

const ROW = z.looseObject({
  index: z.number().nullable(),
  name: z.string(),
  begins_at: MOMENT,
  ends_at: MOMENT.nullable(),
  share_percent: z.number(),
  groups: z.array(z.string()),
  requests: z.number().nullable(),
  consumers: z.number().nullable(),
  waits: z.array(z.looseObject({ for: z.string(), reason: z.string() })),
})

/** What POST /releases/plan answers. */
export const PLAN_ANSWER = z.looseObject({
  name: z.string(),
  begins_at: MOMENT,
  ends_at: MOMENT.nullable(),
  steps: z.array(ROW),
  warnings: z.array(z.string()),
  assumptions: z.array(z.string()),
})

export type PlanAnswer = z.infer<typeof PLAN_ANSWER>
type Row = PlanAnswer['steps'][number]

/** `release plan`: what the file would do and when, without starting anything. */
export async function planRelease(context: CommandContext, file: string): Promise<void> {
  const body = await postFile(context.client, '/releases/plan', file)
  const plan = readAnswer(PLAN_ANSWER, body)
  print(context, body, () => planLines(plan, context.terminal.now()))
}

/** The timeline as a table, then what will hurt and what is taken for granted. */
export function planLines(plan: PlanAnswer, nowMs: number): string[] {
  const columns: Column<Row>[] = [
    { title: '#', side: 'right', cell: ({ index }) => (index === null ? '' : String(index)) },
    { title: 'STEP', cell: ({ name }) => name },
    { title: 'BEGINS', cell: ({ begins_at: at }) => clock(at.epoch * 1000, nowMs) },
    { title: 'TAKES', side: 'right', cell: duration },
    { title: 'SHARE', side: 'right', cell: (row) => percent(row.share_percent) },
    { title: 'GROUPS', cell: ({ groups }) => groups.join(', ') || '-' },
    { title: 'REQUESTS', side: 'right', cell: ({ requests }) => known(requests) },
    { title: 'CONSUMERS', side: 'right', cell: ({ consumers }) => known(consumers) },
    { title: 'WAITS FOR', cell: waitText },
  ]
  const from = clock(plan.begins_at.epoch * 1000, nowMs)
  const until = plan.ends_at
  const end =
    until === null
      ? 'its end is not in sight'
      : `ends ${clock(until.epoch * 1000, nowMs)}, after ${span((until.epoch - plan.begins_at.epoch) * 1000)}`
  return [
    `${harmless(plan.name)} begins ${from}, ${end}; nothing was started`,
    ...table(columns, plan.steps),
    ...plan.warnings.map((warning) => `warning: ${harmless(warning)}`),
    ...plan.assumptions.map((assumption) => `assumed: ${harmless(assumption)}`),
  ]
}

function duration({ begins_at: from, ends_at: until }: Row): string {
  return until === null ? '?' : span((until.epoch - from.epoch) * 1000)
}

function known(value: number | null): string {
  return value === null ? '-' : count(Math.round(value))
}

function waitText({ waits }: Row): string {
  return waits.map((wait) => `${wait.for}: ${wait.reason}`).join('; ')
}
