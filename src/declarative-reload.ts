import type { ApplyFile } from './admin/declarative/apply-file.ts'
import { loadFile } from './admin/declarative/load-file.ts'
import type { PlanCounts } from './declarative/plan.ts'
import type { Draws } from './model/draws.ts'

/** Reads the declarative file again and serves what it says. Fails with GatewayError, and then nothing has changed. */
export type Reload = () => Promise<PlanCounts>

/** Null for a gateway that has no declarative file. */
export function declarativeReload(
  path: string | undefined,
  parts: { readonly applyFile: ApplyFile; readonly draws: Draws; readonly now: () => number },
): Reload | null {
  if (path === undefined) return null
  const { applyFile, draws, now } = parts
  return () => {
    const requestId = draws.uuid().replaceAll('-', '')
    const author = { actor: 'declarative', requestId, at: new Date(now()) }
    return loadFile(path, { applyFile, author })
  }
}
