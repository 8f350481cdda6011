import { table } from '../text/table.ts'
import { type CommandContext, print } from './context.ts'
import { postFile } from './create-release.ts'

/** `release plan`: what the file would do and when. */
export async function planRelease(context: CommandContext, file: string): Promise<void> {
  const body = await postFile(context.client, '/releases/plan', file)
  print(context, body, () => planLines(body))
}

function planLines(body: unknown): string[] {
  const { steps = [], warnings = [] } = body as {
    readonly steps?: readonly Readonly<Record<string, unknown>>[]
    readonly warnings?: readonly unknown[]
  }
  const names = [...new Set(steps.flatMap((step) => Object.keys(step)))]
  const columns = names.map((name) => ({
    title: name.toUpperCase().replaceAll('_', ' '),
    cell: (step: Readonly<Record<string, unknown>>) => String(step[name] ?? '-'),
  }))
  return [...table(columns, steps), ...warnings.map((warning) => `warning: ${String(warning)}`)]
}
