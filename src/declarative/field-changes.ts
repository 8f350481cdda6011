import { isDeepStrictEqual } from 'node:util'
import { ENTITY_DEFINITIONS } from '../model/entities.ts'
import type { EntityKind } from '../model/entity.ts'
import { isPlainObject } from '../model/plain-object.ts'
import { isPluginName } from '../model/plugins/registry.ts'
import { entityShape, pluginConfigShape, type SchemaShape } from '../model/schema-shape.ts'

/** A field that has another value in a file than in the gateway. Secrets are left out. */
export interface FieldChange {
  /** Dotted: `config.percentage`. */
  readonly field: string
  readonly before: unknown
  readonly after: unknown
}

/** Stands for a secret. */
const NOT_SHOWN = '[redacted]'

type Fields = Readonly<Record<string, unknown>>

/** The fields in which two documents of one entity differ, but for `updated_at`. Sets have no order. */
export function fieldChanges(kind: EntityKind, before: Fields, after: Fields): FieldChange[] {
  const shape = entityShape(kind)
  const secrets = ENTITY_DEFINITIONS[kind].secretFields ?? []
  return Object.keys({ ...before, ...after }).flatMap((field) => {
    if (field === 'updated_at') return []
    const values = [before[field], after[field]] as const
    const { name } = after
    const isConfig = kind === 'plugins' && field === 'config'
    const own = isConfig && isPluginName(name) ? pluginConfigShape(name) : shape.fields.get(field)
    const changes = changesIn(field, own, values)
    return secrets.includes(field) ? changes.map(withoutValues) : changes
  })
}

function changesIn(
  field: string,
  shape: SchemaShape | undefined,
  [before, after]: readonly [unknown, unknown],
): FieldChange[] {
  if (isSame(shape, before ?? null, after ?? null)) return []
  const isRecord = shape !== undefined && shape.fields.size > 0 && shape.type === 'record'
  if (isRecord && isPlainObject(before) && isPlainObject(after)) {
    return Object.keys({ ...before, ...after }).flatMap((name) =>
      changesIn(`${field}.${name}`, shape.fields.get(name), [before[name], after[name]]),
    )
  }
  return [{ field, before: before ?? null, after: after ?? null }]
}

function isSame(shape: SchemaShape | undefined, before: unknown, after: unknown): boolean {
  if (before === after) return true
  const isSet = shape?.type === 'set' && Array.isArray(before) && Array.isArray(after)
  return isSet ? isDeepStrictEqual(sorted(before), sorted(after)) : isDeepStrictEqual(before, after)
}

function sorted(values: readonly unknown[]): readonly string[] {
  return values.map((value) => JSON.stringify(value)).sort()
}

function withoutValues({ field, before, after }: FieldChange): FieldChange {
  const hidden = (value: unknown) => (value === null ? null : NOT_SHOWN)
  return { field, before: hidden(before), after: hidden(after) }
}
