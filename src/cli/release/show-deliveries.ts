import { clock } from '../text/numbers.ts'
import { table } from '../text/table.ts'
import { type CommandContext, print } from './context.ts'
import { DELIVERY_ANSWER, MOMENT } from './release-answer.ts'
import { listAll, releasePath } from './release-paths.ts'

type Delivery = Readonly<Record<string, unknown>>

/** `release deliveries`: what gates and chats were told, and what they answered. */
export async function showDeliveries(
  context: CommandContext,
  { release, most }: { readonly release: string; readonly most: number },
): Promise<void> {
  const path = releasePath(release, 'deliveries')
  const { rows } = await listAll(context.client, path, { item: DELIVERY_ANSWER, most })
  const nowMs = context.terminal.now()
  print(context, rows, () =>
    rows.length === 0
      ? [`${release} has asked no gate and told nobody`]
      : deliveryLines(rows, nowMs),
  )
}

/** A table with a column for every field there is. */
export function deliveryLines(deliveries: readonly Delivery[], nowMs: number): string[] {
  const names = [...new Set(deliveries.flatMap((delivery) => Object.keys(delivery)))]
  const columns = names.map((name) => ({
    title: name.toUpperCase().replaceAll('_', ' '),
    cell: (delivery: Delivery) => cellText(delivery[name], nowMs),
  }))
  return table(columns, deliveries)
}

function cellText(value: unknown, nowMs: number): string {
  const moment = MOMENT.safeParse(value)
  if (moment.success) return clock(moment.data.epoch * 1000, nowMs)
  if (value === null || value === undefined) return '-'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
