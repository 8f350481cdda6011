import { nameIn } from '../../declarative/entity-problem.ts'
import { type FileProblem, problemText } from '../../declarative/file-problem.ts'
import { countsOf, type Plan, type PlanCounts } from '../../declarative/plan.ts'
import { singularOf } from '../../declarative/sections.ts'
import type { EntityKind } from '../../model/entity.ts'
import { fieldTree } from '../kong/errors.ts'

/** Problems told one by one; the others are counted. */
const MAX_TOLD = 5
const MAX_LISTED = 1000

/**
 * Kong's answer to a file that cannot be applied, with the line of each problem.
 * Source: Kong Gateway 3.9, errors of POST /config with `flatten_errors`.
 */
export function refusalBody(problems: readonly FileProblem[]): Readonly<Record<string, unknown>> {
  const told = problems.slice(0, MAX_TOLD).map(problemText)
  const others = problems.length > told.length ? [`${problems.length - told.length} more`] : []
  const listed = problems.slice(0, MAX_LISTED)
  return {
    code: 14,
    name: 'invalid declarative configuration',
    message: `declarative config is invalid, nothing was changed: ${[...told, ...others].join('; ')}`,
    fields: fieldTree(listed),
    flattened_errors: flattened(listed),
    problem_count: problems.length,
  }
}

function flattened(problems: readonly FileProblem[]) {
  const byEntity = Map.groupBy(problems, ({ entity, path }) =>
    JSON.stringify(entity === null ? path : path.slice(0, path.length - entity.field.length)),
  )
  return [...byEntity.values()].map((own) => {
    const [first] = own
    const entity = first?.entity ?? null
    return {
      entity_type: entity === null ? null : singularOf(entity.kind),
      entity_name: entity?.name ?? null,
      entity_id: entity?.id ?? null,
      entity_tags: entity?.tags ?? null,
      errors: own.map((problem) => {
        const field = problem.entity?.field ?? problem.path
        const isWhole = field.length === 0 || field[0] === '@entity'
        return {
          type: isWhole ? 'entity' : 'field',
          ...(isWhole ? {} : { field: field.join('.') }),
          message: problem.message,
          line: problem.line,
          text: problemText(problem),
        }
      }),
    }
  })
}

/** What was done, or would be: how much of each kind, in all kinds that are concerned. */
export function outcomeBody(plan: Plan, version: number) {
  const kinds = new Map<EntityKind, { created: number; changed: number; deleted: number }>()
  const of = (kind: EntityKind) => {
    const counts = kinds.get(kind) ?? { created: 0, changed: 0, deleted: 0 }
    kinds.set(kind, counts)
    return counts
  }
  for (const { entity, action } of plan.writes) {
    if (action === 'create') of(entity.kind).created++
    else of(entity.kind).changed++
  }
  for (const { kind } of plan.removals) of(kind).deleted++
  const counts: PlanCounts = countsOf(plan)
  return { configuration_version: version, counts, entities: Object.fromEntries(kinds) }
}

/** One line of a difference. */
export interface ShownChange {
  readonly action: 'create' | 'update' | 'delete'
  readonly entity: EntityKind
  readonly name: string | null
  readonly id: string
  readonly line: number | null
  readonly fields: readonly { field: string; before: unknown; after: unknown }[]
}

/** The steps of a plan, for people and scripts to read. */
export function* shownChanges({ writes, removals }: Plan): Generator<ShownChange> {
  for (const { kind, id, name } of removals) {
    yield { action: 'delete', entity: kind, name, id, line: null, fields: [] }
  }
  for (const { action, entity, id, fields, changes } of writes) {
    const { kind, line } = entity
    yield { action, entity: kind, name: nameIn(kind, fields), id, line, fields: changes }
  }
}
