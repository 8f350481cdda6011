import { statSync } from 'node:fs'
import { problemText } from '../../declarative/file-problem.ts'
import type { PlanCounts } from '../../declarative/plan.ts'
import { readFileBytes } from '../../declarative/read-file.ts'
import type { AdminAddress } from '../admin/admin-address.ts'
import { type AdminAnswer, GatewayUnavailable } from '../admin/call-admin.ts'
import { Exit } from '../exit.ts'
import type { Terminal } from '../terminal.ts'
import { getDump, postFile } from './admin-client.ts'
import { noProgressLine, type Progress, progressLine } from './progress-bar.ts'
import { readBytes } from './read-bytes.ts'
import { type Change, changeLines, countsText, hasDifference } from './show-difference.ts'
import { watchFile } from './watch-file.ts'
import { writeDump } from './write-dump.ts'

/** What all subcommands share. */
export interface ConfigContext {
  readonly address: AdminAddress
  readonly selectTags: readonly string[]
  readonly terminal: Terminal
}

/** Fewer entities are written before a bar could be read. */
const LARGE = 1000

/** `config validate`: without a gateway, everything that a file alone shows; with `isOnline`, what the gateway says. */
export async function validateFile(
  context: ConfigContext,
  file: string,
  isOnline: boolean,
): Promise<void> {
  const { terminal, selectTags } = context
  const bytes = readBytes(file)
  const { problems, entities } = readFileBytes(bytes, { selectTags })
  refuse(terminal, file, problems.map(problemText))
  if (isOnline) await send(context, file, true)
  terminal.out(`${file} is valid: ${entities.length} entities\n`)
}

/** `config diff`: what applying would change. Exits with 2 when that is anything. */
export async function diffFile(context: ConfigContext, file: string): Promise<void> {
  const { terminal } = context
  const { body } = await send(context, file, true)
  for (const change of body.changes as readonly Change[]) {
    terminal.out(changeLines(change, terminal.isColoured))
  }
  const counts = body.counts as PlanCounts
  terminal.out(`${countsText(counts, 'planned')}\n`)
  if (hasDifference(counts)) throw new Exit(2)
}

/** `config apply`: makes the configuration what the file says. */
export async function applyFile(context: ConfigContext, file: string): Promise<void> {
  const { body } = await send(context, file, false)
  const counts = countsText(body.counts as PlanCounts, 'done')
  context.terminal.out(`${file}: ${counts} (configuration version ${body.configuration_version})\n`)
}

/**
 * `config apply --watch`: again whenever the file changes, and until a gateway has answered; what is wrong is told, and
 * the next change waited for.
 */
export async function applyAndWatch(context: ConfigContext, file: string): Promise<void> {
  const { terminal } = context
  if (file === '-') throw new Error('standard input cannot be watched; give the name of a file')
  let told = ''
  const attempt = async (): Promise<boolean> => {
    try {
      await applyFile(context, file)
      told = ''
      return true
    } catch (error) {
      if (terminal.stopped.aborted) return true
      const text = error instanceof Exit ? '' : `canary: ${describe(error)}\n`
      // Once, not twice a second.
      if (text !== told) terminal.err(text)
      told = text
      return !(error instanceof GatewayUnavailable)
    }
  }
  terminal.err(`watching ${file}; Ctrl-C ends it\n`)
  const { pause, stopped } = terminal
  await watchFile({ stampOf: () => stampOf(file), pause, stopped }, attempt)
}

/** `config dump`: the configuration as a file, or on standard output. */
export async function dumpTo(context: ConfigContext, file: string | undefined): Promise<void> {
  const { address, selectTags, terminal } = context
  const text = await getDump(address, { selectTags, stopped: terminal.stopped })
  if (file === undefined || file === '-') terminal.out(text)
  else writeDump(file, text)
}

/** Sends the file and tells what is wrong with it, then with exit code 1. */
async function send(
  { address, selectTags, terminal }: ConfigContext,
  file: string,
  isDryRun: boolean,
): Promise<AdminAnswer> {
  let isBarShown = false
  const onProgress = (progress: Progress) => {
    const isWorthIt = isBarShown || progress.total >= LARGE || progress.step === 'read'
    if (!terminal.showsProgress || !isWorthIt) return
    isBarShown = true
    terminal.err(progressLine(progress, terminal.columns))
  }
  try {
    const bytes = readBytes(file)
    const { stopped } = terminal
    const answer = await postFile(address, { bytes, selectTags, isDryRun, stopped, onProgress })
    if (isBarShown) terminal.err(noProgressLine())
    isBarShown = false
    if (answer.status < 300) return answer
    refuse(terminal, file, problemsIn(answer))
    const text = `${String(answer.body.message)} (${answer.status})`
    throw answer.status >= 500 ? new GatewayUnavailable(text) : new Error(text)
  } finally {
    if (isBarShown) terminal.err(noProgressLine())
  }
}

function refuse(terminal: Terminal, file: string, problems: readonly string[]): void {
  if (problems.length === 0) return
  for (const problem of problems) terminal.err(`${file}: ${problem}\n`)
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  terminal.err(`canary: ${count}, nothing was changed\n`)
  throw new Exit(1)
}

function problemsIn({ body }: AdminAnswer): string[] {
  if (!Array.isArray(body.flattened_errors)) return []
  return (body.flattened_errors as { errors: { text: string }[] }[]).flatMap(({ errors }) =>
    errors.map(({ text }) => text),
  )
}

function stampOf(file: string): string {
  const stats = statSync(file, { throwIfNoEntry: false })
  return stats === undefined ? '' : `${stats.mtimeMs} ${stats.size} ${stats.ino}`
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
