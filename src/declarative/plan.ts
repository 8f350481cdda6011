import type { EntityKind, StoredEntity } from '../model/entity.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { nameIn } from './entity-problem.ts'
import { type FieldChange, fieldChanges } from './field-changes.ts'
import type { DeclarativeFile, FileEntity } from './file-entity.ts'
import type { FileProblem } from './file-problem.ts'
import type { Identified } from './identify.ts'
import { inTheWay, type Rewritten } from './in-the-way.ts'
import { parentsOf } from './parents.ts'
import { parentsFirst } from './parents-first.ts'
import { unmetPlugins } from './plugin-protocols.ts'
import { planRemovals } from './removals.ts'

/** An entity to be created or replaced. */
export interface PlannedWrite {
  readonly action: 'create' | 'update'
  readonly entity: FileEntity
  readonly id: string
  /** All fields to write, as a PUT of the Admin API takes them. */
  readonly fields: Readonly<Record<string, unknown>>
  /** Empty for one that is created. */
  readonly changes: readonly FieldChange[]
  /** Ids of what it refers to and will not any more. */
  readonly leaves: readonly string[]
  /** It has values that are to be those of another entity, and only together are unique (upstream and target). */
  readonly isInTheWay: boolean
}

export interface PlannedRemoval {
  readonly kind: EntityKind
  readonly id: string
  readonly name: string | null
}

/** What applying a file would do to a gateway. */
export interface Plan {
  /** Version of the configuration that it starts from. */
  readonly version: number
  /** Parents before what refers to them. */
  readonly writes: readonly PlannedWrite[]
  /** What refers to others before them. */
  readonly removals: readonly PlannedRemoval[]
  readonly unchanged: number
  readonly problems: readonly FileProblem[]
}

/**
 * The difference between a gateway and a file whose entities are identified. Without problems, applying it leads to
 * what the file says; with any it must not be applied. Yields between entities.
 */
export function* planChanges(
  file: DeclarativeFile,
  identified: readonly Identified[],
  snapshot: Snapshot,
): Generator<void, Plan> {
  const writes: PlannedWrite[] = []
  const rewritten: Rewritten[] = []
  const kept = new Set<string>()
  for (const one of identified) {
    yield
    const { kind } = one.entity
    kept.add(`${kind} ${one.id}`)
    const write = planWrite(one)
    if (write === null) continue
    writes.push(write)
    rewritten.push({ kind, id: one.id, existing: one.existing, fields: write.fields })
  }
  const inWay = yield* inTheWay(rewritten)
  const marked = writes.map((write) => {
    return { ...write, isInTheWay: inWay.has(`${write.entity.kind} ${write.id}`) }
  })
  const { removals, problems } = yield* planRemovals(snapshot, {
    kept,
    selectTags: file.selectTags,
  })
  const ordered = yield* parentsFirst(marked, ({ entity, id, fields }) => {
    return { kind: entity.kind, id, fields }
  })
  const named = removals.map(({ kind, entity }) => {
    return { kind, id: entity.id, name: nameIn(kind, { ...entity }) }
  })
  return {
    version: snapshot.version,
    writes: ordered,
    removals: named,
    unchanged: identified.length - writes.length,
    problems: [...problems, ...unmetPlugins(identified, writes)],
  }
}

/** Null when everything is as the file says. */
function planWrite({ entity, id, existing, references }: Identified): PlannedWrite | null {
  const present = existing === null ? null : fieldsOf(existing)
  const made = Object.fromEntries(
    entity.generated.flatMap((field) => (present === null ? [] : [[field, present[field]]])),
  )
  const createdAt = entity.createdAt ?? present?.created_at
  const fields = {
    ...entity.fields,
    ...made,
    ...references,
    id,
    ...(createdAt === undefined ? {} : { created_at: createdAt }),
  }
  const { kind } = entity
  if (present === null)
    return { action: 'create', entity, id, fields, changes: [], leaves: [], isInTheWay: false }
  const changes = fieldChanges(kind, present, fields)
  if (changes.length === 0) return null
  const kept = new Set(parentsOf(kind, fields).map((parent) => parent.id))
  const leaves = parentsOf(kind, present).flatMap((parent) =>
    kept.has(parent.id) ? [] : [parent.id],
  )
  return { action: 'update', entity, id, fields, changes, leaves, isInTheWay: false }
}

function fieldsOf({ entity }: StoredEntity): Readonly<Record<string, unknown>> {
  return entity as unknown as Readonly<Record<string, unknown>>
}

/** How many entities of a plan are created, changed and deleted. */
export function countsOf({ writes, removals, unchanged }: Omit<Plan, 'problems'>): PlanCounts {
  const created = writes.filter(({ action }) => action === 'create').length
  return { created, changed: writes.length - created, deleted: removals.length, unchanged }
}

export interface PlanCounts {
  readonly created: number
  readonly changed: number
  readonly deleted: number
  readonly unchanged: number
}
