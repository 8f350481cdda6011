import type { Transact } from '../../configuration/transact.ts'
import type { DeclarativeFile } from '../../declarative/file-entity.ts'
import { type FileProblem, fileProblem } from '../../declarative/file-problem.ts'
import { identify } from '../../declarative/identify.ts'
import { type Plan, planChanges } from '../../declarative/plan.ts'
import type { Draws } from '../../model/draws.ts'
import { SerialQueue } from '../../model/serial-queue.ts'
import type { Snapshot } from '../../model/snapshot.ts'
import type { ChangeAuthor } from '../../store/store.ts'
import type { SealBody } from '../resource/seal-body.ts'
import { readInThread } from './read-in-thread.ts'
import { type SealedFields, sealEntities } from './seal-entities.ts'
import { inSlices } from './slices.ts'
import { isRefusal, PlanRefused, writePlan } from './write-plan.ts'

/** What is being done, and how much of how much is done. */
export interface Progress {
  readonly step: 'read' | 'compare' | 'write' | 'serve'
  readonly done: number
  readonly total: number
}

export interface FileTask {
  readonly bytes: Uint8Array
  readonly selectTags: readonly string[]
  /** Tells what would be done, and does nothing. */
  readonly isDryRun: boolean
  readonly author: ChangeAuthor
  readonly onProgress: (progress: Progress) => void
}

export type FileOutcome =
  | { readonly kind: 'done'; readonly plan: Plan; readonly version: number }
  | { readonly kind: 'refused'; readonly problems: readonly FileProblem[] }

/** Makes the configuration what a file says, or nothing of it. Fails as a change of the Admin API does, but for what the file is to blame for. */
export type ApplyFile = (task: FileTask) => Promise<FileOutcome>

export interface ApplyFileParts {
  readonly transact: Transact
  readonly sealBody: SealBody
  readonly draws: Draws
  snapshot(): Snapshot
}

/** Files are applied one after the other: each may take a core and much memory. */
export function createApplyFile(parts: ApplyFileParts): ApplyFile {
  const queue = new SerialQueue()
  return (task) => queue.run(() => applyFile(parts, task))
}

async function applyFile(parts: ApplyFileParts, task: FileTask): Promise<FileOutcome> {
  const { bytes, selectTags, onProgress } = task
  onProgress({ step: 'read', done: 0, total: 1 })
  const file = await readInThread(bytes, { selectTags })
  if (file.problems.length > 0) return { kind: 'refused', problems: file.problems }
  onProgress({ step: 'compare', done: 0, total: 1 })
  const preparation = new Preparation(parts, file)
  const outcome = await planAndWrite(parts, preparation, task)
  if (outcome.kind === 'done' || outcome.problems.every(isLocated)) return outcome
  const located = await readInThread(bytes, { selectTags, isLocated: true })
  return { kind: 'refused', problems: withLines(outcome.problems, located) }
}

/** A file that lets others go first is planned anew, so it does so only as often. */
const MOST_GIVE_WAYS = 20

async function planAndWrite(
  parts: ApplyFileParts,
  preparation: Preparation,
  task: FileTask,
): Promise<FileOutcome> {
  for (let givenWay = 0; ; givenWay += 1) {
    const plan = await preparation.plan()
    if (plan.problems.length > 0) return { kind: 'refused', problems: plan.problems }
    const isNothing = plan.writes.length + plan.removals.length === 0
    if (task.isDryRun || isNothing) return { kind: 'done', plan, version: plan.version }
    try {
      return await write(parts, preparation, { plan, task, givesWay: givenWay < MOST_GIVE_WAYS })
    } catch (error) {
      if (!(error instanceof GaveWay)) throw error
    }
  }
}

interface Writing {
  readonly plan: Plan
  readonly task: FileTask
  /** Whether other changes, such as a rollback, go first. */
  readonly givesWay: boolean
}

async function write(
  { transact, draws, snapshot }: ApplyFileParts,
  preparation: Preparation,
  { plan: planned, task, givesWay }: Writing,
): Promise<FileOutcome> {
  const { author, onProgress } = task
  let plan = planned
  try {
    await transact(author, async (transaction, turn) => {
      if (snapshot().version !== plan.version) plan = await preparation.plan()
      const [problem] = plan.problems
      if (problem !== undefined) throw new PlanRefused(problem, null)
      await writePlan(transaction, plan, {
        nowMs: author.at.getTime(),
        draws,
        onProgress: (done, total) => {
          if (givesWay && turn.isAwaited && total - done > SHORT_REST) throw new GaveWay()
          onProgress({ step: 'write', done, total })
        },
      })
      onProgress({ step: 'serve', done: 0, total: 1 })
    })
  } catch (error) {
    const problem = refusalOf(error)
    if (problem === null) throw error
    return { kind: 'refused', problems: plan.problems.length > 0 ? plan.problems : [problem] }
  }
  return { kind: 'done', plan, version: snapshot().version }
}

/** So few entities are written at once. */
const SHORT_REST = 200

/** Nothing was written, since others wait. */
class GaveWay extends Error {}

/** One file on its way to a plan, which may have to be made again. */
class Preparation {
  readonly #parts: ApplyFileParts
  readonly #file: DeclarativeFile
  readonly #sealed: SealedFields = new WeakMap()

  constructor(parts: ApplyFileParts, file: DeclarativeFile) {
    this.#parts = parts
    this.#file = file
  }

  async plan(): Promise<Plan> {
    const snapshot = this.#parts.snapshot()
    const { identified, problems } = await inSlices(identify(this.#file, snapshot))
    const { sealBody } = this.#parts
    const entities = await sealEntities(identified, { sealBody, sealed: this.#sealed })
    const plan = await inSlices(planChanges(this.#file, entities, snapshot))
    return { ...plan, problems: [...problems, ...plan.problems] }
  }
}

/** What the file is to blame for, whether it was found by writing or by compiling; null for everything else. */
function refusalOf(error: unknown): FileProblem | null {
  if (error instanceof PlanRefused) return error.problem
  return isRefusal(error) ? fileProblem(error.message) : null
}

function isLocated({ line, entity }: FileProblem): boolean {
  return line !== null || entity === null
}

/** Lines of JSON are only looked for when there is something to say of them. */
function withLines(problems: readonly FileProblem[], located: DeclarativeFile): FileProblem[] {
  const lines = new Map(located.entities.map(({ path, line }) => [JSON.stringify(path), line]))
  return problems.map((problem) => {
    const { entity, path } = problem
    if (entity === null || problem.line !== null) return problem
    const own = path.slice(0, path.length - entity.field.length)
    return { ...problem, line: lines.get(JSON.stringify(own)) ?? null }
  })
}
