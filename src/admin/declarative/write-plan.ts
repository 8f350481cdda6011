import { problemOf } from '../../declarative/entity-problem.ts'
import { type FileProblem, fileProblem } from '../../declarative/file-problem.ts'
import type { Plan, PlannedRemoval, PlannedWrite } from '../../declarative/plan.ts'
import type { Draws } from '../../model/draws.ts'
import { ENTITY_DEFINITIONS } from '../../model/entities.ts'
import type { EntityKind } from '../../model/entity.ts'
import { GatewayError } from '../../model/errors.ts'
import type { StoreTransaction } from '../../store/store.ts'
import type { Write } from '../resource/write.ts'
import { patchEntity, putEntity, removeEntity } from '../resource/write-entity.ts'

export interface PlanWriting {
  readonly nowMs: number
  readonly draws: Draws
  /** Called now and then with the number of entities that are written, of all that are to be. */
  readonly onProgress: (done: number, total: number) => void
}

/** A problem that only writing has shown. */
export class PlanRefused extends Error {
  readonly problem: FileProblem

  constructor(problem: FileProblem, cause: unknown) {
    super(problem.message, { cause })
    this.problem = problem
  }
}

/**
 * Writes a plan as the Admin API writes one entity after the other. What is deleted goes first, for names to be free; what
 * cannot go yet, since something that is to move away still refers to it, gives up its name, as does what gets another.
 * Throws PlanRefused for what cannot be written.
 */
export async function writePlan(
  transaction: StoreTransaction,
  { writes, removals }: Plan,
  { nowMs, draws, onProgress }: PlanWriting,
): Promise<void> {
  const left = new Set(writes.flatMap(({ leaves }) => leaves))
  const isLeft = ({ id }: PlannedRemoval) => left.has(id)
  const total = writes.length + removals.length
  let done = 0
  const count = () => onProgress(++done, total)
  const remove = async (removal: PlannedRemoval) => {
    await refusing(fileProblemOf(removal), () =>
      removeEntity(transaction, { kind: removal.kind, parent: null }, removal.id),
    )
    count()
  }
  const setAside = (kind: EntityKind, id: string) =>
    giveUpNames(transaction, { place: { kind, parent: null }, nowMs, draws }, id)
  for (const removal of removals) {
    if (isLeft(removal)) await setAside(removal.kind, removal.id)
    else await remove(removal)
  }
  for (const write of writes) {
    const { kind } = write.entity
    // Nothing belongs to what has no name of its own, and with its id it is the same when it is written again.
    if (write.isInTheWay) await removeEntity(transaction, { kind, parent: null }, write.id)
    else if (isRenamed(write)) await setAside(kind, write.id)
  }
  for (const { entity, id, fields } of writes) {
    const place = { kind: entity.kind, parent: null }
    const body = { type: 'json', fields } as const
    await refusing(
      (message) => problemOf(entity, [], message),
      () => putEntity(transaction, { place, body, nowMs, draws }, id),
    )
    count()
  }
  for (const removal of removals) if (isLeft(removal)) await remove(removal)
}

/** The names are free for others, until the entity is written or deleted in the same transaction. */
async function giveUpNames(
  transaction: StoreTransaction,
  write: Omit<Write, 'body'>,
  id: string,
): Promise<void> {
  const fields = Object.fromEntries(namesOf(write.place.kind).map((name) => [name, id]))
  if (Object.keys(fields).length === 0) return
  await patchEntity(transaction, { ...write, body: { type: 'json', fields } }, id)
}

/** Fields that are unique by themselves, but for what follows from another field. */
function namesOf(kind: EntityKind): readonly string[] {
  return ENTITY_DEFINITIONS[kind].unique.flatMap((set) =>
    set.length === 1 && kind !== 'ca_certificates' ? set : [],
  )
}

function isRenamed({ action, entity, changes }: PlannedWrite): boolean {
  if (action === 'create') return false
  const names = namesOf(entity.kind)
  return changes.some(({ field }) => names.includes(field))
}

function fileProblemOf({ kind, id, name }: PlannedRemoval): (message: string) => FileProblem {
  return (message) => fileProblem(`'${name ?? id}' of the ${kind} cannot be deleted: ${message}`)
}

async function refusing(
  describe: (message: string) => FileProblem,
  write: () => Promise<unknown>,
): Promise<void> {
  try {
    await write()
  } catch (error) {
    if (!isRefusal(error)) throw error
    throw new PlanRefused(describe(error.message), error)
  }
}

/** Whether the input is to blame, not the database. */
export function isRefusal(error: unknown): error is GatewayError {
  return error instanceof GatewayError && error.status < 500
}
