import type { DeclarativeFile } from '../../src/declarative/file-entity.ts'
import { problemText } from '../../src/declarative/file-problem.ts'
import { identify } from '../../src/declarative/identify.ts'
import { type Plan, planChanges } from '../../src/declarative/plan.ts'
import { readFile } from '../../src/declarative/read-file.ts'
import type { EntityKind, StoredEntity } from '../../src/model/entity.ts'
import { advanceSnapshot, EMPTY_SNAPSHOT, type Snapshot } from '../../src/model/snapshot.ts'

/** The file, which must have nothing wrong with it by itself. */
export function readSound(text: string): DeclarativeFile {
  const file = readFile(text)
  if (file.problems.length > 0) throw new Error(file.problems.map(problemText).join('\n'))
  return file
}

/** Everything that is wrong with the file by itself, in words. */
export function problemsOf(text: string): string[] {
  return readFile(text).problems.map(problemText)
}

/** Runs a generator to its end. */
export function finish<T>(steps: Generator<void, T>): T {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}

export function planOf(file: DeclarativeFile, snapshot: Snapshot = EMPTY_SNAPSHOT): Plan {
  const { identified, problems } = finish(identify(file, snapshot))
  const plan = finish(planChanges(file, identified, snapshot))
  return { ...plan, problems: [...problems, ...plan.problems] }
}

/** The configuration after a plan, as if it had been stored. */
export function afterPlan(plan: Plan, snapshot: Snapshot = EMPTY_SNAPSHOT): Snapshot {
  const written = plan.writes.map(({ entity, id, fields }) => {
    const made = Object.fromEntries(entity.generated.map((field) => [field, `made-${id}`]))
    const after = { created_at: 1, updated_at: 1, ...made, ...fields }
    return change(entity.kind, id, { kind: entity.kind, entity: after as never, internals: {} })
  })
  const removed = plan.removals.map(({ kind, id }) => change(kind, id, null))
  return advanceSnapshot(snapshot, [...removed, ...written], snapshot.version + 1)
}

function change(kind: EntityKind, id: string, after: StoredEntity | null) {
  return { kind, id, before: null, after }
}
