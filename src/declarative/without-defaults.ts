import { isDeepStrictEqual } from 'node:util'
import { ENTITY_DEFINITIONS } from '../model/entities.ts'
import type { EntityKind } from '../model/entity.ts'
import { isPlainObject } from '../model/plain-object.ts'
import { isPluginName } from '../model/plugins/registry.ts'
import { entityShape, pluginConfigShape, type SchemaShape } from '../model/schema-shape.ts'

type Fields = Readonly<Record<string, unknown>>

/** Fields that decide what the absence of others means. */
const ALWAYS_WRITTEN: { readonly [K in EntityKind]?: readonly string[] } = {
  upstreams: ['algorithm', 'hash_on'],
}

/** The fields of an entity that its schema would not fill in by itself. */
export function withoutDefaults(kind: EntityKind, fields: Fields): Fields {
  const shape = entityShape(kind)
  const written = Object.fromEntries(
    Object.entries(fields).flatMap(([field, value]) => {
      if (ALWAYS_WRITTEN[kind]?.includes(field)) return [[field, value]]
      const { name } = fields
      const isConfig = kind === 'plugins' && field === 'config' && isPluginName(name)
      const own = isConfig
        ? { ...pluginConfigShape(name), defaultValue: {} }
        : shape.fields.get(field)
      return unlessDefault(field, value, own)
    }),
  )
  return { ...written, ...beyondShorthands(kind, written, fields) }
}

/** Fields whose absence means something else than their default, since others are written. */
function beyondShorthands(kind: EntityKind, written: Fields, fields: Fields): Fields {
  const expanded = ENTITY_DEFINITIONS[kind].expandShorthands?.({ ...written }) ?? written
  return Object.fromEntries(
    Object.entries(expanded)
      .filter(([field, value]) => !Object.hasOwn(written, field) && value !== fields[field])
      .map(([field]) => [field, fields[field]]),
  )
}

/** The field, or nothing when it is as it would be without being written. */
function unlessDefault(
  field: string,
  value: unknown,
  shape: SchemaShape | undefined,
): [string, unknown][] {
  const isRecord = shape?.type === 'record' && isPlainObject(shape.defaultValue)
  if (isRecord && isPlainObject(value)) {
    const inner = Object.entries(value).flatMap(([name, one]) =>
      unlessDefault(name, one, shape.fields.get(name)),
    )
    return inner.length === 0 ? [] : [[field, Object.fromEntries(inner)]]
  }
  return isDeepStrictEqual(value, shape?.defaultValue) ? [] : [[field, value]]
}
