import { isEnded } from '../../../releases/state/phase.ts'
import { Exit } from '../../exit.ts'
import type { ExitCode } from '../../run-program.ts'
import type { Terminal } from '../../terminal.ts'
import { harmless } from '../../text/fit.ts'
import { span } from '../../text/numbers.ts'
import type { CommandContext } from '../context.ts'
import { nextCommands } from '../next-commands.ts'
import type { ReleaseAnswer } from '../release-answer.ts'
import { followRelease, type News } from './follow-release.ts'
import { createFrameScreen } from './frame-screen.ts'
import { watchFrame, watchLine } from './watch-frame.ts'

export interface WatchOptions {
  readonly release: string
  /** Null: for as long as it takes. */
  readonly timeoutMs: number | null
}

/** Redrawn at most so often. */
const FRAME_MS = 200

/** What has been heard so far. */
interface Heard {
  release: ReleaseAnswer | null
  lost: string | null
}

/**
 * `release watch` until the release has ended: a picture on a terminal, elsewhere one line of JSON per change.
 * Ends with 0 when it succeeded, 1 when it ended otherwise, 124 after the timeout, 130 when it was interrupted.
 */
export async function watchRelease(context: CommandContext, options: WatchOptions): Promise<void> {
  const { terminal, isJson } = context
  const isOver = new AbortController()
  const ends = [terminal.stopped, isOver.signal]
  const timeout = options.timeoutMs === null ? null : AbortSignal.timeout(options.timeoutMs)
  const stopped = AbortSignal.any(timeout === null ? ends : [...ends, timeout])
  const heard: Heard = { release: null, lost: null }
  const client = { ...context.client, stopped }
  const pause = (ms: number) => terminal.pause(ms, stopped)
  const isDrawn = terminal.isInteractive && !isJson
  const draw = isDrawn ? startDrawing(context, heard, { pause, stopped }) : null
  try {
    for await (const news of followRelease({ client, pause, stopped }, options.release)) {
      hear(news, heard)
      if (!isDrawn) tell(terminal, news)
    }
  } finally {
    isOver.abort()
    await draw
  }
  end(context, { release: heard.release, isTimeout: timeout?.aborted ?? false, options })
}

function hear(news: News, heard: Heard): void {
  if (news.kind === 'release') {
    // A release that is told with less than before is still the same release.
    heard.release = { ...heard.release, ...news.release }
    heard.lost = null
  } else heard.lost = lostText(news)
}

/** One line of JSON without the long parts, which `release get` and `release events` have; troubles to people. */
function tell(terminal: Terminal, news: News): void {
  if (news.kind === 'lost') {
    terminal.err(`canary: ${lostText(news)}\n`)
    return
  }
  const { history: _history, document: _document, ...rest } = news.body as Record<string, unknown>
  terminal.out(`${JSON.stringify(rest)}\n`)
}

function lostText({ reason, retryMs }: Extract<News, { kind: 'lost' }>): string {
  return `the gateway is gone (${reason}); asking again in ${(retryMs / 1000).toFixed(2)} s. The release goes on without us.`
}

interface DrawingParts {
  readonly pause: (ms: number) => Promise<void>
  readonly stopped: AbortSignal
}

async function startDrawing(
  { terminal, paint }: CommandContext,
  heard: Heard,
  { pause, stopped }: DrawingParts,
): Promise<void> {
  const screen = createFrameScreen(terminal)
  const drawNow = () => {
    const { release, lost } = heard
    if (release === null) return
    const { columns, rows } = terminal.size()
    // The cursor stands below the picture.
    const size = { columns, rows: rows - 1 }
    screen.draw(watchFrame({ release, lost, nowMs: terminal.now() }, size, paint))
  }
  try {
    while (!stopped.aborted) {
      drawNow()
      await pause(FRAME_MS)
    }
    drawNow()
  } finally {
    screen.close()
  }
}

interface End {
  readonly release: ReleaseAnswer | null
  readonly isTimeout: boolean
  readonly options: WatchOptions
}

/** Says how it ended, on standard error, and ends the program. */
function end({ terminal }: CommandContext, { release, isTimeout, options }: End): never {
  if (release !== null && isEnded(release.phase)) {
    const why = release.reason === null ? '' : `: ${harmless(release.reason)}`
    const commands = nextCommands(release)
    const hint = commands.length === 0 ? '' : `\nyou can: ${commands.join(' | ')}`
    terminal.err(`${watchLine({ release })}${why}${hint}\n`)
    throw new Exit(release.phase === 'succeeded' ? 0 : 1)
  }
  const stands = release === null ? '' : `; it stands at: ${watchLine({ release })}`
  const left = `canary: ${why(isTimeout, options)}${stands}\nThe release goes on as it is; look again with: canary release watch ${options.release}\n`
  terminal.err(left)
  throw new Exit(codeOf(isTimeout))
}

function why(isTimeout: boolean, { timeoutMs }: WatchOptions): string {
  return isTimeout ? `not ended after ${span(timeoutMs ?? 0)}` : 'no longer watching'
}

function codeOf(isTimeout: boolean): ExitCode {
  return isTimeout ? 124 : 130
}
