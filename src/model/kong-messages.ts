import { z } from 'zod'
import { type FieldType, fieldTypeOf } from './field-type.ts'

/** Where problems that concern more than one field are reported. */
export const ENTITY = '@entity'

export const REQUIRED = 'required field missing'
export const UNKNOWN_FIELD = 'unknown field'
export const MUST_BE_NULL = 'value must be null'
export const BAD_UUID = 'expected a valid UUID'

export function expectedType(type: FieldType): string {
  if (type === 'integer' || type === 'array') return `expected an ${type}`
  return type === 'foreign' ? 'expected a record' : `expected a ${type}`
}
export const expectedOneOf = (values: readonly unknown[]) => `expected one of: ${values.join(', ')}`
export const valueBetween = (minimum: number, maximum: number) =>
  `value should be between ${minimum} and ${maximum}`
export const lengthAtLeast = (length: number | bigint) => `length must be at least ${length}`
export const lengthAtMost = (length: number | bigint) => `length must be at most ${length}`
export const invalidValue = (value: string) => `invalid value: ${value}`
export const shouldStartWith = (prefix: string) => `should start with: ${prefix}`
export const failedCondition = (field: string) =>
  `failed conditional validation given value of field '${field}'`
export const atLeastOneNonEmpty = (fields: readonly string[]) =>
  `at least one of these fields must be non-empty: ${quotedList(fields)}`
export const allOrNoneSet = (fields: readonly string[]) =>
  `all or none of these fields must be set: ${quotedList(fields)}`
export const exactlyOneNonEmpty = (fields: readonly string[]) =>
  `exactly one of these fields must be non-empty: ${quotedList(fields)}`
export const mustBeDistinct = (fields: readonly string[]) =>
  `values of these fields must be distinct: ${quotedList(fields)}`
export const pluginNotEnabled = (name: string) =>
  `plugin '${name}' not enabled; add it to the 'plugins' configuration property`

/** `'a', 'b'` */
export function quotedList(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(', ')
}

/**
 * Says zod's issues in Kong's words; pass it as `error` to every parse of an entity.
 * Rules that zod does not know bring their own message and never come here.
 * Source: error messages of Kong Gateway 3.9's schema library.
 */
export function kongMessage(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
    case 'invalid_value':
    case 'invalid_union':
      return isMissing(issue) ? REQUIRED : mismatch(issue)
    case 'too_small':
    case 'too_big':
      return outOfRange(issue)
    case 'unrecognized_keys':
      return UNKNOWN_FIELD
    case 'invalid_key':
      return issue.issues?.[0]?.message ?? invalidValue(String(issue.path?.at(-1)))
    default:
      return typeof issue.input === 'string' ? invalidValue(issue.input) : 'invalid value'
  }
}

/** Null stands for "missing" in a field that may not be null, but not in an array. */
function isMissing({ code, input, path, discriminator }: z.core.$ZodRawIssue): boolean {
  if (code === 'invalid_union' && typeof discriminator === 'string') {
    return (propertyOf(input, discriminator) ?? null) === null
  }
  if (input === undefined) return true
  return input === null && typeof path?.at(-1) === 'string'
}

function mismatch(issue: z.core.$ZodRawIssue): string {
  if (issue.code === 'invalid_union') {
    const name = propertyOf(issue.input, String(issue.discriminator))
    return typeof name === 'string' ? pluginNotEnabled(name) : expectedType('string')
  }
  if (issue.code === 'invalid_value') {
    const values = issue.values ?? []
    if (typeof issue.input === typeof values[0]) return expectedOneOf(values)
  }
  if (issue.code === 'invalid_type' && issue.expected === 'null') return MUST_BE_NULL
  return issue.inst instanceof z.core.$ZodType
    ? expectedType(fieldTypeOf(issue.inst))
    : expectedType('string')
}

function outOfRange(issue: z.core.$ZodRawIssue): string {
  const isTooSmall = issue.code === 'too_small'
  const limit = isTooSmall ? issue.minimum : issue.code === 'too_big' ? issue.maximum : 0
  if (typeof issue.input !== 'number') {
    return isTooSmall ? lengthAtLeast(limit ?? 0) : lengthAtMost(limit ?? 0)
  }
  const { schema } = issue
  const limits = schema instanceof z.ZodNumber ? schema : { minValue: limit, maxValue: limit }
  return valueBetween(Number(limits.minValue), Number(limits.maxValue))
}

function propertyOf(input: unknown, key: string): unknown {
  return typeof input === 'object' && input !== null ? Reflect.get(input, key) : undefined
}
