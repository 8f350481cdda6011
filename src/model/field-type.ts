import { z } from 'zod'

/** Type names of Kong's schemas, as its error messages and `/schemas` say them. */
export type FieldType =
  | 'string'
  | 'number'
  | 'integer'
  | 'boolean'
  | 'array'
  | 'set'
  | 'map'
  | 'record'
  | 'foreign'

/** What zod has no word for: an array that is a set, an object that is a reference, a text that is a UUID. */
export const FIELD_TYPES = z.registry<{
  readonly type: FieldType
  /** Kind of entity that a foreign key points at. */
  readonly reference?: string
  /** A text that is a UUID. */
  readonly isUuid?: boolean
}>()

/** The schema inside default, nullable and the like. */
export function unwrapSchema(schema: z.core.$ZodType): z.core.$ZodType {
  const { def } = schema._zod
  return 'innerType' in def ? unwrapSchema(def.innerType as z.core.$ZodType) : schema
}

/** Kong's name for the type of a schema, whatever wraps it; a string unless it is something else. */
export function fieldTypeOf(schema: z.core.$ZodType): FieldType {
  const inner = unwrapSchema(schema)
  const marked = FIELD_TYPES.get(inner)
  if (marked !== undefined) return marked.type
  if (inner instanceof z.core.$ZodNumberFormat) return 'integer'
  if (inner instanceof z.core.$ZodNumber) return 'number'
  if (inner instanceof z.core.$ZodBoolean) return 'boolean'
  if (inner instanceof z.core.$ZodArray) return 'array'
  if (inner instanceof z.core.$ZodRecord) return 'map'
  if (inner instanceof z.core.$ZodObject) return 'record'
  if (inner instanceof z.core.$ZodDiscriminatedUnion) return 'record'
  if (inner instanceof z.core.$ZodLiteral) {
    return typeof inner._zod.def.values[0] === 'number' ? 'integer' : 'string'
  }
  return 'string'
}
