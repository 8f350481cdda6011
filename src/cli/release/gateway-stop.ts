import { table } from '../text/table.ts'
import { type CommandContext, print } from './context.ts'
import { FREEZE_ANSWER } from './release-answer.ts'
import { ask, askFor } from './release-client.ts'
import { listAll } from './release-paths.ts'

const MOST_FREEZES = 1000

/** `release stop-all`: no release of the gateway makes progress until `resume-all`; rollbacks work. */
export async function stopAll(context: CommandContext, reason: string): Promise<void> {
  const body = await ask(context.client, '/releases/stop', { method: 'POST', body: { reason } })
  print(context, body, () => [
    `no release makes progress any more: ${reason}`,
    'shares stay as they are, and rollbacks work',
    'you can: canary release resume-all',
  ])
}

/** `release resume-all`. */
export async function resumeAll(context: CommandContext, reason?: string): Promise<void> {
  const given = reason === undefined ? {} : { reason }
  const body = await ask(context.client, '/releases/resume-all', { method: 'POST', body: given })
  print(context, body, () => [
    'releases make progress again; those that were paused one by one stay paused',
    'you can: canary release list',
  ])
}

/** `release freeze list`. */
export async function listFreezes(context: CommandContext): Promise<void> {
  const list = { item: FREEZE_ANSWER, most: MOST_FREEZES }
  const { rows } = await listAll(context.client, '/releases/freezes', list)
  print(context, rows, () =>
    rows.length === 0
      ? ['no freezes; add one with: canary release freeze add --from MOMENT --until MOMENT']
      : table(
          [
            { title: 'ID', cell: ({ id }) => id },
            { title: 'FROM', cell: ({ from }) => from },
            { title: 'UNTIL', cell: ({ until }) => until },
            { title: 'REASON', cell: ({ reason }) => reason ?? '' },
          ],
          rows,
        ),
  )
}

export interface FreezeOptions {
  readonly from: string
  readonly until: string
  readonly reason?: string
}

/** `release freeze add`. */
export async function addFreeze(
  context: CommandContext,
  { from, until, reason }: FreezeOptions,
): Promise<void> {
  const freeze = await askFor(context.client, '/releases/freezes', {
    method: 'POST',
    body: { from, until, reason },
    answer: FREEZE_ANSWER,
  })
  print(context, freeze, () => [
    `no release makes progress from ${freeze.from} until ${freeze.until}; rollbacks work`,
    `you can: canary release freeze remove ${freeze.id}`,
  ])
}

/** `release freeze remove`. */
export async function removeFreeze(context: CommandContext, id: string): Promise<void> {
  const path = `/releases/freezes/${encodeURIComponent(id)}`
  const body = await ask(context.client, path, { method: 'DELETE' })
  print(context, body, () => [`freeze ${id} is gone`])
}
