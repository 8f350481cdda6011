import type { PlanCounts } from '../../declarative/plan.ts'

/** One step of a difference, as the Admin API tells it. */
export interface Change {
  readonly action: 'create' | 'update' | 'delete'
  readonly entity: string
  readonly name: string | null
  readonly id: string
  readonly line: number | null
  readonly fields: readonly { field: string; before: unknown; after: unknown }[]
}

const STYLES = {
  create: { sign: '+', colour: 32 },
  update: { sign: '~', colour: 33 },
  delete: { sign: '-', colour: 31 },
} as const

/** The lines of one step: what happens to which entity, and each field with its value before and after. */
export function changeLines(change: Change, isColoured: boolean): string {
  const { action, entity, name, id, line, fields } = change
  const { sign, colour } = STYLES[action]
  const place = line === null ? '' : ` (line ${line})`
  const head = `${sign} ${entity} ${name ?? id}${place}`
  const lines = [isColoured ? `\u001b[${colour}m${head}\u001b[0m` : head]
  for (const { field, before, after } of fields) {
    lines.push(`    ${field}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`)
  }
  return `${lines.join('\n')}\n`
}

/** `1 to create, 2 to change, none to delete, 6 unchanged`; `done` speaks of the past. */
export function countsText(
  { created, changed, deleted, unchanged }: PlanCounts,
  tense: 'planned' | 'done',
): string {
  const verbs =
    tense === 'done' ? ['created', 'changed', 'deleted'] : ['to create', 'to change', 'to delete']
  const parts = [created, changed, deleted].map((count, index) => `${count} ${verbs[index]}`)
  return [...parts, `${unchanged} unchanged`].join(', ')
}

export function hasDifference({ created, changed, deleted }: PlanCounts): boolean {
  return created + changed + deleted > 0
}
