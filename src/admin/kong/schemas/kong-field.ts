import type { SchemaShape } from '../../../model/schema-shape.ts'

/** A field as Kong's schema documents show it: type, default, limits and what is inside. */
export type KongField = Readonly<Record<string, unknown>>

/** One field by name; Kong's lists of fields consist of such objects of one key. */
export type NamedField = Readonly<Record<string, KongField>>

/**
 * A field of an entity or of a configuration. `extra` holds what the shape does not know. A default of null and limits
 * that are none are left out, so that a client reads absence as "nothing said".
 * Source: Kong Gateway 3.9, answers of /schemas.
 */
export function kongField(shape: SchemaShape, extra: KongField = {}): KongField {
  const isFilledIn = extra.auto === true
  return {
    type: shape.type,
    ...(shape.isUuid ? { uuid: true } : {}),
    ...extra,
    ...(shape.isRequired && !isFilledIn ? { required: true } : {}),
    ...(hasDefault(shape) ? { default: shape.defaultValue } : {}),
    ...limits(shape),
    ...(shape.reference === null ? {} : { reference: shape.reference }),
    ...inside(shape),
    ...(shape.description === null ? {} : { description: shape.description }),
  }
}

/** The fields of a record, in order. */
export function kongFields(fields: ReadonlyMap<string, SchemaShape>): readonly NamedField[] {
  return [...fields].map(([name, shape]) => ({ [name]: kongField(shape) }))
}

/** The defaults of a record are those of its fields. */
function hasDefault({ type, defaultValue }: SchemaShape): boolean {
  return type !== 'record' && defaultValue !== undefined && defaultValue !== null
}

function limits({ oneOf, between, length }: SchemaShape): KongField {
  return {
    ...(oneOf === null ? {} : { one_of: oneOf }),
    ...(between === null ? {} : { between }),
    ...(length.min === null ? {} : { len_min: length.min }),
    ...(length.max === null ? {} : { len_max: length.max }),
  }
}

/** decK takes for a map only what has both keys and values. */
function inside({ type, elements, keys, fields }: SchemaShape): KongField {
  if (type === 'record') return { fields: kongFields(fields) }
  if (elements === null) return {}
  const element = kongElement(elements)
  return type === 'map' && keys !== null
    ? { keys: kongElement(keys), values: element }
    : { elements: element }
}

/** Null is no element of a list, so that "required" would say nothing. */
function kongElement(shape: SchemaShape): KongField {
  return kongField({ ...shape, isRequired: false })
}
