import { clock, percent, span } from '../text/numbers.ts'
import { table } from '../text/table.ts'
import { type CommandContext, print } from './context.ts'
import { highestShare } from './event-text.ts'
import { phaseSign } from './phase-signs.ts'
import { EVENT_ANSWER, RELEASE_ANSWER, type ReleaseAnswer } from './release-answer.ts'
import { listAll, queryText, releasePath } from './release-paths.ts'

/** Events of one release are few; this ends a loop. */
const MOST_EVENTS = 10_000

interface PastRelease {
  readonly release: ReleaseAnswer
  /** Highest share that it set, in percent. */
  readonly reachedPercent: number
}

/** `release history`: how the releases of a service ended, how long they took and how far they came. */
export async function showHistory(
  context: CommandContext,
  { service, most }: { readonly service: string; readonly most: number },
): Promise<void> {
  const { client, terminal } = context
  const { rows } = await listAll(client, `/releases${queryText({ service })}`, {
    item: RELEASE_ANSWER,
    most,
  })
  const past: PastRelease[] = []
  for (const release of rows) {
    const path = releasePath(release.id, 'events')
    const events = await listAll(client, path, { item: EVENT_ANSWER, most: MOST_EVENTS })
    past.push({ release, reachedPercent: highestShare(events.rows) })
  }
  const nowMs = terminal.now()
  const shown = past.map(({ release, reachedPercent }) => ({
    name: release.name,
    id: release.id,
    phase: release.phase,
    reason: release.reason,
    started_at: release.started_at,
    ended_at: release.ended_at,
    duration_seconds: durationMs(release, nowMs) / 1000,
    reached_percent: reachedPercent,
    created_by: release.created_by,
  }))
  print(context, shown, () =>
    past.length === 0 ? [`service ${service} has had no release yet`] : historyLines(past, nowMs),
  )
}

/** The table. `nowMs` ends the time of those that still run. */
export function historyLines(past: readonly PastRelease[], nowMs: number): string[] {
  return table<PastRelease>(
    [
      { title: 'NAME', cell: ({ release }) => release.name },
      { title: 'OUTCOME', cell: ({ release }) => phaseSign(release.phase).text },
      {
        title: 'STARTED',
        cell: ({ release: { started_at: at } }) =>
          at === null ? 'never' : clock(at.epoch * 1000, nowMs),
      },
      { title: 'TOOK', side: 'right', cell: ({ release }) => span(durationMs(release, nowMs)) },
      { title: 'REACHED', side: 'right', cell: ({ reachedPercent }) => percent(reachedPercent) },
      { title: 'BY', cell: ({ release }) => release.created_by },
      { title: 'REASON', cell: ({ release }) => release.reason ?? '' },
    ],
    past,
  )
}

function durationMs({ started_at: from, ended_at: until }: ReleaseAnswer, nowMs: number): number {
  if (from === null) return 0
  return (until === null ? nowMs : until.epoch * 1000) - from.epoch * 1000
}
