import { ENTITY_DEFINITIONS } from './entities.ts'
import type { EntityKind, EntityTypes } from './entity.ts'
import { isPlainObject } from './plain-object.ts'
import { isPluginName } from './plugins/registry.ts'
import { entityShape, pluginConfigShape, type SchemaShape } from './schema-shape.ts'

/**
 * The entity after a PATCH, still to be validated: records (`config`, `healthchecks` and those inside)
 * are merged, everything else is replaced, null replaces as well. Shorthands are expanded first and may
 * throw schema_violation. Fields nobody knows stay in, for validation to refuse.
 * Source: Kong Gateway 3.9, PATCH of the Admin API.
 */
export function mergeEntity<K extends EntityKind>(
  kind: K,
  current: EntityTypes[K],
  patch: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const expand = ENTITY_DEFINITIONS[kind].expandShorthands
  const expanded = expand === undefined ? patch : expand(patch)
  const before: Record<string, unknown> = { ...current }
  const shape = entityShape(kind)
  if (kind !== 'plugins') return mergeRecord(shape, before, expanded)
  return mergeRecord(
    withConfigOf(shape, before.name),
    withoutForeignConfig(before, expanded),
    expanded,
  )
}

/** The configuration of another plugin is nothing to merge with. */
function withoutForeignConfig(
  before: Record<string, unknown>,
  patch: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  if (!Object.hasOwn(patch, 'name') || patch.name === before.name) return before
  const { config: _, ...others } = before
  return others
}

function withConfigOf(shape: SchemaShape, name: unknown): SchemaShape {
  if (!isPluginName(name)) return shape
  return { ...shape, fields: new Map([...shape.fields, ['config', pluginConfigShape(name)]]) }
}

function mergeRecord(
  shape: SchemaShape,
  current: Readonly<Record<string, unknown>>,
  patch: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const merged = new Map(Object.entries(current))
  for (const [key, value] of Object.entries(patch)) {
    const field = shape.fields.get(key)
    const before = merged.get(key)
    const isMerged = field?.type === 'record' && isPlainObject(before) && isPlainObject(value)
    merged.set(key, isMerged ? mergeRecord(field, before, value) : value)
  }
  // Unlike assignment, fromEntries makes `__proto__` an ordinary key, which validation then refuses.
  return Object.fromEntries(merged)
}
