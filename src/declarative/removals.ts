import { ENTITY_KINDS } from '../model/entities.ts'
import type { EntityKind, StoredEntity } from '../model/entity.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { nameIn } from './entity-problem.ts'
import { type FileProblem, fileProblem } from './file-problem.ts'
import { parentsOf } from './parents.ts'
import { parentsFirst } from './parents-first.ts'

/** What stays whatever a file lacks. */
export interface Kept {
  /** `kind id` of what is in the file. */
  readonly kept: ReadonlySet<string>
  /** Only what has all of these tags is deleted. */
  readonly selectTags: readonly string[]
}

export interface Removals {
  /** What refers to others before them. */
  readonly removals: readonly StoredEntity[]
  readonly problems: readonly FileProblem[]
}

/**
 * What a file deletes by not having it, with all that goes along with it: what belongs to something that is deleted is
 * deleted too, and what refers to it otherwise is a problem. Yields between entities.
 */
export function* planRemovals(
  snapshot: Snapshot,
  { kept, selectTags }: Kept,
): Generator<void, Removals> {
  const doomed = new Map<string, StoredEntity>()
  const problems: FileProblem[] = []
  const others: [string, StoredEntity][] = []
  for (const kind of ENTITY_KINDS) {
    for (const stored of snapshot.tables[kind].values()) {
      yield
      const key = `${kind} ${stored.entity.id}`
      if (kept.has(key)) continue
      const tags: readonly string[] = stored.entity.tags ?? []
      if (selectTags.every((tag) => tags.includes(tag))) doomed.set(key, stored)
      else others.push([key, stored])
    }
  }
  for (const [key, stored] of others) {
    yield
    const parent = doomedParent(stored, doomed)
    if (parent?.isCascade) doomed.set(key, stored)
    else if (parent !== null) problems.push(fileProblem(stillNeeded(parent.stored, stored)))
  }
  const ordered = yield* parentsFirst([...doomed.values()], ({ kind, entity }) => {
    return { kind, id: entity.id, fields: { ...entity } }
  })
  return { removals: ordered.reverse(), problems }
}

function doomedParent(
  { kind, entity }: StoredEntity,
  doomed: ReadonlyMap<string, StoredEntity>,
): { readonly stored: StoredEntity; readonly isCascade: boolean } | null {
  const parents = parentsOf(kind, { ...entity }).flatMap(({ kind: to, id, isCascade }) => {
    const stored = doomed.get(`${to} ${id}`)
    return stored ? [{ stored, isCascade }] : []
  })
  return parents.find(({ isCascade }) => isCascade) ?? parents[0] ?? null
}

function stillNeeded(parent: StoredEntity, child: StoredEntity): string {
  return `${nameOf(parent)} is not in the file and would be deleted, but ${nameOf(child)}, which stays, refers to it`
}

function nameOf({ kind, entity }: StoredEntity): string {
  return `'${nameIn(kind, { ...entity }) ?? entity.id}' of the ${kind satisfies EntityKind}`
}
