import { clock } from '../text/numbers.ts'
import { table } from '../text/table.ts'
import { type CommandContext, print } from './context.ts'
import { DELIVERY_ANSWER } from './release-answer.ts'
import { listAll, releasePath } from './release-paths.ts'

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
      : table(
          [
            {
              title: 'AT',
              cell: ({ at }) => (at === undefined ? '-' : clock(at.epoch * 1000, nowMs)),
            },
            { title: 'URL', cell: ({ url }) => url ?? '-' },
            { title: 'STATUS', cell: ({ status }) => String(status ?? '-') },
          ],
          rows,
        ),
  )
}
