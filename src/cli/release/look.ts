import { type CommandContext, print } from './context.ts'
import { eventLines } from './event-text.ts'
import { EVENT_ANSWER, RELEASE_ANSWER } from './release-answer.ts'
import { ask, readAnswer } from './release-client.ts'
import { listAll, releasePath } from './release-paths.ts'
import { releaseLines } from './show-release.ts'
import { stepNames } from './step-names.ts'

/** `release get`. */
export async function getRelease(context: CommandContext, release: string): Promise<void> {
  const body = await ask(context.client, releasePath(release))
  const shown = readAnswer(RELEASE_ANSWER, body)
  const { terminal, paint } = context
  print(context, body, () => releaseLines(shown, { nowMs: terminal.now(), paint }))
}

/** `release events`: who did what, and why. */
export async function showEvents(
  context: CommandContext,
  { release, most }: { readonly release: string; readonly most: number },
): Promise<void> {
  const { client, terminal } = context
  const shown = readAnswer(RELEASE_ANSWER, await ask(client, releasePath(release)))
  const path = releasePath(shown.id, 'events')
  const { rows, isCut } = await listAll(client, path, { item: EVENT_ANSWER, most })
  const names = stepNames(shown)
  print(context, rows, () => [
    ...eventLines(rows, terminal.now(), names),
    ...(isCut ? [`… more; see them with --limit ${most * 10}`] : []),
  ])
}
