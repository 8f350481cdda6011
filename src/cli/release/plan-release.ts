import { RELEASE_PLAN } from '../../releases/plan/release-plan.ts'
import { type CommandContext, print } from './context.ts'
import { postFile } from './create-release.ts'
import { planChart } from './plan-chart.ts'
import { planTable } from './plan-table.ts'
import { readAnswer } from './release-client.ts'

/** `release plan`: what the file would do and when. */
export async function planRelease(context: CommandContext, file: string): Promise<void> {
  const body = await postFile(context.client, '/releases/plan', file)
  const plan = readAnswer(RELEASE_PLAN, body)
  const { terminal, paint } = context
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions()
  const view = { width: terminal.columns, paint, timeZone }
  print(context, body, () => [...planTable(plan, view), '', ...planChart(plan, view)])
}
