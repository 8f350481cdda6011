import { type CommandContext, print } from './context.ts'
import { readReleaseFile, refusedFile } from './read-document.ts'
import { RELEASE_ANSWER } from './release-answer.ts'
import { ask, type ReleaseClient, readAnswer } from './release-client.ts'
import { queryText } from './release-paths.ts'
import { serviceName, standingLines } from './show-release.ts'

/** `release create`: the release begins as its `start` says. */
export async function createRelease(
  context: CommandContext,
  { file, isSupersede }: { readonly file: string; readonly isSupersede: boolean },
): Promise<void> {
  const query = queryText({ supersede: isSupersede ? 'true' : undefined })
  const body = await postFile(context.client, `/releases${query}`, file)
  const release = readAnswer(RELEASE_ANSWER, body)
  const { terminal, paint } = context
  print(context, body, () => [
    `created ${release.name} for service ${serviceName(release)}`,
    ...standingLines(release, { nowMs: terminal.now(), paint }),
  ])
}

/** Sends a file; what the gateway finds wrong in it is told with its lines. */
export async function postFile(
  client: ReleaseClient,
  path: string,
  file: string,
): Promise<unknown> {
  const read = readReleaseFile(file)
  try {
    return await ask(client, path, { method: 'POST', body: read.value })
  } catch (error) {
    throw refusedFile(read, error)
  }
}
