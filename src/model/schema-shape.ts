import { z } from 'zod'
import { ENTITY_DEFINITIONS } from './entities.ts'
import type { EntityKind } from './entity.ts'
import { FIELD_TYPES, type FieldType, fieldTypeOf } from './field-type.ts'
import { PLUGIN_DEFINITIONS, PLUGIN_NAMES, type PluginName } from './plugins/registry.ts'

/** What there is to know of a field without zod: for merging, form bodies and `/schemas`. */
export interface SchemaShape {
  readonly type: FieldType
  readonly description: string | null
  /** Null is refused. A field that is required and has no default must be given. */
  readonly isRequired: boolean
  /** What stands in for a field that is left out; undefined when nothing does. */
  readonly defaultValue: unknown
  readonly oneOf: readonly (string | number)[] | null
  /** Limits of a number, both included. */
  readonly between: readonly [minimum: number, maximum: number] | null
  /** Limits of the length of a text, array or set, both included; null for none. */
  readonly length: { readonly min: number | null; readonly max: number | null }
  readonly isUuid: boolean
  /** Fields of a record or foreign key by name; empty for the `config` of no plugin in particular. */
  readonly fields: ReadonlyMap<string, SchemaShape>
  /** Shape of the elements of an array or set, of the values of a map. */
  readonly elements: SchemaShape | null
  /** Shape of the keys of a map. */
  readonly keys: SchemaShape | null
  /** Kind of entity that a foreign key points at. */
  readonly reference: string | null
}

/** Shape of a kind of entity. The shape of a plugin leaves the fields of `config` open. */
export function entityShape(kind: EntityKind): SchemaShape {
  const known = entityShapes.get(kind)
  if (known !== undefined) return known
  const shape = describeSchema(ENTITY_DEFINITIONS[kind].schema)
  entityShapes.set(kind, shape)
  return shape
}

/** Shape of the configuration of a plugin. */
export function pluginConfigShape(name: PluginName): SchemaShape {
  const known = configShapes.get(name)
  if (known !== undefined) return known
  const shape = describeSchema(PLUGIN_DEFINITIONS[name].config)
  configShapes.set(name, shape)
  return shape
}

const entityShapes = new Map<EntityKind, SchemaShape>()
const configShapes = new Map<PluginName, SchemaShape>()

/** Shape of a list of texts, for fields that no schema of an entity has. */
export const TEXT_LIST_SHAPE = describeSchema(z.array(z.string()))

/** Describes one schema as it would stand in a field. */
export function describeSchema(schema: z.core.$ZodType): SchemaShape {
  const wrapped = readWrappers(schema)
  const { inner } = wrapped
  return {
    type: fieldTypeOf(inner),
    description: wrapped.description,
    isRequired: !wrapped.isNullable,
    defaultValue: wrapped.defaultValue,
    oneOf: allowedValues(inner),
    between: limits(inner),
    length: lengthLimits(inner),
    isUuid: FIELD_TYPES.get(inner)?.isUuid ?? false,
    fields: fieldsOf(inner),
    elements: elementsOf(inner),
    keys: inner instanceof z.core.$ZodRecord ? describeSchema(inner._zod.def.keyType) : null,
    reference: FIELD_TYPES.get(inner)?.reference ?? null,
  }
}

interface Wrapped {
  readonly inner: z.core.$ZodType
  readonly description: string | null
  readonly isNullable: boolean
  readonly defaultValue: unknown
}

/** Collects what default, nullable and the like say on the way to the schema inside. */
function readWrappers(schema: z.core.$ZodType): Wrapped {
  const description = z.globalRegistry.get(schema)?.description ?? null
  const { def } = schema._zod
  if (!('innerType' in def)) {
    const isNullable = schema instanceof z.core.$ZodNull
    return { inner: schema, description, isNullable, defaultValue: undefined }
  }
  const within = readWrappers(def.innerType as z.core.$ZodType)
  return {
    inner: within.inner,
    description: description ?? within.description,
    isNullable: within.isNullable || schema instanceof z.core.$ZodNullable,
    defaultValue: defaultOf(schema, within.defaultValue),
  }
}

/** An absent extension reads as null. */
function defaultOf(schema: z.core.$ZodType, inner: unknown): unknown {
  if (schema instanceof z.core.$ZodDefault || schema instanceof z.core.$ZodPrefault) {
    return schema._zod.def.defaultValue
  }
  return schema instanceof z.core.$ZodOptional ? null : inner
}

function allowedValues(schema: z.core.$ZodType): readonly (string | number)[] | null {
  if (!(schema instanceof z.core.$ZodEnum || schema instanceof z.core.$ZodLiteral)) return null
  return [...schema._zod.values].filter(
    (value) => typeof value === 'string' || typeof value === 'number',
  )
}

function limits(schema: z.core.$ZodType): readonly [number, number] | null {
  if (!(schema instanceof z.ZodNumber)) return null
  const { minValue, maxValue } = schema
  const isOpen = minValue === null || minValue <= Number.MIN_SAFE_INTEGER
  return isOpen || maxValue === null ? null : [minValue, maxValue]
}

function lengthLimits(schema: z.core.$ZodType): SchemaShape['length'] {
  const checks = schema._zod.def.checks ?? []
  const minimums = checks.filter((check) => check instanceof z.core.$ZodCheckMinLength)
  const maximums = checks.filter((check) => check instanceof z.core.$ZodCheckMaxLength)
  return {
    min: minimums[0]?._zod.def.minimum ?? null,
    max: maximums[0]?._zod.def.maximum ?? null,
  }
}

function fieldsOf(schema: z.core.$ZodType): ReadonlyMap<string, SchemaShape> {
  if (schema instanceof z.core.$ZodDiscriminatedUnion) return unionFields(schema)
  if (!(schema instanceof z.core.$ZodObject)) return new Map()
  return new Map(
    Object.entries(schema._zod.def.shape).map(([name, field]) => [name, describeSchema(field)]),
  )
}

/** The plugins share every field; only the values of `name` and the fields of `config` differ. */
function unionFields(schema: z.core.$ZodDiscriminatedUnion): ReadonlyMap<string, SchemaShape> {
  const [first] = schema._zod.def.options
  if (first === undefined) return new Map()
  return new Map(
    [...fieldsOf(first)].map(([field, shape]) => {
      if (field === 'name') return [field, { ...shape, oneOf: PLUGIN_NAMES }]
      return [field, field === 'config' ? { ...shape, fields: new Map() } : shape]
    }),
  )
}

function elementsOf(schema: z.core.$ZodType): SchemaShape | null {
  if (schema instanceof z.core.$ZodArray) return describeSchema(schema._zod.def.element)
  if (schema instanceof z.core.$ZodRecord) return describeSchema(schema._zod.def.valueType)
  return null
}
