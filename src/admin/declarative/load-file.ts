import { readFile, stat } from 'node:fs/promises'
import { problemText } from '../../declarative/file-problem.ts'
import { MAX_FILE_BYTES } from '../../declarative/max-file-bytes.ts'
import { countsOf, type PlanCounts } from '../../declarative/plan.ts'
import { GatewayError } from '../../model/errors.ts'
import type { ApplyFile, FileTask } from './apply-file.ts'

const MAX_TOLD = 20

/**
 * Makes the configuration what a file on disk says, as the actor `declarative`. Fails with
 * invalid_declarative_configuration, naming the file and everything that is wrong with it; then nothing has changed.
 */
export async function loadFile(
  path: string,
  { applyFile, author }: { readonly applyFile: ApplyFile; readonly author: FileTask['author'] },
): Promise<PlanCounts> {
  const bytes = await readBytes(path)
  const outcome = await applyFile({
    bytes,
    selectTags: [],
    isDryRun: false,
    author,
    onProgress: () => {},
  })
  if (outcome.kind === 'done') return countsOf(outcome.plan)
  const { problems } = outcome
  const told = problems.slice(0, MAX_TOLD).map(problemText)
  if (problems.length > told.length) told.push(`${problems.length - told.length} more`)
  throw invalid(`${path} is invalid:\n${told.map((text) => `  ${text}`).join('\n')}`)
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path)
    if (size <= MAX_FILE_BYTES) return await readFile(path)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw invalid(`${path} cannot be read: ${reason}`, cause)
  }
  throw invalid(`${path} is larger than ${MAX_FILE_BYTES / 1024 / 1024} MiB`)
}

function invalid(message: string, cause?: unknown): GatewayError {
  return new GatewayError('invalid_declarative_configuration', message, { cause })
}
