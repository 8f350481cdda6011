import { harmless } from '../text/fit.ts'
import type { CommandContext } from './context.ts'
import { print } from './context.ts'
import { shellWord } from './next-commands.ts'
import { Refusal } from './refusal.ts'
import { VERB_ANSWER } from './release-answer.ts'
import { ask, readAnswer } from './release-client.ts'
import { releasePath } from './release-paths.ts'
import { standingLines } from './show-release.ts'

export interface VerbWords {
  readonly summary: string
  readonly example: string
}

/** What one can do with a release, beside looking at it (docs/adr/0010-releases.md, rule 8). */
export const VERBS = {
  start: { summary: 'Start a scheduled release now.', example: 'start shop-v2' },
  pause: {
    summary: 'Stop the clock and all progress; the share stays.',
    example: 'pause shop-v2 --reason "looking at the logs"',
  },
  resume: { summary: 'Go on where it was paused.', example: 'resume shop-v2' },
  advance: {
    summary: 'Leave out the rest of the hold, or of the bake.',
    example: 'advance shop-v2',
  },
  jump: { summary: 'Go on with another step, forward or back.', example: 'jump shop-v2 4' },
  approve: { summary: 'Say yes where it waits for people.', example: 'approve shop-v2 --as anna' },
  reject: {
    summary: 'Say no where it waits for people; it rolls back.',
    example: 'reject shop-v2 --reason "checkout is slow"',
  },
  promote: {
    summary: 'Leave out all steps: 100 % now, then the end.',
    example: 'promote shop-v2 --reason "hotfix"',
  },
  rollback: {
    summary: 'Everybody back to the old version. Nothing can block it.',
    example: 'rollback shop-v2 --reason "errors in checkout"',
  },
  retry: { summary: 'Begin again with a release that ended badly.', example: 'retry shop-v2' },
  cancel: {
    summary: 'End a release of which nobody has seen anything.',
    example: 'cancel shop-v2',
  },
} as const satisfies Readonly<Record<string, VerbWords>>

export type Verb = keyof typeof VERBS

export interface VerbCall {
  readonly verb: Verb
  /** Name or id. */
  readonly release: string
  readonly reason?: string | undefined
  readonly step?: number | undefined
}

/** Does it, and tells what happened, where the release stands and what can be done. */
export async function runVerb(context: CommandContext, call: VerbCall): Promise<void> {
  const { verb, release, reason, step } = call
  const path = releasePath(release, verb)
  const body = await ask(context.client, path, { method: 'POST', body: { reason, step } }).catch(
    (error: unknown) => {
      throw withWhatIsAllowed(error, release)
    },
  )
  const answer = readAnswer(VERB_ANSWER, body)
  const { terminal, paint } = context
  const because = answer.not_recorded_because
  print(context, body, () => [
    `${harmless(answer.release.name)}: ${answer.message}`,
    ...standingLines(answer.release, { nowMs: terminal.now(), paint }),
    ...(because ? [`not recorded because: ${because}`] : []),
  ])
}

/** A verb that makes no sense now: told with the commands that do. */
function withWhatIsAllowed(error: unknown, release: string): unknown {
  if (!(error instanceof Refusal) || !Array.isArray(error.body.allowed)) return error
  const commands = error.body.allowed.map(
    (verb) => `canary release ${String(verb)} ${shellWord(release)}`,
  )
  const hint =
    commands.length === 0
      ? 'nothing can be done with it any more'
      : `you can: ${commands.join(' | ')}`
  return new Error(`${error.detail}\n${hint}`, { cause: error })
}
