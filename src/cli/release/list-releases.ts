import { harmless } from '../text/fit.ts'
import { clock, percent, span } from '../text/numbers.ts'
import { table } from '../text/table.ts'
import { type CommandContext, print } from './context.ts'
import { phaseSign } from './phase-signs.ts'
import { RELEASE_ANSWER, type ReleaseAnswer } from './release-answer.ts'
import { listAll, queryText } from './release-paths.ts'
import { serviceName } from './show-release.ts'

export interface ListFilter {
  readonly service?: string | undefined
  readonly phase?: string | undefined
  readonly most: number
}

/** `release list`: a table, the gateway’s order. */
export async function listReleases(
  context: CommandContext,
  { most, ...filter }: ListFilter,
): Promise<void> {
  const { rows, isCut } = await listAll(context.client, `/releases${queryText(filter)}`, {
    item: RELEASE_ANSWER,
    most,
  })
  print(context, rows, () => listLines(rows, { isCut, nowMs: context.terminal.now() }))
}

/** The table, or what to do where there is nothing to show. */
export function listLines(
  releases: readonly ReleaseAnswer[],
  { isCut, nowMs }: { readonly isCut: boolean; readonly nowMs: number },
): string[] {
  if (releases.length === 0) {
    return ['no releases; create one with: canary release create -f FILE']
  }
  const lines = table<ReleaseAnswer>(
    [
      { title: 'NAME', cell: ({ name }) => name },
      { title: 'SERVICE', cell: serviceName },
      { title: 'PHASE', cell: ({ phase }) => phaseSign(phase).text },
      { title: 'STEP', cell: ({ step }) => (step === null ? '-' : `${step.index}/${step.count}`) },
      { title: 'SHARE', side: 'right', cell: (release) => percent(release.share_percent) },
      { title: 'NEXT', cell: (release) => nextCell(release, nowMs) },
      { title: 'CREATED', cell: ({ created_at }) => clock(created_at.epoch * 1000, nowMs) },
    ],
    releases,
  )
  return isCut ? [...lines, `… more; see them with --limit ${releases.length * 10}`] : lines
}

function nextCell({ next, waiting_for: waitingFor, reason }: ReleaseAnswer, nowMs: number): string {
  const what = next?.what ?? (waitingFor === null ? (reason ?? '-') : `waits: ${waitingFor}`)
  const at = next?.at ?? null
  return harmless(at === null ? what : `${what} in ${span(at.epoch * 1000 - nowMs)}`)
}
